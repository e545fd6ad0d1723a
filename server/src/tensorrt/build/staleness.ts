/** Whether an engine is still what its build asks for. */
import path from 'node:path';
import type { CudaDevice, InitializeResult } from '../../../../native-bridge/src/protocol.ts';
import { displayName } from '../installations/installation.ts';
import type { BuildInputs } from './inputs.ts';
import {
  type BuildRequestRecord,
  type FileIdentity,
  type IdentifyOptions,
  identify,
  type Provenance,
  provenancePath,
} from './provenance.ts';

export interface WantedEngine {
  readonly engine: string;
  readonly inputs: BuildInputs;
  readonly request: BuildRequestRecord;
  readonly info: InitializeResult;
}

/** Why the engine has to be built, half a sentence; undefined where it is as it would become. */
export async function reasonToBuild(
  known: Provenance | undefined,
  { engine, inputs, request, info }: WantedEngine,
  { signal }: Pick<IdentifyOptions, 'signal'>,
): Promise<string | undefined> {
  const identity = known && { ...known.engine, path: engine };
  const options = { ...(identity && { known: [identity] }), ...(signal && { signal }) };
  const file = await identify(engine, options).catch(() => undefined);
  signal?.throwIfAborted();
  if (!file) return 'there is no engine yet';
  if (!known)
    return `there is no ${path.basename(provenancePath(engine))} that says what the engine was made of`;
  if (file.bytes !== known.engine.bytes || file.sha256 !== known.engine.sha256) {
    return 'the engine is not the one that was built';
  }
  if (known.model.sha256 !== inputs.model.sha256) return `${path.basename(inputs.model.path)} changed`;
  const changed = differingFile(known.inputs, inputs.others);
  if (changed !== undefined) return changed;
  const runtime = displayName(info);
  const before = `${known.runtime.product} ${known.runtime.version}`;
  if (runtime !== before) return `${runtime} builds now, not ${before}`;
  if (!isSame(known.device, info.device)) return deviceChange(known.device, info.device);
  const refitted = refitChange(known);
  if (refitted !== undefined) return refitted;
  const settings = differingSettings(known.request, request);
  return settings.length === 0 ? undefined : `other settings: ${settings.join(', ')}`;
}

/** Half a sentence where a refit has made something else of the engine than its build would. */
export function refitChange(known: Provenance): string | undefined {
  const { refit } = known;
  if (!refit) return undefined;
  const { weights, model } = refit;
  if (weights !== 'all')
    return `${weights.length} of its weights were refitted from ${path.basename(model.path)}`;
  const wasStripped = (known.request.settings.flags ?? []).includes('kSTRIP_PLAN');
  return wasStripped && !refit.isStripped ? 'a refit put the weights into the engine' : undefined;
}

function differingFile(before: readonly FileIdentity[], now: readonly FileIdentity[]): string | undefined {
  const name = ({ path: file }: FileIdentity) => path.basename(file);
  for (const file of now) {
    const same = before.find((other) => other.path === file.path);
    if (!same) return `${name(file)} is used now`;
    if (same.sha256 !== file.sha256) return `${name(file)} changed`;
  }
  const gone = before.find((file) => !now.some((other) => other.path === file.path));
  return gone && `${name(gone)} is no longer used`;
}

function deviceChange(before: CudaDevice | undefined, now: CudaDevice | undefined): string {
  const called = (device: CudaDevice | undefined) => device?.name ?? 'a CPU alone';
  return `it was built on ${called(before)}, not on ${called(now)}`;
}

/** Names of what was asked of TensorRT otherwise: `flags`, `profiles` … */
function differingSettings(before: BuildRequestRecord, now: BuildRequestRecord): string[] {
  const parts = (request: BuildRequestRecord): Readonly<Record<string, unknown>> => {
    const { settings, ...others } = request;
    return { ...others, ...settings };
  };
  const [old, wanted] = [parts(before), parts(now)];
  return [...new Set([...Object.keys(old), ...Object.keys(wanted)])].filter(
    (key) => !isSame(old[key], wanted[key]),
  );
}

/** By what JSON says of it: one of them comes from a file. */
function isSame(first: unknown, second: unknown): boolean {
  return JSON.stringify(first) === JSON.stringify(second);
}
