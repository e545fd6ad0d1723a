/** Floats as the shortest decimals that read back as the same value (as std::to_chars and numpy write them). */

/** `value` is a float32 widened to a number. */
export function float32(value: number): string {
  if (!Number.isFinite(value)) return special(value);
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  return usualFloat32(value) ?? anyFloat32(value);
}

/**
 * The same for values of the usual size, several times as fast, as weights come by the million: nine digits of the value are an
 * integer below 2^30, on which plain arithmetic is good enough to find those that can go. Undefined where it is too close to call.
 */
function usualFloat32(value: number): string | undefined {
  const magnitude = Math.abs(value);
  if (magnitude < 1e-6 || magnitude >= 1e9) return undefined;
  floatView[0] = magnitude;
  const bits = bitsView[0] ?? 0;
  // Around a power of two the neighbours are not equally far.
  if ((bits & 0x7fffff) === 0) return undefined;
  let scale = 8 - Math.floor(Math.log10(magnitude));
  if (magnitude * (powersOfTen[scale] ?? 0) >= 1e9) scale--;
  const power = powersOfTen[scale] ?? 0;
  const scaled = magnitude * power;
  const reach = 2 ** ((bits >>> 23) - 151) * power;
  let digits = Math.round(scaled);
  let dropped = 0;
  for (let unit = 10; ; unit *= 10) {
    const shorter = Math.round(scaled / unit);
    const distance = Math.abs(shorter * unit - scaled);
    const isClose = Math.abs(distance - reach) < doubt || Math.abs(distance - unit / 2) < doubt;
    if (isClose) return undefined;
    if (distance > reach) break;
    digits = shorter;
    dropped++;
  }
  const text = String(digits);
  const point = text.length + dropped - scale;
  const sign = value < 0 ? '-' : '';
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${text}`;
  if (point >= text.length) return `${sign}${text}${'0'.repeat(point - text.length)}`;
  return `${sign}${text.slice(0, point)}.${text.slice(point)}`;
}

const floatView = new Float32Array(1);
const bitsView = new Uint32Array(floatView.buffer);
const powersOfTen = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
/** More than the error of a product just below 1e9. */
const doubt = 1e-6;

function anyFloat32(value: number): string {
  const exact = float64(value);
  // A decimal of up to six digits survives the way to float32 and back, so that none shorter than an exact one exists.
  if (exact.length <= 7) return exact;
  if (Number.isInteger(Math.log2(Math.abs(value)))) return powerOfTwo32(value);
  if (Math.abs(value) < smallestNormal32) return float64(shortestFrom(1, value, exact));
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
