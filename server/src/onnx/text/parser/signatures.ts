import type {
  Annotation,
  AttributeSyntax,
  FunctionSignature,
  GraphSignature,
  HeaderEntry,
  Identifier,
} from '../syntax-tree.ts';
import { attributeList, readAttribute } from './attributes.ts';
import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';
import { readInputsAndOutputs } from './graphs.ts';
import { readHeader } from './headers.ts';
import { nameAt, readName, startsName } from './identifiers.ts';
import { continuesList } from './lists.ts';
import { none } from './stack.ts';

/** `name (inputs) => (outputs)` of the model's graph. */
export function readGraphSignature(cursor: Cursor): GraphSignature {
  cursor.peek();
  const annotations = cursor.takeAnnotations();
  const name = readName(cursor, 'the name of the graph');
  const { inputs, outputs } = readInputsAndOutputs(cursor, 'graph');
  const kind = 'graph-signature';
  return { kind, start: 0, end: cursor.endOffset, annotations, problems: none, name, inputs, outputs };
}

/** `<header> name <attribute parameters> (inputs) => (outputs)`. Annotations may be before the header and before the name. */
export function readFunctionSignature(cursor: Cursor, taken: readonly Annotation[]): FunctionSignature {
  const next = cursor.peek();
  let annotations = [...taken, ...cursor.takeAnnotations()];
  let header: readonly HeaderEntry[] = none;
  if (next === character.less) {
    header = readHeader(cursor, 'function');
    cursor.peek();
    annotations = [...annotations, ...cursor.takeAnnotations()];
  }
  const name = readName(cursor, 'the name of the function');
  const attributeParameters: Identifier[] = [];
  const attributeDefaults: AttributeSyntax[] = [];
  if (cursor.peek() === character.less) {
    readAttributeParameters(cursor, attributeParameters, attributeDefaults);
  }
  const { inputs, outputs } = readInputsAndOutputs(cursor, 'function');
  return {
    kind: 'function-signature',
    start: 0,
    end: cursor.endOffset,
    annotations: annotations.length > 0 ? annotations : none,
    problems: none,
    header,
    name,
    attributeParameters,
    attributeDefaults,
    inputs,
    outputs,
  };
}

/**
 * `<name, name: type = default>`, at the `<`. The reference parser also takes a type without a default, because it overlooks the
 * error: the parameter then has an empty default, which is no valid model.
 */
function readAttributeParameters(
  cursor: Cursor,
  parameters: Identifier[],
  defaults: AttributeSyntax[],
): void {
  cursor.pos++;
  do {
    const next = cursor.peek();
    if (!startsName(next)) {
      cursor.expected('onnx.syntax.expected-attribute', 'Expected the name of an attribute parameter.');
      if (next === character.openParenthesis) {
        return;
      }
      continue;
    }
    const annotations = cursor.takeAnnotations();
    const name = nameAt(cursor, next);
    const after = cursor.peek();
    if (after === character.colon || after === character.equals) {
      defaults.push(readAttribute(cursor, name, annotations));
    } else {
      parameters.push(name);
    }
  } while (continuesList(cursor, attributeList));
}
