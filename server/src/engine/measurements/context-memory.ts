/** What execution contexts take of the device's memory, by allocation strategy, profile and shapes. */
import type { EngineDescription, RunInput } from '../../../../native-bridge/src/engine-protocol.ts';
import type { Product } from '../../../../native-bridge/src/protocol.ts';
import { shapeText, type TableSection } from '../describe-engine.ts';
import { byteText } from '../sizes.ts';
import { isMeasured } from './weight-streaming.ts';

export const contextMemoryFormat = 'onnx-tensorrt-tools context memory';

export interface ContextMemoryRow {
  readonly profile: number;
  /** `min`, `opt`, `max`, or `given`. */
  readonly label: string;
  /** By input; of shape tensors, their values. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Bytes; of kUSER_MANAGED also why there are none. */
  readonly kSTATIC: number;
  readonly kON_PROFILE_CHANGE: number;
  readonly kUSER_MANAGED: number | string;
}

export interface ContextMemoryTable {
  readonly format: typeof contextMemoryFormat;
  readonly formatVersion: 1;
  /** Absolute path. */
  readonly engine: string;
  readonly runtime: { readonly product: Product; readonly version: string };
  readonly device: { readonly name: string; readonly computeCapability: string };
  readonly rows: readonly ContextMemoryRow[];
}

export type ShapeRequest = Pick<ContextMemoryRow, 'profile' | 'label' | 'shapes'>;

/** min, opt and max of every profile; where they are the same, once. An engine of fixed shapes has one row. */
export function usualShapes({ tensors, profileCount }: EngineDescription): ShapeRequest[] {
  const inputs = tensors.filter(({ mode }) => mode === 'input');
  return Array.from({ length: profileCount }, (_, profile) =>
    (['min', 'opt', 'max'] as const).map((label) => ({
      profile,
      label,
      shapes: Object.fromEntries(
        inputs.flatMap(({ name, dims, profiles }) => {
          const shape = profiles?.[profile]?.[label] ?? (dims.includes(-1) ? undefined : dims);
          return shape ? [[name, shape]] : [];
        }),
      ),
    })),
  ).flatMap(withoutRepetition);
}

function withoutRepetition(requests: readonly ShapeRequest[]): ShapeRequest[] {
  const seen = new Map<string, ShapeRequest>();
  for (const request of requests) {
    const key = JSON.stringify(request.shapes);
    const earlier = seen.get(key);
    seen.set(key, earlier ? { ...earlier, label: `${earlier.label}, ${request.label}` } : request);
  }
  return [...seen.values()];
}

/** As the bridge takes them: values of shape tensors, dims of the others where they are not fixed. */
export function runInputs(
  { tensors }: EngineDescription,
  { shapes }: ShapeRequest,
): Readonly<Record<string, RunInput>> {
  return Object.fromEntries(
    tensors
      .filter(({ mode }) => mode === 'input')
      .flatMap(({ name, dims, isShapeTensor }): [string, RunInput][] => {
        const shape = shapes[name];
        if (shape === undefined) return [];
        if (isShapeTensor) {
          return [
            [
              name,
              { dims: dims.length === 0 ? [] : [shape.length], source: { kind: 'values', values: shape } },
            ],
          ];
        }
        return dims.includes(-1) ? [[name, { dims: shape }]] : [];
      }),
  );
}

export function contextMemorySection({ rows }: ContextMemoryTable): TableSection {
  const several = rows.some(({ profile }) => profile !== 0);
  return {
    kind: 'table',
    title: 'Memory of one execution context',
    columns: [
      ...(several ? ['Profile'] : []),
      'Shapes',
      '',
      'kSTATIC',
      'kON_PROFILE_CHANGE',
      'kUSER_MANAGED',
    ],
    rows: rows.map(({ profile, label, shapes, kSTATIC, kON_PROFILE_CHANGE, kUSER_MANAGED }) => [
      ...(several ? [String(profile)] : []),
      label,
      Object.entries(shapes)
        .map(([name, shape]) => `${name} ${shapeText(shape)}`)
        .join(', '),
      byteText(kSTATIC),
      byteText(kON_PROFILE_CHANGE),
      typeof kUSER_MANAGED === 'number' ? byteText(kUSER_MANAGED) : kUSER_MANAGED,
    ]),
  };
}

/** What the table says, a sentence each. */
export function contextMemoryNotes({ rows }: ContextMemoryTable): string[] {
  const sizes = rows.flatMap((row) => (typeof row.kUSER_MANAGED === 'number' ? [row.kUSER_MANAGED] : []));
  const most = rows.reduce((greatest, row) => Math.max(greatest, row.kSTATIC), 0);
  const least = sizes.length > 0 ? Math.min(...sizes) : most;
  const profiles = Math.max(...rows.map((row) => row.kON_PROFILE_CHANGE), 0);
  return [
    'kSTATIC takes memory for all profiles when the context is made; kON_PROFILE_CHANGE, what the profile in force needs; kUSER_MANAGED, what updateDeviceMemorySizeForShapes says for the shapes that are set, and you allocate it.',
    ...(least < most
      ? [`With kUSER_MANAGED the smallest of these shapes takes ${byteText(most - least)} less than kSTATIC.`]
      : []),
    ...(profiles < most
      ? [`No single profile needs more than ${byteText(profiles)}: kON_PROFILE_CHANGE saves the rest.`]
      : []),
    ...(least === most && profiles === most
      ? ['All strategies take the same for these shapes: kSTATIC, the simplest one, costs nothing.']
      : []),
  ];
}

/** Undefined where the value is no such table. */
export function readContextMemory(value: unknown): ContextMemoryTable | undefined {
  if (typeof value !== 'object' || value === null || !('format' in value)) return undefined;
  const table = value as Partial<ContextMemoryTable>;
  if (table.format !== contextMemoryFormat) return undefined;
  if (table.formatVersion !== 1) {
    throw new Error('It is a table of context memory that a later version wrote: update to show it.');
  }
  if (!Array.isArray(table.rows) || !table.rows.every(isRow) || !isMeasured(table)) {
    throw new Error('It is a damaged table of context memory: its rows, engine or device are missing.');
  }
  return table as ContextMemoryTable;
}

function isRow(value: unknown): boolean {
  const row = (value ?? {}) as Partial<ContextMemoryRow>;
  const { shapes, kSTATIC, kON_PROFILE_CHANGE, kUSER_MANAGED } = row;
  return (
    [row.profile, kSTATIC, kON_PROFILE_CHANGE].every((each) => typeof each === 'number') &&
    ['number', 'string'].includes(typeof kUSER_MANAGED) &&
    typeof shapes === 'object' &&
    shapes !== null &&
    Object.values(shapes).every((shape) => Array.isArray(shape))
  );
}
