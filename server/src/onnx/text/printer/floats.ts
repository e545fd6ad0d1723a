/** Floats as the shortest decimals that read back as the same value (as std::to_chars and numpy write them). */

/** `value` is a float32 widened to a number. */
export function float32(value: number): string {
  if (!Number.isFinite(value)) return special(value);
  const exact = float64(value);
  // A decimal of up to six digits survives the way to float32 and back, so that none shorter than an exact one exists.
  if (exact.length <= 7) return exact;
  if (Number.isInteger(Math.log2(Math.abs(value)))) return powerOfTwo32(value);
  if (Math.abs(value) < smallestNormal32) return float64(shortestFrom(1, value, exact));
  // Most values need eight or nine digits.
  const eight = Number(value.toPrecision(8));
  if (Math.fround(eight) !== value) return float64(Number(value.toPrecision(9)));
  const seven = Number(value.toPrecision(7));
  if (Math.fround(seven) !== value) return float64(evenOfTies(value, eight, 8, exact));
  return float64(shortestFrom(6, value, exact));
}
const smallestNormal32 = 2 ** -126;

export function float64(value: number): string {
  if (!Number.isFinite(value)) return special(value);
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  // JavaScript writes the shortest digits, but without an exponent up to 1e21.
  return Math.abs(value) >= 1e16 ? value.toExponential() : String(value);
}

/** A float32 as a literal that is no int literal, for places where the literal decides the type. */
export function floatLiteral(value: number): string {
  const text = float32(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function special(value: number): string {
  return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
}

function shortestFrom(digits: number, value: number, exact: string): number {
  const decimal = Number(value.toPrecision(digits));
  return Math.fround(decimal) === value
    ? evenOfTies(value, decimal, digits, exact)
    : shortestFrom(digits + 1, value, exact);
}

/** Of two decimals equally near the customary choice is the even one, where toPrecision takes the greater. */
function evenOfTies(value: number, decimal: number, digits: number, exact: string): number {
  // A tie has one more digit than its neighbours; beside them are a sign, a point and an exponent.
  if (exact.length > digits + 7) return decimal;
  const longer = value.toExponential(digits);
  const end = longer.indexOf('e');
  if (longer[end - 1] !== '5' || Number(longer) !== value) return decimal;
  const lower = Number(longer.slice(0, end - 1) + longer.slice(end));
  return Number(longer[end - 2]) % 2 === 0 && Math.fround(lower) === value ? lower : decimal;
}

/**
 * Below a power of two the floats are twice as dense as above it, so that the nearest decimal of some length may miss it
 * where the next greater one does not.
 */
function powerOfTwo32(value: number): string {
  const exact = float64(value);
  for (let digits = 1; digits < 9; digits++) {
    const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e');
    const scaled = Number(mantissa.replace('.', ''));
    const away = scaled + Math.sign(scaled);
    for (const candidate of [scaled, away]) {
      const decimal = Number(`${candidate}e${Number(exponent) - (digits - 1)}`);
      if (Math.fround(decimal) === value) return float64(evenOfTies(value, decimal, digits, exact));
    }
  }
  return float64(Number(value.toPrecision(9)));
}
