/** The changes that make a statement of a function a statement of its caller: values, attributes, names of nodes and dims. */
import { definesName } from '../../../onnx/analysis/segment-names.ts';
import { unambiguousIdentifier } from '../../../onnx/text/printer/literals.ts';
import type { AttributeSyntax, GraphSyntax, NodeStatement } from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import { childrenOf, type Element } from '../../elements.ts';
import type { TextChange } from '../../source-text.ts';
import { withoutParts } from './list-entries.ts';

export interface Substitution {
  /** What a name of the function's own scope becomes; empty for an input that the call omits. */
  readonly value: (name: string) => string;
  /** What a name that a graph inside the function defines becomes. */
  readonly innerValue: (name: string) => string;
  readonly label: (name: string) => string;
  readonly dimension: (name: string) => string;
  /** What an attribute that refers to a parameter becomes, without its name: ` = 1`. Undefined: it is left out. */
  readonly attribute: (reference: AttributeSyntax) => AttributeText | undefined;
}

export interface AttributeText {
  /** Lines of annotations, each with its line end. */
  readonly annotations: string;
  readonly typeAndValue: string;
}

/** `base`: the absolute offset that the element's spans are relative to. */
export function substituted(
  document: OnnxDocument,
  element: Element,
  base: number,
  substitution: Substitution,
): TextChange[] {
  const changes: TextChange[] = [];
  const replace = ({ start, end }: { readonly start: number; readonly end: number }, text: string): void => {
    changes.push({ start: base + start, end: base + end, text });
  };
  const visit = (part: Element, graphs: readonly GraphSyntax[]): void => {
    switch (part.kind) {
      case 'identifier':
        if (isValue(part) && part.node.name !== '') {
          const { name } = part.node;
          const isInner = graphs.some((graph) => definesName(graph, name));
          const renamed = isInner ? substitution.innerValue(name) : substitution.value(name);
          if (renamed !== name) {
            replace(part.node, unambiguousIdentifier(renamed));
          }
        } else if (part.role === 'label') {
          replace(part.node, unambiguousIdentifier(substitution.label(part.node.name)));
        }
        return;
      case 'dimension':
        if (part.node.kind === 'parameter' && substitution.dimension(part.node.name) !== part.node.name) {
          replace(part.node, unambiguousIdentifier(substitution.dimension(part.node.name)));
        }
        return;
      case 'annotation':
        return;
      case 'attribute':
        if (part.node.value.kind === 'reference') {
          const given = substitution.attribute(part.node);
          if (given) {
            const name = unambiguousIdentifier(part.node.name.name);
            replace(
              part.node,
              `${given.annotations && `\n${given.annotations}`}${name}${given.typeAndValue}`,
            );
          }
          return;
        }
        break;
      case 'segment':
      case 'statement':
        if (part.node.kind === 'node-statement') {
          changes.push(...withoutAbsent(document, part.node, base, substitution));
        }
        break;
      default:
    }
    const inside = part.kind === 'graph' ? [...graphs, part.node] : graphs;
    for (const child of childrenOf(part)) {
      visit(child, inside);
    }
  };
  visit(element, []);
  return changes;
}

/** Takes out the attributes that refer to parameters without a value, as ONNX does ("the attribute is then not present"). */
function withoutAbsent(
  document: OnnxDocument,
  { attributes, operator, overload }: NodeStatement,
  base: number,
  { attribute }: Substitution,
): TextChange[] {
  const parts = [...attributes].sort((a, b) => a.start - b.start);
  const isAbsent = parts.map((part) => part.value.kind === 'reference' && attribute(part) === undefined);
  return withoutParts(
    document.source.text,
    parts.map(({ start, end }) => ({ start: base + start, end: base + end })),
    (index) => isAbsent[index] === true,
    base + (overload ?? operator).end,
  );
}

function isValue({ role }: Extract<Element, { kind: 'identifier' }>): boolean {
  switch (role) {
    case 'input':
    case 'output':
    case 'initializer':
    case 'value-info':
    case 'node-output':
    case 'node-input':
      return true;
    default:
      return false;
  }
}
