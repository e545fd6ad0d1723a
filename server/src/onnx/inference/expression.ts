/**
 * Symbolic dims: polynomials over named symbols with numeric coefficients, and the operations that polynomials lack (floor
 * division, minimum, maximum …) as factors of their own. Every expression is canonical, so that two are known to be equal where
 * their keys are. A dim is a number where it is known, undefined where nothing is.
 *
 * Symbols with a name count as at least 1 (a model's batch is not empty); that decides clamps like those of Slice.
 */

export type Dim = number | Expression | undefined;

export interface Expression {
  /** Canonical; equal keys mean equal values. */
  readonly key: string;
  /** Sorted by key; the constant term, if any, has no factors. Never a lone constant: that is a number. */
  readonly terms: readonly Term[];
}

interface Term {
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

type KnownDim = number | Expression;

/** `floor` is floor(a / b), `broadcast` the larger of dims one of which is 1 where they differ. */
type FunctionKind = 'floor' | 'modulo' | 'minimum' | 'maximum' | 'broadcast';

/** Beyond these an expression tells nobody anything and is dropped. */
const maximumTerms = 24;
const maximumDegree = 8;
const maximumKeyLength = 400;

const one: Term = { coefficient: 1, factors: [], key: '' };

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

/** floor(a / b). Undefined where b is 0. */
export function floorDivide(a: Dim, b: Dim): Dim {
  if (a === undefined || b === undefined || b === 0) return undefined;
  if (b === 1) return integerPart(a);
  if (typeof a === 'number' && typeof b === 'number') return checked(Math.floor(a / b));
  if (typeof b === 'number' && typeof a === 'object') return floorByNumber(a, b);
  const exact = polynomialQuotient(a, b);
  return exact !== undefined ? exact : fromFunction('floor', [a, b]);
}

/** ceil(a / b). */
export function ceilDivide(a: Dim, b: Dim): Dim {
  if (typeof b === 'number' && Number.isInteger(b) && b > 0 && hasIntegers(a)) {
    return floorDivide(add(a, b - 1), b);
  }
  return negate(floorDivide(negate(a), b));
}

/** a / b where b is known to divide a, as in the dim that Reshape works out. Undefined for numbers that do not divide. */
export function divideExactly(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') {
    return b !== 0 && a % b === 0 ? a / b : undefined;
  }
  if (a === undefined || b === undefined || b === 0) return undefined;
  return floorDivide(a, b);
}

/** a / b for elements of float tensors. */
export function divideReal(a: Dim, b: Dim): Dim {
  if (typeof b === 'number') return b === 0 ? undefined : multiply(a, 1 / b);
  if (a === undefined || b === undefined) return undefined;
  return polynomialQuotient(a, b);
}

/** Modulo with the sign of the divisor. */
export function modulo(a: Dim, b: Dim): Dim {
  if (a === undefined || b === undefined || b === 0) return undefined;
  if (typeof a === 'number' && typeof b === 'number') return a - b * Math.floor(a / b);
  const quotient = polynomialQuotient(a, b);
  return quotient !== undefined ? 0 : subtract(a, multiply(b, floorDivide(a, b)));
}

/** floor(a) of an element of a float tensor. */
export function integerPart(a: Dim): Dim {
  if (a === undefined) return undefined;
  if (typeof a === 'number') return Math.floor(a);
  if (hasIntegers(a)) return a;
  for (let denominator = 2; denominator <= 64; denominator++) {
    const scaled = multiply(a, denominator);
    if (typeof scaled === 'object' && scaled.terms.every((term) => isAlmostInteger(term.coefficient))) {
      const rounded = fromTerms(
        scaled.terms.map((term) => ({ ...term, coefficient: Math.round(term.coefficient) })),
      );
      return floorDivide(rounded, denominator);
    }
  }
  return undefined;
}

export function minimum(a: Dim, b: Dim): Dim {
  return extremum('minimum', a, b);
}

export function maximum(a: Dim, b: Dim): Dim {
  return extremum('maximum', a, b);
}

/** The dim of the result of broadcasting two dims; undefined where two numbers do not fit. */
export function broadcast(a: Dim, b: Dim): Dim {
  if (a === 1) return b;
  if (b === 1 || equalDims(a, b)) return a;
  if (typeof a === 'number') return typeof b === 'number' ? undefined : a;
  if (typeof b === 'number') return b;
  if (a === undefined || b === undefined) return undefined;
  const operands = [...operandsOf('broadcast', a), ...operandsOf('broadcast', b)];
  return fromFunction('broadcast', uniqueSorted(operands));
}

/** Bounds of the value, by symbols being at least 1 if they have a name and at least 0 if not. */
export function boundsOf(dim: KnownDim): readonly [number, number] {
  if (typeof dim === 'number') return [dim, dim];
  let low = 0;
  let high = 0;
  for (const term of dim.terms) {
    let [from, to] = [1, 1];
    for (const factor of term.factors) {
      const [least, most] = factorBounds(factor);
      // Products of factors that may be negative are not worth the cases.
      if (least < 0) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      from *= least;
      to = to === 0 || most === 0 ? 0 : to * most;
    }
    low += term.coefficient > 0 ? term.coefficient * from : term.coefficient * to;
    high += term.coefficient > 0 ? term.coefficient * to : term.coefficient * from;
  }
  return [
    Number.isNaN(low) ? Number.NEGATIVE_INFINITY : low,
    Number.isNaN(high) ? Number.POSITIVE_INFINITY : high,
  ];
}

/** Whether a symbol that has no name takes part in it. */
export function isAnonymous(dim: Dim): boolean {
  return (
    typeof dim === 'object' &&
    dim.terms.some((term) =>
      term.factors.some((factor) =>
        factor.kind === 'symbol' ? factor.anonymous : factor.operands.some(isAnonymous),
      ),
    )
  );
}

/** The symbol that the dim is, if it is nothing but one. */
export function loneSymbol(dim: Dim): Extract<Factor, { kind: 'symbol' }> | undefined {
  if (typeof dim !== 'object' || dim.terms.length !== 1) return undefined;
  const [term] = dim.terms;
  const [factor, ...others] = term?.factors ?? [];
  return term?.coefficient === 1 && factor?.kind === 'symbol' && others.length === 0 ? factor : undefined;
}

/** The dim with each symbol replaced by what `replacement` gives for it (the symbol itself where it gives undefined). */
export function substitute(dim: Dim, replacement: (name: string, anonymous: boolean) => Dim, depth = 0): Dim {
  if (typeof dim !== 'object' || depth > 16) return dim;
  return sum(
    dim.terms.map((term) =>
      multiply(
        term.coefficient,
        product(
          term.factors.map((factor) =>
            factor.kind === 'symbol'
              ? (replacement(factor.name, factor.anonymous) ?? fromFactor(factor))
              : applyFunction(
                  factor.kind,
                  factor.operands.map((operand) => substitute(operand, replacement, depth + 1)),
                ),
          ),
        ),
      ),
    ),
  );
}

function applyFunction(kind: FunctionKind, operands: readonly Dim[]): Dim {
  const [first, ...others] = operands;
  const operations = { floor: floorDivide, modulo, minimum, maximum, broadcast };
  return others.reduce<Dim>(operations[kind], first);
}

function factorBounds(factor: Factor): readonly [number, number] {
  if (factor.kind === 'symbol') return [factor.anonymous ? 0 : 1, Number.POSITIVE_INFINITY];
  const bounds = factor.operands.map(boundsOf);
  const lows = bounds.map(([low]) => low);
  const highs = bounds.map(([, high]) => high);
  switch (factor.kind) {
    case 'minimum':
      return [Math.min(...lows), Math.min(...highs)];
    case 'maximum':
    case 'broadcast':
      return [Math.max(...lows), Math.max(...highs)];
    case 'modulo':
      return [0, highs[1] ?? Number.POSITIVE_INFINITY];
    default: {
      const [low = Number.NEGATIVE_INFINITY] = lows;
      const [high = Number.POSITIVE_INFINITY] = highs;
      const [least = 1, most = Number.POSITIVE_INFINITY] = bounds[1] ?? [];
      if (least <= 0) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      return [
        low >= 0 ? Math.floor(low / most) || 0 : Math.floor(low / least),
        high >= 0 ? Math.floor(high / least) : 0,
      ];
    }
  }
}

function extremum(kind: 'minimum' | 'maximum', a: Dim, b: Dim): Dim {
  if (a === undefined || b === undefined) return undefined;
  if (typeof a === 'number' && typeof b === 'number') {
    return kind === 'minimum' ? Math.min(a, b) : Math.max(a, b);
  }
  if (equalDims(a, b)) return a;
  const difference = subtract(a, b);
  if (difference !== undefined) {
    const [low, high] = boundsOf(difference);
    if (low >= 0) return kind === 'minimum' ? b : a;
    if (high <= 0) return kind === 'minimum' ? a : b;
  }
  return fromFunction(kind, uniqueSorted([...operandsOf(kind, a), ...operandsOf(kind, b)]));
}

function operandsOf(kind: FunctionKind, dim: KnownDim): readonly KnownDim[] {
  if (typeof dim === 'number' || dim.terms.length !== 1) return [dim];
  const [term] = dim.terms;
  const [factor, ...others] = term?.factors ?? [];
  return term?.coefficient === 1 && others.length === 0 && factor?.kind === kind ? factor.operands : [dim];
}

function uniqueSorted(operands: readonly KnownDim[]): KnownDim[] {
  const byKey = new Map(operands.map((operand) => [keyOf(operand), operand]));
  return [...byKey].sort(([a], [b]) => compareStrings(a, b)).map(([, operand]) => operand);
}

/**
 * floor((c·q + r) / c) = q + floor(r / c), term by term; then nested floors and common divisors are removed, so that the usual
 * chains of strides come out the same however they are written.
 */
function floorByNumber(a: Expression, divisor: number): Dim {
  if (!Number.isInteger(divisor) || !hasIntegers(a)) {
    return Number.isInteger(divisor) ? integerPart(divideReal(a, divisor)) : undefined;
  }
  if (divisor < 0) return floorDivide(negate(a), -divisor);
  const whole: Term[] = [];
  const rest: Term[] = [];
  for (const term of a.terms) {
    const quotient = Math.floor(term.coefficient / divisor);
    const remainder = term.coefficient - quotient * divisor;
    if (quotient !== 0) whole.push({ ...term, coefficient: quotient });
    if (remainder !== 0) rest.push({ ...term, coefficient: remainder });
  }
  const remaining = fromTerms(rest);
  if (remaining === undefined) return undefined;
  const floor =
    typeof remaining === 'number' ? Math.floor(remaining / divisor) : simplifiedFloor(remaining, divisor);
  return add(fromTerms(whole), floor);
}

function simplifiedFloor(a: Expression, divisor: number): Dim {
  const constant = a.terms.find((term) => term.factors.length === 0)?.coefficient ?? 0;
  const others = a.terms.filter((term) => term.factors.length > 0);
  const common = others.reduce((gcd, term) => greatestCommonDivisor(gcd, term.coefficient), divisor);
  if (common > 1) {
    const reduced = fromTerms([
      ...others.map((term) => ({ ...term, coefficient: term.coefficient / common })),
      { ...one, coefficient: Math.floor(constant / common) },
    ]);
    return floorDivide(reduced, divisor / common);
  }
  const [only, ...more] = others;
  const [factor, ...moreFactors] = only?.factors ?? [];
  if (only?.coefficient === 1 && factor?.kind === 'floor' && more.length + moreFactors.length === 0) {
    const [inner, by] = factor.operands;
    if (typeof by === 'number') return floorDivide(add(inner, constant * by), by * divisor);
  }
  return fromFunction('floor', [a, divisor]);
}

/** a / b where b divides a as a polynomial; undefined where it does not. */
function polynomialQuotient(a: KnownDim, b: KnownDim): Dim {
  const divisor = termsOf(b);
  const lead = divisor.reduce<Term | undefined>(leading, undefined);
  if (lead === undefined) return undefined;
  let rest: Dim = a;
  const quotient: Term[] = [];
  for (let step = 0; step < maximumTerms; step++) {
    if (rest === 0) return fromTerms(quotient);
    if (rest === undefined) return undefined;
    const next = termsOf(rest).reduce<Term | undefined>(leading, undefined);
    const part = next && divideTerms(next, lead);
    if (part === undefined) return undefined;
    quotient.push(part);
    rest = subtract(rest, multiply(fromTerms([part]), b));
  }
  return undefined;
}

function leading(best: Term | undefined, term: Term): Term {
  if (best === undefined || term.factors.length > best.factors.length) return term;
  return term.factors.length === best.factors.length && term.key < best.key ? term : best;
}

function divideTerms(a: Term, b: Term): Term | undefined {
  const coefficient = a.coefficient / b.coefficient;
  if (!Number.isInteger(coefficient)) return undefined;
  const factors = [...a.factors];
  for (const factor of b.factors) {
    const index = factors.findIndex((candidate) => candidate.key === factor.key);
    if (index < 0) return undefined;
    factors.splice(index, 1);
  }
  return termFrom(coefficient, factors);
}

function multiplyTerms(a: Term, b: Term): Term | undefined {
  const coefficient = a.coefficient * b.coefficient;
  const factors = [...a.factors, ...b.factors];
  if (checked(coefficient) === undefined || factors.length > maximumDegree) return undefined;
  factors.sort((x, y) => compareStrings(x.key, y.key));
  return termFrom(coefficient, factors);
}

function termFrom(coefficient: number, factors: readonly Factor[]): Term {
  return { coefficient, factors, key: factors.map((factor) => factor.key).join('*') };
}

function termsOf(dim: KnownDim): readonly Term[] {
  if (typeof dim === 'object') return dim.terms;
  return dim === 0 ? [] : [{ ...one, coefficient: dim }];
}

function fromFunction(kind: FunctionKind, operands: readonly KnownDim[]): Dim {
  const [only, ...others] = operands;
  if (others.length === 0) return only;
  const key = `${kind}(${operands.map(keyOf).join(',')})`;
  return key.length > maximumKeyLength ? undefined : fromFactor({ kind, key, operands });
}

function fromFactor(factor: Factor): Expression {
  return { key: factor.key, terms: [{ coefficient: 1, factors: [factor], key: factor.key }] };
}

function fromTerms(terms: readonly Term[]): Dim {
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

function keyOf(dim: KnownDim): string {
  return typeof dim === 'number' ? String(dim) : dim.key;
}

function hasIntegers(dim: Dim): boolean {
  return typeof dim === 'object'
    ? dim.terms.every((term) => Number.isInteger(term.coefficient))
    : Number.isInteger(dim);
}

function isAlmostInteger(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= 1e-9 * Math.max(1, Math.abs(value));
}

/** Beyond 2^53 numbers are no longer exact, and no dim is that large. */
function checked(value: number): number | undefined {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

function compareStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
