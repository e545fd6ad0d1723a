/** `ENGINE.json`: what an engine was made of, beside it. It says whether the engine is still what its config asks for. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { BuildParams, BuildResult } from '../../../../native-bridge/src/build-protocol.ts';
import type { CudaDevice } from '../../../../native-bridge/src/protocol.ts';
import { writeModel } from '../../node/write-model.ts';
import type { TensorHashes, WeightsRecord } from '../weights.ts';

export interface FileIdentity {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970: whether hashing again can be saved. */
  readonly modified: number;
  readonly sha256: string;
}

export interface Provenance {
  readonly format: 'onnx-tensorrt-tools engine';
  readonly formatVersion: 1;
  readonly engine: FileIdentity;
  readonly model: FileIdentity;
  /** Files that the model's weights lie in, and others that decide on the engine: calibration caches, plugins. */
  readonly inputs: readonly FileIdentity[];
  readonly config: {
    /** Absent for a model that was built without a config. */
    readonly file?: string;
    readonly build: string;
    /** As a line of trtexec, for TensorRT for RTX of its `tensorrt_rtx`, without secrets. */
    readonly trtexec: string;
  };
  readonly request: BuildRequestRecord;
  /** Of engines that are refitted with the weights they were built from. */
  readonly weights?: WeightsRecord;
  /** Of engines in which only some weights can be replaced (kREFIT_INDIVIDUAL). */
  readonly individual?: IndividualRecord;
  /** The last refit, where there was one: all else is of the build. `model` and `inputs` are those it was refitted with as a whole. */
  readonly refit?: RefitRecord;
  readonly runtime: { readonly product: string; readonly version: string; readonly libraries: string };
  /** Absent for builds on a CPU alone. */
  readonly device?: CudaDevice;
  readonly built: string;
  readonly milliseconds: BuildResult['milliseconds'];
  readonly peakMemory: BuildResult['peakMemory'];
  readonly timingCache?: BuildResult['timingCache'];
  readonly phases: BuildResult['phases'];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

export interface IndividualRecord {
  /** The weights that TensorRT has marked. */
  readonly marked: readonly string[];
  /** All others, which a refit leaves as they are. Absent where they could not be read. */
  readonly others?: TensorHashes;
}

export interface RefitRecord {
  /** The engine that was refitted. */
  readonly engine: Pick<FileIdentity, 'path' | 'sha256'>;
  readonly model: FileIdentity;
  /** All of them, or the names of those that were replaced. */
  readonly weights: 'all' | readonly string[];
  /** Whether the written plan leaves the weights out. */
  readonly isStripped: boolean;
  readonly runtime: { readonly product: string; readonly version: string };
  readonly device: CudaDevice;
  readonly refitted: string;
}

/** What TensorRT was asked, without paths of temporary files and without secrets. */
export type BuildRequestRecord = Pick<
  BuildParams,
  'parserFlags' | 'stronglyTyped' | 'settings' | 'pluginLibraries'
> & { readonly clearedParserFlags: readonly string[] };

export function requestRecord(params: Omit<BuildParams, 'enginePath' | 'modelPath'>): BuildRequestRecord {
  const { remoteAutoTuningConfig, ...settings } = params.settings;
  return {
    parserFlags: params.parserFlags,
    clearedParserFlags: params.clearedParserFlags ?? [],
    stronglyTyped: params.stronglyTyped,
    settings: {
      ...settings,
      // It may hold a password: its hash tells a change.
      ...(remoteAutoTuningConfig !== undefined && {
        remoteAutoTuningConfig: `sha256:${createHash('sha256').update(remoteAutoTuningConfig).digest('hex')}`,
      }),
    },
    pluginLibraries: params.pluginLibraries,
  };
}

export function provenancePath(enginePath: string): string {
  return `${enginePath}.json`;
}

/** Undefined where there is none that this version understands. */
export async function readProvenance(enginePath: string): Promise<Provenance | undefined> {
  const note = await readNote(enginePath);
  return note?.formatVersion === 1 ? (note as Provenance) : undefined;
}

/** Whether there is one, of whatever version. */
export async function hasNote(enginePath: string): Promise<boolean> {
  return (await readNote(enginePath)) !== undefined;
}

/** Whether what stands in the note's place is somebody's file: no note, and no part of one that a full disk has cut off. */
export async function hasForeignNote(enginePath: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(provenancePath(enginePath), 'utf8');
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
  const start = `{\n  "format": "${noteFormat}"`;
  const isPart = text.startsWith(start) || start.startsWith(text);
  return !isPart && !(await hasNote(enginePath));
}

const noteFormat: Provenance['format'] = 'onnx-tensorrt-tools engine';

async function readNote(enginePath: string): Promise<Partial<Provenance> | undefined> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(provenancePath(enginePath), 'utf8'));
  } catch {
    return undefined;
  }
  const isNote =
    typeof value === 'object' && value !== null && 'format' in value && value.format === noteFormat;
  return isNote ? (value as Partial<Provenance>) : undefined;
}

export async function writeProvenance(enginePath: string, provenance: Provenance): Promise<void> {
  const text = `${JSON.stringify(provenance, null, 2)}\n`;
  await writeModel(provenancePath(enginePath), [new TextEncoder().encode(text)]);
}

export interface IdentifyOptions {
  /** What is known of files: their hash is taken over where size and time have not changed. */
  readonly known?: readonly FileIdentity[];
  /** Reading gigabytes takes seconds. */
  readonly signal?: AbortSignal;
}

/** Rejects with the system's error where the file cannot be read, with the signal's reason where it was aborted. */
export async function identify(
  path: string,
  { known = [], signal }: IdentifyOptions = {},
): Promise<FileIdentity> {
  const { size, mtimeMs } = await stat(path);
  const same = known.find((file) => file.path === path && file.bytes === size && file.modified === mtimeMs);
  return same ?? { path, bytes: size, modified: mtimeMs, sha256: await hashOf(path, signal) };
}

async function hashOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    signal?.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest('hex');
}
