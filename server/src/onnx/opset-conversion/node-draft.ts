/** A node while it is converted: what it was, and what changes. */
import type { ValueType } from '../inference/value.ts';
import type { Attribute, Node } from '../model/model.ts';

/** What rules may know of the model around a node. */
export interface Surroundings {
  /** The opset version that the model is brought to; added nodes are of that version. */
  readonly target: number;
  readonly typeOf: (name: string) => ValueType | undefined;
  /** Whether anything takes a value. */
  readonly isUsed: (name: string) => boolean;
  /** A name that nothing has yet, made from a hint. */
  readonly freshName: (hint: string) => string;
}

/** Why there is no rule for a node: the rest of a sentence about it. */
export class NoRule extends Error {}

export class NodeDraft {
  operator: string;
  /** Only with inputs and attributes of before can a reader tell what was. */
  readonly node: Node;
  inputs: string[];
  outputs: string[];
  /** Statements to stand before and behind it. */
  readonly before: string[] = [];
  readonly after: string[] = [];
  readonly #attributes: Map<string, Attribute>;
  readonly #surroundings: Surroundings;

  constructor(node: Node, surroundings: Surroundings) {
    this.node = node;
    this.operator = node.operator;
    this.inputs = [...node.inputs];
    this.outputs = [...node.outputs];
    this.#attributes = new Map(node.attributes.map((attribute) => [attribute.name, attribute]));
    this.#surroundings = surroundings;
  }

  get target(): number {
    return this.#surroundings.target;
  }

  get attributes(): ReadonlyMap<string, Attribute> {
    return this.#attributes;
  }

  get isChanged(): boolean {
    return (
      this.operator !== this.node.operator ||
      this.before.length + this.after.length > 0 ||
      this.inputs.join('\0') !== this.node.inputs.join('\0') ||
      this.outputs.join('\0') !== this.node.outputs.join('\0') ||
      this.hasOtherAttributes
    );
  }

  get hasOtherAttributes(): boolean {
    return (
      this.#attributes.size !== this.node.attributes.length ||
      this.node.attributes.some((attribute) => this.#attributes.get(attribute.name) !== attribute)
    );
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  int(name: string): number | undefined {
    const attribute = this.#value(name);
    return attribute?.type === 'int' ? Number(attribute.value) : undefined;
  }

  float(name: string): number | undefined {
    const attribute = this.#value(name);
    return attribute?.type === 'float' ? attribute.value : undefined;
  }

  ints(name: string): readonly (number | bigint)[] | undefined {
    const attribute = this.#value(name);
    return attribute?.type === 'ints' ? attribute.value : undefined;
  }

  floats(name: string): readonly number[] | undefined {
    const attribute = this.#value(name);
    return attribute?.type === 'floats' ? attribute.value : undefined;
  }

  string(name: string): string | undefined {
    const attribute = this.#value(name);
    return attribute?.type === 'string' && typeof attribute.value === 'string' ? attribute.value : undefined;
  }

  remove(name: string): void {
    this.#attributes.delete(name);
  }

  set(attribute: Attribute): void {
    this.#attributes.set(attribute.name, attribute);
  }

  /** Whether an input is given. */
  hasInput(index: number): boolean {
    return (this.inputs[index] ?? '') !== '';
  }

  /** Puts a value in an input's place; those before it that are not given are left out. */
  setInput(index: number, name: string): void {
    while (this.inputs.length < index) this.inputs.push('');
    this.inputs[index] = name;
  }

  hasOutput(index: number): boolean {
    return (this.outputs[index] ?? '') !== '';
  }

  /** Leaves an output out that nothing takes; answers whether the output is gone. */
  dropOutput(index: number): boolean {
    const name = this.outputs[index] ?? '';
    if (name !== '' && this.#surroundings.isUsed(name)) return false;
    if (index < this.outputs.length) this.outputs[index] = '';
    while (this.outputs.length > 1 && this.outputs.at(-1) === '') this.outputs.pop();
    return true;
  }

  /** Adds a Constant node before this one; `literal` is a tensor in text form. Answers the name of its value. */
  constant(hint: string, literal: string): string {
    return this.added(hint, `Constant <value = ${literal}> ()`);
  }

  /** Adds a node before this one; `call` is what stands behind its `=`. */
  added(hint: string, call: string): string {
    const name = this.fresh(hint);
    this.before.push(`${name} = ${call}`);
    return name;
  }

  /** An identifier that needs no quotes. */
  fresh(hint: string): string {
    const stem = (this.outputs.find((name) => name !== '') ?? this.operator).replace(/\W+/g, '_');
    return this.#surroundings.freshName(`${/^\d/.test(stem) ? '_' : ''}${stem}_${hint}`);
  }

  typeOf(name: string | undefined): ValueType | undefined {
    return name === undefined || name === '' ? undefined : this.#surroundings.typeOf(name);
  }

  /** Of an input; undefined where it is not known. */
  elementTypeOf(index: number): number | undefined {
    const type = this.typeOf(this.inputs[index]);
    return type?.kind === 'tensor' && type.elementType !== 0 ? type.elementType : undefined;
  }

  dimsOf(index: number): readonly (number | undefined)[] | undefined {
    const type = this.typeOf(this.inputs[index]);
    return type?.kind === 'tensor'
      ? type.shape?.map((dim) => (typeof dim === 'number' ? dim : undefined))
      : undefined;
  }

  #value(name: string): Attribute | undefined {
    const attribute = this.#attributes.get(name);
    if (attribute?.type === 'reference') {
      throw new NoRule(
        `its attribute ${name} is the function's own, so that its value differs from call to call`,
      );
    }
    return attribute;
  }
}
