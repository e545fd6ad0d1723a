import type { ParserErrorRecord } from '../../../../native-bridge/src/protocol.ts';
import { parserWords } from './parser-words.ts';
import type { NodeContext, RuleInput, Target, TensorRtCode } from './rule.ts';
import { rules } from './rules.ts';

export interface Explanation {
  readonly code: TensorRtCode;
  /** What it means, in plain sentences. */
  readonly explanation: string;
  /** What to do about it. */
  readonly advice: string;
  /** The parser's own words, without its assertions and source files. */
  readonly parserWords: string;
}

/** What an error of the parser means. `runtime` is the product and version that the sentences speak of. */
export function explain(record: ParserErrorRecord, runtime: string, node?: NodeContext): Explanation {
  const words = parserWords(record.description);
  const found = ruleFor(record, runtime, node);
  if (found) {
    const { rule, given } = found;
    return {
      code: rule.code,
      explanation: rule.explanation(given),
      advice: rule.advice(given),
      parserWords: words,
    };
  }
  const general = generalRules[record.codeName] ?? unknown;
  const subject = record.operator || 'the model';
  return {
    code: general.code,
    explanation: general.explanation(subject, runtime),
    advice: general.advice,
    parserWords: words,
  };
}

/** The part of the node or declaration that the parser's words are about. */
export function targetOf(record: ParserErrorRecord): Target {
  const found = ruleFor(record, 'TensorRT', undefined);
  return found?.rule.target?.(found.given) ?? { kind: 'operator' };
}

function ruleFor(record: ParserErrorRecord, runtime: string, node: NodeContext | undefined) {
  for (const rule of rules) {
    if (rule.function && !rule.function.test(record.function)) continue;
    const match = rule.words.exec(record.description);
    if (match) {
      const given: RuleInput = { record, match, runtime, node };
      return { rule, given };
    }
  }
  return undefined;
}

interface GeneralRule {
  readonly code: TensorRtCode;
  readonly explanation: (subject: string, runtime: string) => string;
  readonly advice: string;
}

const unknown: GeneralRule = {
  code: 'trt.refused',
  explanation: (subject, runtime) =>
    `${runtime} refuses ${subject}, with an error that these tools do not know yet.`,
  advice: 'The parser’s own words are all there is to go by.',
};

/** By nvonnxparser::ErrorCode, for words that no rule knows. */
const generalRules: Readonly<Record<string, GeneralRule>> = {
  kINTERNAL_ERROR: {
    code: 'trt.internal-error',
    explanation: (subject, runtime) => `${runtime} failed inside itself on ${subject}.`,
    advice: 'Try another TensorRT version; if it stays, NVIDIA wants to hear of it, with the model.',
  },
  kMEM_ALLOC_FAILED: {
    code: 'trt.out-of-memory',
    explanation: (subject, runtime) => `${runtime} ran out of memory at ${subject}.`,
    advice: 'Close other programs, or check the model on a machine with more memory.',
  },
  kMODEL_DESERIALIZE_FAILED: {
    code: 'trt.invalid-model',
    explanation: (_, runtime) => `${runtime} cannot read the model file.`,
    advice: 'Check the model with onnx.checker; it may be damaged or of an IR version that is too new.',
  },
  kINVALID_VALUE: {
    code: 'trt.invalid-value',
    explanation: (subject, runtime) => `${runtime} met a value at ${subject} that it does not allow.`,
    advice: 'Compare the attributes and constant inputs with the operator’s documentation.',
  },
  kINVALID_GRAPH: {
    code: 'trt.invalid-graph',
    explanation: (subject, runtime) => `${runtime} finds the graph inconsistent at ${subject}.`,
    advice:
      'Check the model with onnx.checker; undefined values, duplicate names and wrong orders are common causes.',
  },
  kINVALID_NODE: {
    code: 'trt.invalid-node',
    explanation: (subject, runtime) => `${runtime} finds ${subject} invalid as it stands here.`,
    advice: 'Compare its inputs and attributes with the operator’s documentation; hover shows the shapes.',
  },
  kUNSUPPORTED_GRAPH: {
    code: 'trt.unsupported-graph',
    explanation: (subject, runtime) =>
      `${runtime} does not support the structure of the graph at ${subject}.`,
    advice: 'Simplify the structure: inline functions, flatten nested subgraphs.',
  },
  kUNSUPPORTED_NODE: {
    code: 'trt.unsupported-node',
    explanation: (subject, runtime) => `${runtime} does not support ${subject} as it is used here.`,
    advice: 'Express it with operators and options that TensorRT has.',
  },
  kUNSUPPORTED_NODE_ATTR: {
    code: 'trt.unsupported-attribute',
    explanation: (subject, runtime) =>
      `${runtime} does not support an attribute of ${subject} with this value.`,
    advice: 'Choose another value, or express the node with other operators.',
  },
  kUNSUPPORTED_NODE_INPUT: {
    code: 'trt.unsupported-node',
    explanation: (subject, runtime) =>
      `${runtime} does not support an input of ${subject} as it is given here.`,
    advice: 'Make it a constant, or express the node with other operators.',
  },
  kUNSUPPORTED_NODE_DATATYPE: {
    code: 'trt.unsupported-type',
    explanation: (subject, runtime) => `${runtime} does not compute ${subject} on values of this type.`,
    advice:
      'Cast the inputs to a type that TensorRT computes with, such as float or int32, and the result back.',
  },
  kUNSUPPORTED_NODE_DYNAMIC: {
    code: 'trt.dynamic-shape',
    explanation: (subject, runtime) =>
      `${runtime} supports ${subject} only for shapes that are known at build time.`,
    advice: 'Give the dimensions fixed sizes.',
  },
  kUNSUPPORTED_NODE_SHAPE: {
    code: 'trt.unsupported-shape',
    explanation: (subject, runtime) => `${runtime} does not support ${subject} for inputs of this shape.`,
    advice: 'Reshape the inputs before, and the result afterwards.',
  },
};

/** All codes that `explain` gives; each has a page docs/diagnostics/CODE.md. */
export const tensorRtCodes: readonly TensorRtCode[] = [
  ...new Set([unknown, ...Object.values(generalRules), ...rules].map((rule) => rule.code)),
].sort();
