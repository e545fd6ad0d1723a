/**
 * Polynomials over symbols and functions of other polynomials, in canonical form: two are known to be equal where their keys are.
 */

export type Dim = number | Expression | undefined;

export interface Expression {
  /** Canonical; equal keys mean equal values. */
  readonly key: string;
  /** Sorted by key; the constant term, if any, has no factors. Never a lone constant: that is a number. */
  readonly terms: readonly Term[];
}

export interface Term {
  readonly coefficient: number;
  /** Sorted by key, repeated for powers. */
  readonly factors: readonly Factor[];
  readonly key: string;
}

export type Factor =
  | {
      readonly kind: 'symbol';
      readonly key: string;
      readonly name: string;
      /** Made by inference for a dim that only running the model tells; the name says where it comes from. */
      readonly anonymous: boolean;
    }
  | { readonly kind: FunctionKind; readonly key: string; readonly operands: readonly KnownDim[] };

export type KnownDim = number | Expression;

/** `floor` is floor(a / b), `broadcast` the larger of dims one of which is 1 where they differ. */
export type FunctionKind = 'floor' | 'modulo' | 'minimum' | 'maximum' | 'broadcast';

/** Beyond these an expression tells nobody anything and is dropped. */
export const maximumTerms = 24;

const maximumDegree = 8;

const maximumKeyLength = 400;

export const one: Term = { coefficient: 1, factors: [], key: '' };

export function symbol(name: string): Expression {
  return fromFactor({ kind: 'symbol', key: JSON.stringify(name), name, anonymous: false });
}

/** A dim that only running the model tells. The same `origin` is the same dim. */
export function anonymousSymbol(origin: string): Expression {
  return fromFactor({ kind: 'symbol', key: `?${origin}`, name: origin, anonymous: true });
}

export function equalDims(a: Dim, b: Dim): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && a.key === b.key);
}

export function add(a: Dim, b: Dim): Dim {
  if (a === undefined || b === undefined) return undefined;
  if (typeof a === 'number' && typeof b === 'number') return checked(a + b);
  if (a === 0) return b;
  if (b === 0) return a;
  return fromTerms([...termsOf(a), ...termsOf(b)]);
}

export function negate(a: Dim): Dim {
  return multiply(a, -1);
}

export function subtract(a: Dim, b: Dim): Dim {
  return add(a, negate(b));
}

export function multiply(a: Dim, b: Dim): Dim {
  if (a === 0 || b === 0) return 0;
  if (a === undefined || b === undefined) return undefined;
  if (typeof a === 'number' && typeof b === 'number') return checked(a * b);
  if (a === 1) return b;
  if (b === 1) return a;
  const terms: Term[] = [];
  const right = termsOf(b);
  const left = termsOf(a);
  if (left.length * right.length > maximumTerms * 4) return undefined;
  for (const x of left) {
    for (const y of right) {
      const product = multiplyTerms(x, y);
      if (product === undefined) return undefined;
      terms.push(product);
    }
  }
  return fromTerms(terms);
}

export function product(dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>(multiply, 1);
}

export function sum(dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>(add, 0);
}

function multiplyTerms(a: Term, b: Term): Term | undefined {
  const coefficient = a.coefficient * b.coefficient;
  const factors = [...a.factors, ...b.factors];
  if (checked(coefficient) === undefined || factors.length > maximumDegree) return undefined;
  factors.sort((x, y) => compareStrings(x.key, y.key));
  return termFrom(coefficient, factors);
}

export function termFrom(coefficient: number, factors: readonly Factor[]): Term {
  return { coefficient, factors, key: factors.map((factor) => factor.key).join('*') };
}

export function termsOf(dim: KnownDim): readonly Term[] {
  if (typeof dim === 'object') return dim.terms;
  return dim === 0 ? [] : [{ ...one, coefficient: dim }];
}

export function fromFunction(kind: FunctionKind, operands: readonly KnownDim[]): Dim {
  const [only, ...others] = operands;
  if (others.length === 0) return only;
  const key = `${kind}(${operands.map(keyOf).join(',')})`;
  return key.length > maximumKeyLength ? undefined : fromFactor({ kind, key, operands });
}

export function fromFactor(factor: Factor): Expression {
  return { key: factor.key, terms: [{ coefficient: 1, factors: [factor], key: factor.key }] };
}

export function fromTerms(terms: readonly Term[]): Dim {
  const byKey = new Map<string, Term>();
  for (const term of terms) {
    const known = byKey.get(term.key);
    byKey.set(term.key, known ? { ...known, coefficient: known.coefficient + term.coefficient } : term);
  }
  const kept = [...byKey.values()].filter((term) => term.coefficient !== 0);
  if (kept.some((term) => checked(term.coefficient) === undefined)) return undefined;
  const [first] = kept;
  if (first === undefined) return 0;
  if (kept.length === 1 && first.factors.length === 0) return first.coefficient;
  if (kept.length > maximumTerms) return undefined;
  kept.sort((a, b) => compareStrings(a.key, b.key));
  const key = kept
    .map((term) => (term.coefficient === 1 && term.key !== '' ? term.key : `${term.coefficient}*${term.key}`))
    .join('+');
  return key.length > maximumKeyLength ? undefined : { key, terms: kept };
}

export function keyOf(dim: KnownDim): string {
  return typeof dim === 'number' ? String(dim) : dim.key;
}

/** Beyond 2^53 numbers are no longer exact, and no dim is that large. */
export function checked(value: number): number | undefined {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

export function compareStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
