/** What a call gives a function: names for its inputs and outputs, and attributes. */
import type { Attribute, FunctionDefinition, Node } from '../model/model.ts';

export interface Binding {
  /** Formal inputs and outputs by name; empty for an input that the call leaves out. An output that it leaves out is not among them. */
  readonly values: ReadonlyMap<string, string>;
  /** Outputs of the call that are another name for a value which has one already. */
  readonly copies: readonly (readonly [output: string, nameInFunction: string])[];
  /** Parameters of the function by name; none where neither the call nor the function gives a value. */
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export function bindingOf(call: Node, definition: FunctionDefinition): Binding {
  const values = new Map(definition.inputs.map((name, index) => [name, call.inputs[index] ?? '']));
  const copies: (readonly [string, string])[] = [];
  for (const [index, name] of definition.outputs.entries()) {
    const output = call.outputs[index] ?? '';
    if (output === '') continue;
    if (values.has(name)) copies.push([output, name]);
    else values.set(name, output);
  }
  const attributes = [...definition.attributeDefaults, ...call.attributes];
  return { values, copies, attributes: new Map(attributes.map((attribute) => [attribute.name, attribute])) };
}
