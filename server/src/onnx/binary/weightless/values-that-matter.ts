import type { FunctionDefinition, Graph, Model, Node } from '../../model/model.ts';

/**
 * Initializers of the main graph whose values decide whether TensorRT takes the model, however big they are: scales (which must be
 * positive) and zero points (which must be zero) of quantization. They may reach it through other nodes, subgraphs and functions.
 * (Shapes, axes and the like decide as well, and are small.)
 */
export function initializersThatMatter(model: Model): ReadonlySet<string> {
  if (model.graph === undefined) return new Set();
  const functions = new Map(model.functions.map((definition) => [functionKey(definition), definition]));
  const matters = new Set<string>();
  collect(model.graph, functions, new Map(), matters, 0);
  const initializers = new Set(model.graph.initializers.map(({ name }) => name));
  return new Set([...matters].filter((name) => initializers.has(name)));
}

/** Positions of the parameters of a function whose values matter; undefined while that is being found out. */
type Parameters = Map<FunctionDefinition, ReadonlySet<number> | undefined>;

/** Calls and graphs nested deeper than this are not followed: all that goes into them matters then. */
const deepest = 200;

/** Adds the names in `body` whose values matter, those of enclosing graphs that it uses included. */
function collect(
  body: Pick<Graph, 'nodes'>,
  functions: ReadonlyMap<string, FunctionDefinition>,
  parameters: Parameters,
  matters: Set<string>,
  depth: number,
): void {
  // Backwards, as a name must be known to matter before the node that makes it is looked at.
  for (const node of body.nodes.toReversed()) {
    for (const attribute of node.attributes) {
      if (attribute.type === 'graph') collect(attribute.value, functions, parameters, matters, depth + 1);
      else if (attribute.type === 'graphs') {
        for (const graph of attribute.value) collect(graph, functions, parameters, matters, depth + 1);
      }
    }
    const sensitive = sensitiveInputs(node, functions, parameters, depth);
    // What is made from a value that matters need not be computed exactly: all that goes into it matters.
    const makesOne = node.outputs.some((output) => output !== '' && matters.has(output));
    for (const [index, input] of node.inputs.entries()) {
      if (input !== '' && (makesOne || sensitive(index))) matters.add(input);
    }
  }
}

function sensitiveInputs(
  node: Node,
  functions: ReadonlyMap<string, FunctionDefinition>,
  parameters: Parameters,
  depth: number,
): (index: number) => boolean {
  const definition = functions.get(functionKey({ ...node, name: node.operator }));
  if (definition !== undefined) {
    if (depth >= deepest) return () => true;
    const positions = parametersThatMatter(definition, functions, parameters, depth);
    return (index) => positions.has(index);
  }
  // QuantizeLinear, DequantizeLinear, TensorRT's own TRT_INT4DequantizeLinear, TRT_FP8QuantizeLinear …: x, scale, zero point.
  return (index) => index > 0 && /quantize/i.test(node.operator);
}

function parametersThatMatter(
  definition: FunctionDefinition,
  functions: ReadonlyMap<string, FunctionDefinition>,
  parameters: Parameters,
  depth: number,
): ReadonlySet<number> {
  // A function that calls itself, which ONNX forbids, ends here.
  if (parameters.has(definition)) return parameters.get(definition) ?? new Set();
  parameters.set(definition, undefined);
  const matters = new Set<string>();
  collect(definition, functions, parameters, matters, depth + 1);
  const positions = new Set(
    definition.inputs.flatMap((name, position) => (matters.has(name) ? [position] : [])),
  );
  parameters.set(definition, positions);
  return positions;
}

function functionKey(definition: { domain: string; name: string; overload?: string }): string {
  const domain = definition.domain === 'ai.onnx' ? '' : definition.domain;
  return `${domain}\n${definition.name}\n${definition.overload ?? ''}`;
}
