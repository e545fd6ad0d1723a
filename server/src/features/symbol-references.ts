/** What the name under the cursor stands for, and all places that name the same thing. */
import type { Position } from 'vscode-languageserver-types';
import { calledFunction, functionAt, type LocalFunction } from '../onnx/analysis/functions.ts';
import { declarationAt, segmentsOf } from '../onnx/analysis/names.ts';
import { defines } from '../onnx/analysis/segment-names.ts';
import type { NodeStatement, Span } from '../onnx/text/syntax-tree.ts';
import { dimensionReferences } from './dimension-references.ts';
import type { OnnxDocument } from './document.ts';
import { childrenOf, type Element, nodeAround, type Place, placeAt } from './elements.ts';
import { functionReferences, nodesIn } from './function-references.ts';
import { offsetAt } from './source-text.ts';
import { occurrencesOfValue, type ValueReference, valueAt } from './values.ts';

export type DocumentSymbolAtCursor =
  | { readonly kind: 'value'; readonly value: ValueReference }
  | { readonly kind: 'function'; readonly called: LocalFunction }
  | { readonly kind: 'attribute-parameter'; readonly of: LocalFunction; readonly name: string }
  | { readonly kind: 'dimension'; readonly segment: number; readonly name: string };

export interface SymbolReference {
  /** Index of the segment; the span is relative to it. */
  readonly segment: number;
  readonly span: Span;
  /** Whether the thing comes into being here; a use otherwise. */
  readonly isDefinition: boolean;
}

export interface FoundSymbol {
  readonly symbol: DocumentSymbolAtCursor;
  readonly place: Place;
}

export function symbolAt(document: OnnxDocument, position: Position): FoundSymbol | undefined {
  const place = placeAt(document.tree, offsetAt(document.source, position));
  const symbol = place && symbolOf(document, place);
  return place && symbol && { symbol, place };
}

/** All places that name it, in document order. */
export function referencesOfSymbol(
  document: OnnxDocument,
  symbol: DocumentSymbolAtCursor,
): SymbolReference[] {
  switch (symbol.kind) {
    case 'value':
      return occurrencesOfValue(document, symbol.value).map(({ segment, identifier, role }) => ({
        segment,
        span: identifier,
        isDefinition: defines(role),
      }));
    case 'function':
      return functionReferences(document, symbol.called).map(({ kind, segment, identifier }) => ({
        segment,
        span: identifier,
        isDefinition: kind === 'declaration',
      }));
    case 'attribute-parameter':
      return parameterReferences(document, symbol.of, symbol.name);
    case 'dimension':
      // The first place, an input as a rule, gives the dimension its size at run time.
      return dimensionReferences(document, symbol.segment, symbol.name).map(
        ({ segment, dimension }, index) => ({ segment, span: dimension, isDefinition: index === 0 }),
      );
  }
}

function symbolOf(document: OnnxDocument, place: Place): DocumentSymbolAtCursor | undefined {
  const element = place.path.at(-1);
  if (element?.kind === 'dimension' && element.node.kind === 'parameter') {
    return { kind: 'dimension', segment: place.segment, name: element.node.name };
  }
  if (element?.kind !== 'identifier') {
    return undefined;
  }
  const declaration = declarationAt(document.tree, place.segment);
  const enclosing = declaration === undefined ? undefined : functionAt(document.tree, declaration);
  switch (element.role) {
    case 'operator':
    case 'domain':
    case 'overload': {
      const node = nodeAround(place.path);
      const called = node && calledFunction(document.tree, node);
      return called && { kind: 'function', called };
    }
    case 'function-name':
      return enclosing && { kind: 'function', called: enclosing };
    case 'attribute-parameter':
    case 'attribute-reference':
      return enclosing && { kind: 'attribute-parameter', of: enclosing, name: element.node.name };
    case 'attribute-name': {
      const node = nodeAround(place.path);
      const of = node ? calledFunction(document.tree, node) : enclosing;
      return of && { kind: 'attribute-parameter', of, name: element.node.name };
    }
    default: {
      const value = valueAt(document, place);
      return value && { kind: 'value', value };
    }
  }
}

/** Its declaration, its uses inside the function, and the attributes of the calls that give it a value. */
function parameterReferences(document: OnnxDocument, of: LocalFunction, name: string): SymbolReference[] {
  const { tree } = document;
  const references: SymbolReference[] = [];
  const { from, to } = segmentsOf(tree, of.declaration);
  for (const [segment, statement] of tree.segments.entries()) {
    if (segment >= from && segment < to) {
      collectParameter({ kind: 'segment', node: statement }, name, segment, references);
    }
    if (statement.kind === 'node-statement') {
      for (const node of nodesIn(statement)) {
        if (node.operator.name === of.name && calledFunction(tree, node) === of) {
          references.push(...attributeNames(node, name, segment));
        }
      }
    }
  }
  return references;
}

function attributeNames(node: NodeStatement, name: string, segment: number): SymbolReference[] {
  return node.attributes
    .filter((attribute) => attribute.name.name === name)
    .map((attribute) => ({ segment, span: attribute.name, isDefinition: false }));
}

function collectParameter(
  element: Element,
  name: string,
  segment: number,
  references: SymbolReference[],
): void {
  if (element.kind === 'segment' && element.node.kind === 'function-signature') {
    const { attributeParameters, attributeDefaults } = element.node;
    for (const span of [...attributeParameters, ...attributeDefaults.map((attribute) => attribute.name)]) {
      if (span.name === name) {
        references.push({ segment, span, isDefinition: true });
      }
    }
  }
  if (element.kind === 'identifier' && element.role === 'attribute-reference' && element.node.name === name) {
    references.push({ segment, span: element.node, isDefinition: false });
  }
  for (const child of childrenOf(element)) {
    collectParameter(child, name, segment, references);
  }
}
