/**
 * Symbolic dims: polynomials over named symbols with numeric coefficients, and the operations that polynomials lack (floor
 * division, minimum, maximum …) as factors of their own. Every expression is canonical, so that two are known to be equal where
 * their keys are. A dim is a number where it is known, undefined where nothing is.
 *
 * Symbols with a name count as at least 1 (a model's batch is not empty); that decides clamps like those of Slice.
 */

import {
  add,
  checked,
  compareStrings,
  type Dim,
  type Expression,
  equalDims,
  type Factor,
  type FunctionKind,
  fromFactor,
  fromFunction,
  fromTerms,
  type KnownDim,
  keyOf,
  maximumTerms,
  multiply,
  negate,
  one,
  product,
  subtract,
  sum,
  type Term,
  termFrom,
  termsOf,
} from './polynomial.ts';

export type { Dim, Expression, Factor } from './polynomial.ts';
export {
  add,
  anonymousSymbol,
  equalDims,
  multiply,
  negate,
  product,
  subtract,
  sum,
  symbol,
} from './polynomial.ts';

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

function hasIntegers(dim: Dim): boolean {
  return typeof dim === 'object'
    ? dim.terms.every((term) => Number.isInteger(term.coefficient))
    : Number.isInteger(dim);
}

function isAlmostInteger(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= 1e-9 * Math.max(1, Math.abs(value));
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
