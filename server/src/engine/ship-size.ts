/** What a stripped engine ships as, and what its weights add when a refit puts them back. */
import path from 'node:path';
import type { Provenance } from '../tensorrt/build/provenance.ts';
import { byteText } from './sizes.ts';

export interface ShipSize {
  /** Of the engine as it is. */
  readonly engineBytes: number;
  /** Absent where nobody has counted them. */
  readonly weightBytes?: number;
  /** Whether TensorRT has counted them in the engine; else they are all weights of the model, some of which may be in the engine. */
  readonly isExact: boolean;
  /** The files that a refit takes them from: the model, then those that its weights lie in. */
  readonly sources: readonly { readonly path: string; readonly bytes: number }[];
}

/** Whether a plan leaves weights out, as far as its note says. */
export function isStripped({ request, refit }: Provenance): boolean {
  return refit?.isStripped ?? (request.settings.flags ?? []).includes('kSTRIP_PLAN');
}

/** Undefined for an engine that has its weights, as far as anyone knows. `strippedBytes`: EngineStat kSTRIPPED_WEIGHTS_SIZE. */
export function shipSize(
  engineBytes: number,
  provenance: Provenance | undefined,
  strippedBytes: number | undefined,
): ShipSize | undefined {
  const isCounted = strippedBytes !== undefined && strippedBytes > 0;
  if (!isCounted && !(provenance && isStripped(provenance))) return undefined;
  const weightBytes = isCounted ? strippedBytes : provenance?.weights?.bytes;
  const { pluginLibraries = [], settings } = provenance?.request ?? {};
  const others = [
    ...pluginLibraries,
    ...(settings?.pluginsToSerialize ?? []),
    settings?.calibrationCachePath,
  ];
  const files = provenance
    ? [provenance.model, ...provenance.inputs.filter((input) => !others.includes(input.path))]
    : [];
  return {
    engineBytes,
    ...(weightBytes !== undefined && { weightBytes }),
    isExact: isCounted,
    sources: files.map(({ path: file, bytes }) => ({ path: file, bytes })),
  };
}

/** `118 kB without about 788 kB of weights`. */
export function shipText({ engineBytes, weightBytes, isExact }: ShipSize): string {
  const size = byteText(engineBytes);
  if (weightBytes === undefined) return `${size} without its weights`;
  return `${size} without ${isExact ? '' : 'about '}${byteText(weightBytes)} of weights`;
}

/** Label and value, for people. `engine`: its file. */
export function shipRows(
  ship: ShipSize,
  engine: string | undefined,
): (readonly [label: string, value: string])[] {
  const { engineBytes, weightBytes, isExact, sources } = ship;
  const about = isExact ? '' : 'about ';
  const [model] = sources;
  const sourceBytes = sources.reduce((sum, { bytes }) => sum + bytes, 0);
  const rows: (readonly [string, string])[] = [['Engine without weights', byteText(engineBytes)]];
  if (weightBytes !== undefined) {
    rows.push(
      ['Weights left out', `${about}${byteText(weightBytes)}${isExact ? '' : ', all weights of the model'}`],
      ['Engine with weights', `about ${byteText(engineBytes + weightBytes)}`],
    );
  }
  if (model) {
    rows.push(
      [
        'Weights come from',
        sources.map(({ path: file, bytes }) => `${file} (${byteText(bytes)})`).join(', '),
      ],
      ['Engine and these files', byteText(engineBytes + sourceBytes)],
      [
        'Put back by',
        `onnx-trt refit ${path.basename(engine ?? 'ENGINE')} ${path.basename(model.path)} -o FULL.engine`,
      ],
    );
  }
  return rows;
}
