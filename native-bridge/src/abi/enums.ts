import { BridgeError } from '../errors.ts';
import type { EnumRow, EnumTable } from './enum-table.ts';
import * as build from './enums-build.ts';
import * as network from './enums-network.ts';
import * as parser from './enums-parser.ts';
import * as runtime from './enums-runtime.ts';
import { type Abi, comparableVersion, describe } from './families.ts';
import { isAtLeast } from './version.ts';

const enums = { ...build, ...network, ...parser, ...runtime } as const;

export type EnumType = keyof typeof enums;
export type EnumName<E extends EnumType> = (typeof enums)[E][number][0];

/** Where RTX 1.x differs from the numbers of TensorRT 11: null for what it refuses. */
const rtxNumbers: Readonly<Partial<Record<EnumType, Readonly<Record<string, number | null>>>>> = {
  BuilderFlag: { kEXCLUDE_LEAN_RUNTIME: null, kREQUIRE_USER_ALLOCATION: 28 },
};

/** The running version's number of a name; throws `notAvailable` where it has none. */
export function enumNumber(abi: Abi, type: EnumType, name: string): number {
  const number = numbers(abi, type).get(name);
  if (number === undefined) {
    throw new BridgeError(
      'notAvailable',
      `${describe(abi)} has no ${type}::${name}; ${why(abi, type, name)}.`,
    );
  }
  return number;
}

/** The name of a number; undefined for numbers newer than the tables. */
export function enumName(abi: Abi, type: EnumType, number: number): string | undefined {
  return names(abi, type)[number];
}

/** All names of the running version. */
export function enumNames(abi: Abi, type: EnumType): readonly string[] {
  return [...numbers(abi, type).keys()];
}

/** The mask of some names: TensorRT's flags are bits by number. */
export function enumMask(abi: Abi, type: EnumType, flags: readonly string[]): number {
  return flags.reduce((mask, name) => mask | (1 << enumNumber(abi, type, name)), 0) >>> 0;
}

const numbersByAbi = new WeakMap<Abi, Map<EnumType, ReadonlyMap<string, number>>>();
const namesByAbi = new WeakMap<Abi, Map<EnumType, readonly string[]>>();

function numbers(abi: Abi, type: EnumType): ReadonlyMap<string, number> {
  return remember(numbersByAbi, abi, type, () => {
    const table: EnumTable = enums[type];
    const known = new Map<string, number>();
    for (const row of table) {
      const number = numberIn(abi, row);
      if (number !== null) {
        known.set(row[0], number);
      }
    }
    if (abi.product === 'TensorRT-RTX') {
      for (const [name, number] of Object.entries(rtxNumbers[type] ?? {})) {
        if (number === null) {
          known.delete(name);
        } else {
          known.set(name, number);
        }
      }
    }
    return known;
  });
}

function names(abi: Abi, type: EnumType): readonly string[] {
  return remember(namesByAbi, abi, type, () => {
    const byNumber: string[] = [];
    for (const [name, number] of numbers(abi, type)) {
      byNumber[number] = name;
    }
    return byNumber;
  });
}

function numberIn(abi: Abi, [, tensorrt10, tensorrt11, since]: EnumRow): number | null {
  if (since !== undefined && !isAtLeast(comparableVersion(abi), since)) {
    return null;
  }
  return abi.family === 'tensorrt-10' ? tensorrt10 : tensorrt11;
}

function why(abi: Abi, type: EnumType, name: string): string {
  const table: EnumTable = enums[type];
  const row = table.find(([known]) => known === name);
  if (!row) {
    return 'no known version has it';
  }
  const since = row[3];
  if (since !== undefined && !isAtLeast(comparableVersion(abi), since)) {
    return `it is not available before TensorRT ${since}`;
  }
  return abi.product === 'TensorRT' ? 'it is of another major version' : 'TensorRT for RTX leaves it out';
}

function remember<Value>(
  cache: WeakMap<Abi, Map<EnumType, Value>>,
  abi: Abi,
  type: EnumType,
  compute: () => Value,
): Value {
  let byType = cache.get(abi);
  if (!byType) {
    byType = new Map();
    cache.set(abi, byType);
  }
  let value = byType.get(type);
  if (value === undefined) {
    value = compute();
    byType.set(type, value);
  }
  return value;
}
