/** All that can be told of an engine file: without TensorRT, and with it. */
import { readFile } from 'node:fs/promises';
import type {
  EngineDescription,
  InitializeRuntimeResult,
} from '../../../../native-bridge/src/engine-protocol.ts';
import type { CudaDevice, LogRecord } from '../../../../native-bridge/src/protocol.ts';
import { type Compatibility, compatibility, type EngineMaking } from '../../engine/compatibility.ts';
import { type LayerInformation, readLayerInformation } from '../../engine/layer-information.ts';
import { type PlanHeader, readPlanHeader } from '../../engine/plan-header.ts';
import { nodeFileAccess } from '../../node/file-access.ts';
import { type Provenance, provenancePath, readProvenance } from '../build/provenance.ts';
import { seemsToHaveGpu } from '../installations/choose.ts';
import { displayName } from '../installations/installation.ts';
import type { Runtimes } from '../runtimes.ts';
import { type EngineRuntime, HostCodeError, runtimesHere } from './choose-runtime.ts';
import { EngineClient } from './engine-client.ts';

export { type EngineRuntime, runtimeForEngine } from './choose-runtime.ts';

/** Of an engine that was not loaded. */
export interface EngineFile {
  /** Absolute. */
  readonly path: string;
  readonly header: PlanHeader;
  /** What `ENGINE.json` says, where it describes this very file. */
  readonly provenance?: Provenance;
  /** `ENGINE.layers.json`, where it is. */
  readonly layers?: LayerInformation;
  readonly compatibility: Compatibility;
  /** Why something beside the file was left out, a sentence each. */
  readonly notes: readonly string[];
}

/** Of an engine that a runtime has loaded. */
export interface LoadedEngine {
  readonly runtime: InitializeRuntimeResult;
  readonly description: EngineDescription;
  readonly layers: LayerInformation;
  /** IEngineInspector's JSON, as it is. */
  readonly layerJson: string;
  /** Milliseconds that loading took. */
  readonly milliseconds: number;
}

/** `MODEL.engine.layers.json`, as trtexec's `--exportLayerInfo` or `onnx-trt profile` may have written it. */
export function layersPath(enginePath: string): string {
  return `${enginePath}.layers.json`;
}

export interface InspectOptions {
  /** Known once some bridge has asked. */
  readonly device?: CudaDevice;
  /** An id or a folder: counts among the machine's, wherever it lies. */
  readonly runtime?: string | undefined;
}

/** Loads nothing. Throws an error for people where the file is no engine, or the wish names no runtime. */
export async function inspectEngineFile(
  path: string,
  runtimes: Runtimes,
  { device, runtime }: InspectOptions = {},
): Promise<EngineFile> {
  const header = readHeader(path);
  const notes: string[] = [];
  const provenance = await provenanceOf(path, header, notes);
  const layers = await layersBeside(path, notes);
  const here = await runtimesHere(runtimes, runtime);
  return {
    path,
    header,
    ...(provenance && { provenance }),
    ...(layers && { layers }),
    compatibility: compatibility(header, provenance && makingOf(provenance), {
      gpu: device ?? (seemsToHaveGpu() ? 'unknown' : 'none'),
      platform: process.platform,
      runtimes: here,
    }),
    notes,
  };
}

/** Throws an error for people. */
export function readHeader(path: string): PlanHeader {
  const source = nodeFileAccess.open(path);
  try {
    const reading = readPlanHeader(source);
    if (reading.kind === 'plan') return reading.header;
    throw new Error(`${path} is not an engine. ${reading.reason}`);
  } finally {
    source.close();
  }
}

async function provenanceOf(
  path: string,
  header: PlanHeader,
  notes: string[],
): Promise<Provenance | undefined> {
  const provenance = await readProvenance(path);
  if (!provenance || provenance.engine.bytes === header.fileBytes) return provenance;
  notes.push(
    `${provenancePath(path)} describes an engine of ${provenance.engine.bytes} bytes, not this one of ${header.fileBytes}; it is left out.`,
  );
  return undefined;
}

async function layersBeside(path: string, notes: string[]): Promise<LayerInformation | undefined> {
  let text: string;
  try {
    text = await readFile(layersPath(path), 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!missing) notes.push(`${layersPath(path)} cannot be read: ${words(error)}`);
    return undefined;
  }
  try {
    return readLayerInformation(text);
  } catch (error) {
    notes.push(`${layersPath(path)}: ${words(error)}`);
    return undefined;
  }
}

export function makingOf({ device, request, engine }: Provenance): EngineMaking {
  const { flags = [], hardwareCompatibilityLevel, runtimePlatform } = request.settings;
  return {
    versionCompatible: flags.includes('kVERSION_COMPATIBLE'),
    leanRuntimeExcluded: flags.includes('kEXCLUDE_LEAN_RUNTIME'),
    platform: /^[A-Za-z]:[\\/]/.test(engine.path) ? 'win32' : 'linux',
    ...(device && { device }),
    ...(hardwareCompatibilityLevel !== undefined && { hardwareCompatibilityLevel }),
    ...(runtimePlatform !== undefined && { runtimePlatform }),
  };
}

export interface LoadOptions {
  /** IRuntime::setEngineHostCodeAllowed: by an explicit act of the user only. */
  readonly hostCodeAllowed: boolean;
  readonly pluginLibraries?: readonly string[];
  /** The GPU, as CUDA_VISIBLE_DEVICES names it: that of the config. */
  readonly device?: string | undefined;
  readonly onLog?: (record: LogRecord) => void;
  readonly signal?: AbortSignal;
}

/** Runs `use` with the engine loaded in a process of its own, which ends with it. Throws a BridgeError. */
export async function withLoadedEngine<Result>(
  path: string,
  installation: EngineRuntime,
  { hostCodeAllowed, pluginLibraries = [], device, onLog, signal }: LoadOptions,
  use: (engine: LoadedEngine, client: EngineClient, handle: number) => Promise<Result>,
): Promise<Result> {
  if (installation.runsHostCode === true && !hostCodeAllowed) throw new HostCodeError(path, installation);
  const client = new EngineClient(installation.libraries, {
    displayName: displayName(installation),
    device,
    ...(onLog && { onLog }),
  });
  try {
    const runtime = await client.initialized;
    const options = signal ? { signal } : {};
    const { leanRuntimePath } = installation;
    const { engine, description, milliseconds } = await client.open(
      {
        enginePath: path,
        pluginLibraries,
        hostCodeAllowed,
        ...(leanRuntimePath !== undefined && { leanRuntimePath }),
      },
      options,
    );
    const layerJson = await client.layerInformation(engine, options);
    const layers = readLayerInformation(layerJson);
    return await use({ runtime, description, layers, layerJson, milliseconds }, client, engine);
  } finally {
    client.dispose();
  }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
