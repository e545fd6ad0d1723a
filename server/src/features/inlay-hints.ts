/** textDocument/inlayHint: types behind the outputs of nodes where nobody states them; defaults of attributes. */
import { type InlayHint, InlayHintKind, type Position, type Range } from 'vscode-languageserver-types';
import { calledFunction, opsetVersion } from '../onnx/analysis/functions.ts';
import { declarationAt } from '../onnx/analysis/names.ts';
import { subgraphsOf } from '../onnx/analysis/segment-names.ts';
import { schemaOf } from '../onnx/operators/table.ts';
import type { GraphSyntax, NodeStatement } from '../onnx/text/syntax-tree.ts';
import { defaultText } from './completion/attribute-names.ts';
import type { OnnxDocument } from './document.ts';
import { lastSegmentFrom } from './elements.ts';
import { typeSourceNote } from './hover/type-source.ts';
import { markdown } from './markdown.ts';
import { offsetAt, positionAt } from './source-text.ts';
import { type NetworkTypes, occurrencesOfValue, typeOfValue } from './values.ts';

export interface InlayHintOptions {
  /** Types of values that nobody states. */
  readonly types: boolean;
  readonly attributeDefaults: boolean;
  readonly network?: NetworkTypes | undefined;
}

/** Editors ask for what is in sight; of more than this, the first. */
const maximumHints = 3_000;

export function inlayHints(document: OnnxDocument, range: Range, options: InlayHintOptions): InlayHint[] {
  const { tree, source } = document;
  const start = offsetAt(source, range.start);
  const end = offsetAt(source, range.end);
  const hints: InlayHint[] = [];
  for (let segment = Math.max(0, lastSegmentFrom(tree, start)); segment < tree.segments.length; segment++) {
    const base = tree.starts[segment] ?? 0;
    if (base > end || hints.length >= maximumHints) {
      break;
    }
    const statement = tree.segments[segment];
    const declaration = declarationAt(tree, segment);
    if (statement?.kind === 'node-statement' && declaration !== undefined) {
      const isInRange = (offset: number) => base + offset >= start && base + offset <= end;
      const place: Place = {
        document,
        options,
        segment,
        declaration,
        isInRange,
        position: (offset) => positionAt(source, base + offset),
        hints,
      };
      addNodeHints(place, statement, []);
    }
  }
  return hints.slice(0, maximumHints);
}

interface Place {
  readonly document: OnnxDocument;
  readonly options: InlayHintOptions;
  readonly segment: number;
  readonly declaration: number;
  /** Offsets are relative to the segment. */
  readonly isInRange: (offset: number) => boolean;
  readonly position: (offset: number) => Position;
  readonly hints: InlayHint[];
}

function addNodeHints(place: Place, node: NodeStatement, graphs: readonly GraphSyntax[]): void {
  if (place.options.types) {
    addTypeHints(place, node, graphs);
  }
  if (place.options.attributeDefaults) {
    addDefaultHints(place, node);
  }
  for (const { graph } of subgraphsOf(node)) {
    for (const inner of graph.nodes) {
      addNodeHints(place, inner, [...graphs, graph]);
    }
  }
}

function addTypeHints(place: Place, { outputs }: NodeStatement, graphs: readonly GraphSyntax[]): void {
  const { document, declaration, segment, options } = place;
  for (const { name, end } of outputs) {
    if (name === '' || !place.isInRange(end)) {
      continue;
    }
    const value = { name, scope: { declaration, graphs }, segment };
    const occurrences = occurrencesOfValue(document, value);
    const isStated = occurrences.some(({ owner }) => owner.kind === 'value-declaration' && owner.type);
    const type = isStated ? undefined : typeOfValue(document, occurrences, value, options.network);
    // A hint has no room to say that it is of the text before the last edits.
    if (type && type.source !== 'inferred-before') {
      place.hints.push({
        position: place.position(end),
        label: `: ${type.text}`,
        kind: InlayHintKind.Type,
        tooltip: markdown([typeSourceNote(type.source, options.network)]),
      });
    }
  }
}

/** ` <alpha = 1.0>` behind an operator without attributes, `, alpha = 1.0` behind the last attribute. */
function addDefaultHints(place: Place, node: NodeStatement): void {
  const { tree } = place.document;
  const domain = node.domain?.name ?? '';
  const last = node.attributes.at(-1);
  const end = last?.end ?? (node.overload ?? node.operator).end;
  if (calledFunction(tree, node) || !place.isInRange(end)) {
    return;
  }
  const opset = opsetVersion(tree, place.declaration, domain);
  const schema = opset === undefined ? undefined : schemaOf(domain, node.operator.name, opset);
  const given = new Set(node.attributes.map(({ name }) => name.name));
  const defaults = [...(schema?.attributes.values() ?? [])].flatMap((attribute) =>
    attribute.default === undefined || given.has(attribute.name)
      ? []
      : [`${attribute.name} = ${defaultText(attribute.default, attribute.type)}`],
  );
  if (defaults.length > 0) {
    place.hints.push({
      position: place.position(end),
      label: last ? `, ${defaults.join(', ')}` : ` <${defaults.join(', ')}>`,
      kind: InlayHintKind.Parameter,
    });
  }
}
