/** Every code of the checks, with how bad it is and what it means. Codes are stable: settings, tests and documentation name them. */

export type Severity = 'error' | 'warning' | 'information' | 'hint';

export interface CheckDescription {
  readonly severity: Severity;
  /** What an editor fades or strikes through. */
  readonly tag?: 'unnecessary' | 'deprecated';
  readonly meaning: string;
}

/** An error is what `onnx.checker` refuses, or what cannot mean anything. */
export const checks = {
  'onnx.undefined-value': { severity: 'error', meaning: 'A node uses a value that nothing defines.' },
  'onnx.undefined-output': { severity: 'error', meaning: 'An output is a value that nothing produces.' },
  'onnx.duplicate-value': { severity: 'error', meaning: 'A value is defined twice.' },
  'onnx.duplicate-output': { severity: 'error', meaning: 'A function has an output twice.' },
  'onnx.use-before-definition': {
    severity: 'error',
    meaning: 'A node stands before the one that makes its input.',
  },
  'onnx.cycle': { severity: 'error', meaning: 'A value depends on itself.' },
  'onnx.unused-node': {
    severity: 'hint',
    tag: 'unnecessary',
    meaning: 'Nothing uses what a node makes, or only nodes that nothing uses.',
  },
  'onnx.unused-initializer': {
    severity: 'hint',
    tag: 'unnecessary',
    meaning: 'Nothing uses an initializer.',
  },
  'onnx.stale-value-info': {
    severity: 'hint',
    tag: 'unnecessary',
    meaning: 'A type is stated for a value that is not there.',
  },
  'onnx.unused-function': { severity: 'hint', tag: 'unnecessary', meaning: 'Nothing calls a function.' },
  'onnx.duplicate-node-name': { severity: 'hint', meaning: 'Two nodes have the same name.' },
  'onnx.missing-opset-import': {
    severity: 'error',
    meaning: 'An operator comes from a domain without an opset import.',
  },
  'onnx.unknown-opset': { severity: 'warning', meaning: 'An opset version is newer than any that is known.' },
  'onnx.invalid-opset': { severity: 'error', meaning: 'An opset version is no version.' },
  'onnx.duplicate-opset-import': {
    severity: 'warning',
    meaning: 'Two opset versions are imported of one domain.',
  },
  'onnx.incompatible-opset': {
    severity: 'error',
    meaning: 'An operator means different things in the opset of a function and that of the model.',
  },
  'onnx.unknown-domain': {
    severity: 'information',
    meaning: 'The operators of a domain are not known, so nothing is checked of them.',
  },
  'onnx.unknown-operator': { severity: 'error', meaning: 'A domain has no operator of this name.' },
  'onnx.unknown-function': {
    severity: 'warning',
    meaning: 'There are functions of a domain, but none of this name.',
  },
  'onnx.operator-not-in-opset': { severity: 'error', meaning: 'An operator came with a later opset.' },
  'onnx.deprecated-operator': {
    severity: 'error',
    tag: 'deprecated',
    meaning: 'The opset no longer has an operator.',
  },
  'onnx.experimental-operator': {
    severity: 'warning',
    tag: 'deprecated',
    meaning: 'An operator was an experiment that ONNX has dropped.',
  },
  'onnx.missing-input': { severity: 'error', meaning: 'A node lacks an input that its operator needs.' },
  'onnx.surplus-input': { severity: 'error', meaning: 'A node has more inputs than its operator takes.' },
  'onnx.missing-output': { severity: 'error', meaning: 'A node lacks an output that its operator makes.' },
  'onnx.surplus-output': { severity: 'error', meaning: 'A node has more outputs than its operator makes.' },
  'onnx.empty-node': { severity: 'error', meaning: 'A node has neither inputs nor outputs.' },
  'onnx.missing-attribute': { severity: 'error', meaning: 'A required attribute is missing.' },
  'onnx.unknown-attribute': { severity: 'error', meaning: 'An operator has no attribute of this name.' },
  'onnx.duplicate-attribute': { severity: 'error', meaning: 'A node has an attribute twice.' },
  'onnx.attribute-type': { severity: 'error', meaning: 'An attribute has a value of another type.' },
  'onnx.attribute-value': { severity: 'error', meaning: 'An attribute has none of the values it can have.' },
  'onnx.attribute-reference': {
    severity: 'error',
    meaning: 'An attribute refers to a parameter that the function does not have.',
  },
  'onnx.ir-version': {
    severity: 'error',
    meaning: 'The IR version is missing, unknown, or rules out what is there.',
  },
  'onnx.ir-version-too-low': { severity: 'warning', meaning: 'A feature came with a later IR version.' },
  'onnx.missing-name': { severity: 'error', meaning: 'Something that needs a name has none.' },
  'onnx.missing-type': {
    severity: 'error',
    meaning: 'An input or output of the model has no type or shape.',
  },
  'onnx.duplicate-metadata': { severity: 'error', meaning: 'The metadata have a key twice.' },
  'onnx.duplicate-function': {
    severity: 'error',
    meaning: 'Two functions have the same domain, name and overload.',
  },
  'onnx.recursive-function': { severity: 'error', meaning: 'A function calls itself.' },
  'onnx.initializer-type': {
    severity: 'error',
    meaning: 'An initializer does not fit the input it is the default of.',
  },
  'onnx.sparse-tensor': { severity: 'error', meaning: 'The parts of a sparse tensor do not fit together.' },
  'onnx.type-mismatch': { severity: 'error', meaning: 'A value has a type that its place does not take.' },
  'onnx.shape-mismatch': { severity: 'error', meaning: 'Dimensions cannot go together.' },
  'onnx.argument-out-of-range': {
    severity: 'error',
    meaning: 'An attribute or a constant asks for what the shapes do not allow.',
  },
  'onnx.inference-limit': {
    severity: 'information',
    meaning: 'Functions and subgraphs expand to more than is looked into.',
  },
  'onnx.inference-failed': {
    severity: 'information',
    meaning: 'Shapes could not be inferred by a mistake of ours.',
  },
} as const satisfies Readonly<Record<string, CheckDescription>>;

export type CheckCode = keyof typeof checks;

export function describeCheck(code: CheckCode): CheckDescription {
  return checks[code];
}
