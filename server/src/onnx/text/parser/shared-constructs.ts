import type { AttributeSyntax, AttributeValueSyntax, Identifier } from '../syntax-tree.ts';

/**
 * Constructs that statement after statement has alike: the type of an initializer, an attribute of a convolution. Where they are
 * written alike and at the same offset of their segments, they are equal, spans included, and one object serves all.
 */
export class SharedConstructs<Construct extends object> {
  readonly #known = new Map<string, { readonly start: number; readonly construct: Construct }>();

  /** The construct, or an earlier one like it. `written` is its text, `start` its offset in its segment. */
  like(construct: Construct, written: string, start: number): Construct {
    const known = this.#known.get(written);
    if (known?.start === start) {
      return known.construct;
    }
    if (this.#known.size >= maximumKnown) {
      this.#known.clear();
    }
    this.#known.set(written, { start, construct });
    return construct;
  }
}

/** The same for lists: one that has the same elements, which have to be shared ones, is the same list. */
export class SharedLists<Element extends object> {
  readonly #byFirst = new Map<Element, readonly Element[]>();

  like(list: readonly Element[]): readonly Element[] {
    const [first] = list;
    if (first === undefined) {
      return list;
    }
    const known = this.#byFirst.get(first);
    if (known?.length === list.length && known.every((element, index) => element === list[index])) {
      return known;
    }
    if (this.#byFirst.size >= maximumKnown) {
      this.#byFirst.clear();
    }
    this.#byFirst.set(first, list);
    return list;
  }
}

/** The same for identifiers without quotes, such as operators and names of attributes. `name` has to come from one NameTable. */
export class SharedIdentifiers {
  readonly #recent: (Identifier | undefined)[] = [];

  identifier(start: number, end: number, name: string): Identifier {
    const slot = (start * 31 + end * 7 + name.charCodeAt(0)) & slotMask;
    const recent = this.#recent[slot];
    if (recent !== undefined && recent.start === start && recent.end === end && recent.name === name) {
      return recent;
    }
    const identifier = { start, end, name };
    this.#recent[slot] = identifier;
    return identifier;
  }
}

/** Longer ones are rare, and looking them up takes time. */
export const longestShared = 512;
const maximumKnown = 4096;
const slotMask = 0x3ff;

/** Whether an attribute holds nothing but plain values: graphs are told apart by their identity. */
export function isPlain({ value, annotations }: AttributeSyntax): boolean {
  return annotations.length === 0 && isPlainValue(value);
}

function isPlainValue(value: AttributeValueSyntax): boolean {
  switch (value.kind) {
    case 'integer':
    case 'float':
    case 'string':
    case 'reference':
      return true;
    case 'list':
      return value.elements.every((element) => element.kind !== 'list' && isPlainValue(element));
    default:
      return false;
  }
}
