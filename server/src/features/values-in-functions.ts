/** Values inside of local functions: their names where the calls are written out, and their places in the text. */
import type { DiagnosticRelatedInformation, Range } from 'vscode-languageserver-types';
import { calledFunction, functionAt, type LocalFunction } from '../onnx/analysis/functions.ts';
import { type InlinedModel, inlineFunctions } from '../onnx/inlining/inline-functions.ts';
import type { Model } from '../onnx/model/model.ts';
import { normalizedDomain } from '../onnx/operators/table.ts';
import { type Body, declarationBody, type PlacedNode, parserName } from '../tensorrt/locate/bodies.ts';
import { type OnnxDocument, rangeInSegment } from './document.ts';

export interface PlaceOfValue {
  /** Of its name, where a node writes it: in the main graph, or in a function's body. */
  readonly range: Range;
  /** The calls that lead there, the nearest first. */
  readonly callers: readonly DiagnosticRelatedInformation[];
}

const known = new WeakMap<Model, InlinedModel['values']>();

/** Values that come out of functions where calls are written out, by their names then. */
export function valuesInFunctions({ model: { model } }: OnnxDocument): InlinedModel['values'] {
  const values = known.get(model) ?? inlineFunctions(model)?.values ?? new Map();
  known.set(model, values);
  return values;
}

/**
 * Undefined where the text has no such value. `name`: as where calls are written out. `writer`: name of the node that writes it then; an
 * output of a call is looked for in the function where another node than the call does.
 */
export function placeOfValue(
  document: OnnxDocument,
  name: string,
  writer?: string,
): PlaceOfValue | undefined {
  const { tree, uri } = document;
  const value = valuesInFunctions(document).get(name);
  const callers: DiagnosticRelatedInformation[] = [];
  let body = declarationBody(tree, 0);
  const enter = (placed: PlacedNode | undefined): LocalFunction | undefined => {
    const called = placed && calledFunction(tree, placed.node);
    if (!called) return undefined;
    const range = rangeInSegment(document, placed.segment, placed.node.operator);
    callers.unshift({ location: { uri, range }, message: `Called by ${parserName(placed.node)}` });
    body = declarationBody(tree, called.declaration);
    return called;
  };
  for (const call of value?.calls ?? []) {
    if (!enter(body.nodes.find(({ node }) => parserName(node) === call))) return undefined;
  }
  const first = outputNamed(body, value?.name ?? name);
  if (!first) return undefined;
  const path = [...(value?.calls ?? []), parserName(first.placed.node)].join('/');
  if (writer === undefined || writer === path) return placeOf(document, first, callers);
  let found = first;
  for (let called = enter(found.placed); called; called = enter(found.placed)) {
    const output: string | undefined = called.signature.outputs[found.index]?.name.name;
    const inside: WrittenOutput | undefined = output === undefined ? undefined : outputNamed(body, output);
    if (!inside) {
      callers.shift();
      break;
    }
    found = inside;
  }
  return placeOf(document, found, callers);
}

interface WrittenOutput {
  readonly placed: PlacedNode;
  readonly index: number;
}

function outputNamed({ nodes }: Body, name: string): WrittenOutput | undefined {
  for (const placed of nodes) {
    const index = placed.node.outputs.findIndex((output) => output.name === name);
    if (index >= 0) return { placed, index };
  }
  return undefined;
}

function placeOf(
  document: OnnxDocument,
  { placed: { node, segment }, index }: WrittenOutput,
  callers: PlaceOfValue['callers'],
): PlaceOfValue | undefined {
  const output = node.outputs[index];
  return output && { range: rangeInSegment(document, segment, output), callers };
}

/**
 * What a value of a function's body is called where calls are written out: a name for each call that leads to it. An output of the function
 * has the names that its callers give it.
 */
export function namesInCalls(document: OnnxDocument, declaration: number, name: string): string[] {
  const { tree } = document;
  const seen = new Set<string>();
  const names = new Set<string>();
  const collect = (at: number, value: string) => {
    const own = functionAt(tree, at);
    if (!own) {
      names.add(value);
      return;
    }
    // A function that calls itself is no valid model.
    if (value === '' || seen.has(`${at} ${value}`)) return;
    seen.add(`${at} ${value}`);
    const index = own.signature.outputs.findIndex((output) => output.name.name === value);
    if (index < 0) {
      for (const found of namesInside(document, own, value)) names.add(found);
      return;
    }
    for (const caller of tree.declarations.keys()) {
      for (const { node } of declarationBody(tree, caller).nodes) {
        if (calledFunction(tree, node) === own) collect(caller, node.outputs[index]?.name ?? '');
      }
    }
  };
  collect(declaration, name);
  return [...names];
}

function namesInside(document: OnnxDocument, own: LocalFunction, name: string): string[] {
  return [...valuesInFunctions(document)].flatMap(([written, value]) =>
    value.name === name &&
    value.function.name === own.name &&
    normalizedDomain(value.function.domain) === normalizedDomain(own.domain) &&
    (value.function.overload ?? '') === own.overload
      ? [written]
      : [],
  );
}
