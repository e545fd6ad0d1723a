/** Edits as a user makes them, and what each may change in the file. */
import type { Attribute, Dimension, Graph, Model, Node } from '../../../../../server/src/onnx/model/model.ts';
import type { TokenChanges } from './wire-tokens.ts';

export interface Edit {
  readonly name: string;
  /** Undefined where the model has nothing to be edited so. */
  readonly apply: (
    model: Model,
  ) => { readonly model: Model; readonly allows: (changes: TokenChanges) => boolean } | undefined;
}

export const edits: readonly Edit[] = [
  { name: 'renaming a value', apply: renameValue },
  { name: 'changing an attribute', apply: changeAttribute },
  { name: 'adding a node', apply: addNode },
  { name: 'removing a node', apply: removeNode },
  { name: 'changing a dimension', apply: changeDimension },
  { name: 'writing doc strings', apply: writeDocString },
  { name: 'moving a node', apply: moveNode },
];

const nodePath = '/7/1';

function withGraph(model: Model, change: (graph: Graph) => Graph | undefined): Model | undefined {
  const graph = model.graph && change(model.graph);
  return graph && { ...model, graph };
}

function renameValue(model: Model) {
  const old = model.graph?.nodes.flatMap(({ outputs }) => outputs).find((name) => name !== '');
  if (old === undefined) return undefined;
  const renamed = `${old}_renamed`;
  const inList = (names: readonly string[]) =>
    names.includes(old) ? names.map((name) => (name === old ? renamed : name)) : names;
  const named = <T extends { readonly name: string }>(value: T) =>
    value.name === old ? { ...value, name: renamed } : value;
  const edited = withGraph(model, (graph) => ({
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: inList(node.inputs),
      outputs: inList(node.outputs),
    })),
    outputs: graph.outputs.map(named),
    valueInfos: graph.valueInfos.map(named),
  }));
  return (
    edited && {
      model: edited,
      allows: ({ removed, added }: TokenChanges) =>
        // A name that comes several times, the last one counting, comes once afterwards.
        removed.length >= added.length &&
        added.length > 0 &&
        added.every((token) => token.endsWith('_renamed')) &&
        removed.every((token) => added.some((other) => pathOf(other) === pathOf(token))),
    }
  );
}

function changeAttribute(model: Model) {
  let isDone = false;
  const change = (attribute: Attribute): Attribute => {
    if (isDone || attribute.type !== 'int' || attribute.otherFields || attribute.omitted) return attribute;
    isDone = true;
    return { ...attribute, value: 1_234_567 };
  };
  const edited = withGraph(model, (graph) => ({
    ...graph,
    nodes: graph.nodes.map((node) => ({ ...node, attributes: node.attributes.map(change) })),
  }));
  if (!isDone || edited === undefined) return undefined;
  return {
    model: edited,
    allows: ({ removed, added }: TokenChanges) =>
      removed.length === 1 && added.length === 1 && added[0]?.startsWith(`${nodePath}/5/3 `) === true,
  };
}

function addNode(model: Model) {
  const node: Node = {
    inputs: ['new_in'],
    outputs: ['new_out'],
    operator: 'Identity',
    domain: '',
    attributes: [],
    metadata: [],
  };
  const edited = withGraph(model, (graph) => {
    const at = Math.floor(graph.nodes.length / 2);
    return { ...graph, nodes: [...graph.nodes.slice(0, at), node, ...graph.nodes.slice(at)] };
  });
  return (
    edited && {
      model: edited,
      allows: ({ removed, added }: TokenChanges) =>
        removed.length === 0 && added.length === 4 && added.every((token) => token.startsWith(nodePath)),
    }
  );
}

function removeNode(model: Model) {
  const edited = withGraph(model, (graph) =>
    graph.nodes.length === 0
      ? undefined
      : { ...graph, nodes: graph.nodes.toSpliced(graph.nodes.length >> 1, 1) },
  );
  return (
    edited && {
      model: edited,
      allows: ({ removed, added }: TokenChanges) =>
        removed.length > 0 && added.length === 0 && removed.every((token) => token.startsWith(nodePath)),
    }
  );
}

function changeDimension(model: Model) {
  let isDone = false;
  const change = (dimension: Dimension): Dimension => {
    if (isDone || dimension.kind === 'unknown') return dimension;
    isDone = true;
    return { ...dimension, kind: 'parameter', name: 'changed_dimension' };
  };
  const edited = withGraph(model, (graph) => ({
    ...graph,
    inputs: graph.inputs.map((input) =>
      input.type?.kind === 'tensor' && input.type.shape
        ? { ...input, type: { ...input.type, shape: input.type.shape.map(change) } }
        : input,
    ),
  }));
  if (!isDone || edited === undefined) return undefined;
  return {
    model: edited,
    allows: ({ removed, added }: TokenChanges) =>
      removed.length === 1 &&
      added.length === 1 &&
      added.every((token) => token.startsWith('/7/11/2/1/2/1/2 ') && token.endsWith('changed_dimension')),
  };
}

function writeDocString(model: Model) {
  const docString = 'written in the editor';
  const edited = withGraph(model, (graph) => ({
    ...graph,
    docString,
    nodes: graph.nodes.map((node, index) => (index === 0 ? { ...node, docString } : node)),
  }));
  return (
    edited && {
      model: edited,
      allows: ({ removed, added }: TokenChanges) =>
        removed.every((token) => /^\/7\/(1\/6|10) /.test(token)) &&
        added.length >= 1 &&
        added.length <= 2 &&
        added.every((token) => /^\/7\/(1\/6|10) /.test(token) && token.endsWith(docString)),
    }
  );
}

/** Only the order changes, and no byte of any node. */
function moveNode(model: Model) {
  const edited = withGraph(model, (graph) => {
    const [first, ...rest] = graph.nodes;
    return first === undefined ? undefined : { ...graph, nodes: [...rest, first] };
  });
  return (
    edited && {
      model: edited,
      allows: ({ removed, added }: TokenChanges) => removed.length === 0 && added.length === 0,
    }
  );
}

function pathOf(token: string): string {
  return token.slice(0, token.indexOf(' '));
}
