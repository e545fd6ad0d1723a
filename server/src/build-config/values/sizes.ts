/** Sizes of memory with their units, as the config and as trtexec write them. */
import type { MemorySize, MemoryUnit } from '../model.ts';

const unitBytes: Readonly<Record<MemoryUnit, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** Spellings of units. trtexec's single letters are powers of 2, in either case. */
const units: Readonly<Record<string, MemoryUnit>> = {
  b: 'B',
  k: 'KiB',
  m: 'MiB',
  g: 'GiB',
  kib: 'KiB',
  mib: 'MiB',
  gib: 'GiB',
};

const decimalUnits: Readonly<Record<string, MemoryUnit>> = { kb: 'KiB', mb: 'MiB', gb: 'GiB' };

export type ParsedSize =
  | { readonly kind: 'size'; readonly size: MemorySize }
  /** `suggestion`: the same amount in a unit that there is. */
  | { readonly kind: 'bad-unit'; readonly unit: string; readonly suggestion: string | undefined }
  | { readonly kind: 'no-size' };

/** `4GiB`, `0.25M`; without a unit, `unit` counts. */
export function parseSize(text: string, unit: MemoryUnit): ParsedSize {
  const [, amount, suffix = ''] = /^\s*(\d+(?:\.\d*)?|\.\d+)\s*([A-Za-z]*)\s*$/.exec(text) ?? [];
  if (amount === undefined) return { kind: 'no-size' };
  const given = suffix === '' ? unit : units[suffix.toLowerCase()];
  if (given !== undefined) return { kind: 'size', size: sizeOf(amount, given) };
  const near = decimalUnits[suffix.toLowerCase()] ?? (/^t(i?b)?$/i.test(suffix) ? 'GiB' : undefined);
  const factor = /^t/i.test(suffix) ? 1024 : 1;
  return {
    kind: 'bad-unit',
    unit: suffix,
    suggestion: near && `${factor === 1 ? amount : Number(amount) * factor}${near}`,
  };
}

export function sizeOf(amount: string, unit: MemoryUnit): MemorySize {
  return { amount, unit, bytes: Math.floor(Number(amount) * unitBytes[unit]) };
}

export function sizeText({ amount, unit }: MemorySize): string {
  return `${amount}${unit}`;
}

/** `4G`, as trtexec takes it. */
export function trtexecSize({ amount, unit }: MemorySize): string {
  return `${amount}${unit[0] ?? ''}`;
}
