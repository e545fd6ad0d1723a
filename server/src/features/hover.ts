/** textDocument/hover */
import type { Hover, MarkupContent, Position } from 'vscode-languageserver-types';
import type { FileAccess } from '../onnx/model/file-access.ts';
import type { AttributeValueSyntax } from '../onnx/text/syntax-tree.ts';
import { type OnnxDocument, rangeInSegment } from './document.ts';
import { type Element, type Place, placeAt } from './elements.ts';
import { annotationHover } from './hover/annotation.ts';
import { attributeHover, attributeParameterHover } from './hover/attribute.ts';
import { headerKeyHover, irVersionHover, opsetHover } from './hover/header.ts';
import { functionHover, nodeHover } from './hover/node.ts';
import { dimensionHover, elementTypeHover } from './hover/type.ts';
import { valueHover } from './hover/value.ts';
import { tensorHover } from './hover/weight.ts';
import { offsetAt } from './source-text.ts';
import type { NetworkTypes } from './values.ts';

export interface HoverContext {
  readonly document: OnnxDocument;
  /** Types and shapes from TensorRT, where its parser has accepted this or an earlier version of the text. */
  readonly network?: NetworkTypes | undefined;
  /** To tell whether external data is there. */
  readonly files: FileAccess;
}

export function hover(context: HoverContext, position: Position): Hover | undefined {
  const { document } = context;
  const place = placeAt(document.tree, offsetAt(document.source, position));
  // From the innermost element outwards, until one has something to say.
  for (let depth = place?.path.length ?? 0; place && depth > 0; depth--) {
    const element = place.path[depth - 1];
    const contents = element && contentsFor(context, { ...place, path: place.path.slice(0, depth) }, element);
    if (contents) {
      return { contents, range: rangeInSegment(document, place.segment, element.node) };
    }
  }
  return undefined;
}

function contentsFor(context: HoverContext, place: Place, element: Element): MarkupContent | undefined {
  switch (element.kind) {
    case 'identifier':
      return identifierHover(context, place, element);
    case 'header-value':
      return irVersionHover(place.path);
    case 'opset-import':
      return opsetHover(element.node);
    case 'tensor':
    case 'tensor-data':
      return tensorHover(context, place);
    case 'dimension':
      return dimensionHover(context.document, place, element.node);
    case 'attribute-value':
      // Graphs, tensors and lists have parts that say more.
      return place.path.at(-2)?.kind === 'attribute' && isScalar(element.node)
        ? attributeHover(context.document, { ...place, path: place.path.slice(0, -1) })
        : undefined;
    case 'annotation':
      return annotationHover(element.node);
    default:
      return undefined;
  }
}

function isScalar({ kind }: AttributeValueSyntax): boolean {
  return kind === 'integer' || kind === 'float' || kind === 'string' || kind === 'incomplete';
}

function identifierHover(
  context: HoverContext,
  place: Place,
  element: Element & { kind: 'identifier' },
): MarkupContent | undefined {
  const { document } = context;
  switch (element.role) {
    case 'input':
    case 'output':
    case 'initializer':
    case 'value-info':
    case 'node-output':
    case 'node-input':
      return valueHover(context, place);
    case 'operator':
    case 'domain':
    case 'overload':
    case 'label':
      return nodeHover(context, place);
    case 'function-name':
      return functionHover(document, place);
    case 'attribute-name':
    case 'attribute-type':
      return attributeHover(document, place);
    case 'attribute-parameter':
    case 'attribute-reference':
      return attributeParameterHover(document, place, element.node);
    case 'element-type':
      return elementTypeHover(element.node);
    case 'header-key':
      return headerKeyHover(place.path, element.node);
    default:
      return undefined;
  }
}
