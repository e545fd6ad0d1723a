/**
 * One build at a time on a GPU, whichever process runs it: times measured while another build measures are wrong, and memory for two
 * may not be there. A lock is a file in the user's data folder that says who holds it: the process that asked for the build, and the
 * helper process that TensorRT works in. A GPU is free when both are done with it, also where they were killed.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

export interface DeviceLockOptions {
  /** Where locks are kept. */
  readonly folder: string;
  /** What holds it, for those who wait: `detector.trt.yaml · fp16`. */
  readonly holder: string;
  /** Where TensorRT works. A process of it that was told to end has the device until it is gone. */
  readonly workers: Workers;
  readonly signal: AbortSignal;
  /** Called before waiting, and when somebody else holds it than before: a sentence. */
  readonly onWait: (sentence: string) => void;
}

/** What a BridgeClient says of its processes. */
export interface Workers {
  /** Of the one that runs, where one does. */
  readonly processId: number | undefined;
  /** Of those that were told to end and are still there. */
  readonly endingProcessIds: readonly number[];
}

/** Milliseconds between two looks at a lock that somebody else holds. */
const interval = 200;
/** Milliseconds after which what should take an instant was given up by a process that died at it. */
const abandonedAfter = 10_000;

interface HoldingProcess {
  readonly process: number;
  /** When that process began, where the system says so: ids are used again. */
  readonly begun?: string;
}

interface Holder extends HoldingProcess {
  readonly holder: string;
  readonly since: string;
  /** Where TensorRT works; it may outlive the process above by the time that the system takes to clean up after it. */
  readonly workers?: readonly HoldingProcess[];
  /** The build is over; what is left of it has been told to end. */
  readonly ending?: true;
}

/** Runs `work` when no other build has the device. Rejects with the signal's reason where it is aborted while it waits. */
export async function withDeviceLock<Value>(
  device: string,
  options: DeviceLockOptions,
  work: () => Promise<Value>,
): Promise<Value> {
  const release = await acquire(device, options);
  try {
    return await work();
  } finally {
    await release();
  }
}

/**
 * A name for a GPU, by the name that it has and the one that CUDA_VISIBLE_DEVICES has for it; the first one where absent. A data
 * folder may be shared by several machines.
 */
export function deviceKey(name: string, device = visibleDevice(0) ?? '0'): string {
  return `${hostname()}-${device}-${name}`.replaceAll(/[^A-Za-z0-9.-]+/g, '_');
}

/** What CUDA_VISIBLE_DEVICES has to be for the n-th GPU that this process sees to be the only one; undefined for the first of all. */
export function visibleDevice(
  index = 0,
  { CUDA_VISIBLE_DEVICES: visible }: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const devices = visible?.split(',').map((device) => device.trim()) ?? [];
  if (devices.length > 0) return devices[index] ?? '';
  return index === 0 ? undefined : String(index);
}

async function acquire(
  device: string,
  { folder, holder, workers, signal, onWait }: DeviceLockOptions,
): Promise<() => Promise<void>> {
  const file = path.join(folder, `${device}.lock`);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => cannotWrite(file, error));
  const own = await holdingProcess(process.pid);
  let told = '';
  for (;;) {
    signal.throwIfAborted();
    const holding: Holder = {
      ...own,
      holder,
      since: new Date().toISOString(),
      ...(workers.processId !== undefined && { workers: [await holdingProcess(workers.processId)] }),
    };
    if (await create(file, JSON.stringify(holding))) return () => release(file, holding, workers);
    const other = await read(file);
    if (other === 'unreadable' || (other && !(await isAlive(other)))) {
      if (await takeAway(file)) continue;
    } else if (other) {
      const sentence = waitingSentence(other);
      if (sentence !== told) onWait(sentence);
      told = sentence;
    }
    await setTimeout(interval, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

function waitingSentence({ holder, process: id, since, ending }: Holder): string {
  if (ending) return `Waiting for the GPU: ${holder} has ended and is about to leave it (process ${id}).`;
  const time = new Date(since);
  const at = Number.isNaN(time.getTime()) ? since : time.toLocaleTimeString();
  return `Waiting for the GPU: ${holder} is built on it (process ${id}, since ${at}).`;
}

async function create(file: string, text: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (isError(error, 'EEXIST')) return false;
    return cannotWrite(file, error);
  }
}

function cannotWrite(file: string, cause: unknown): never {
  const words = cause instanceof Error ? cause.message : String(cause);
  throw new Error(`The lock of the GPU, ${file}, cannot be written: ${words}`, { cause });
}

/**
 * Only its own: somebody may have thought this process dead. Where TensorRT's process was killed and is not gone, the lock becomes its
 * own, to be taken over when it is: nobody here waits for that.
 */
async function release(file: string, holding: Holder, { endingProcessIds }: Workers): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => '')) !== JSON.stringify(holding)) return;
  const [first, ...others] = await Promise.all(endingProcessIds.map(holdingProcess));
  if (!first) return await rm(file, { force: true });
  const { holder, since } = holding;
  const left: Holder = { ...first, holder, since, workers: others, ending: true };
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, JSON.stringify(left));
  await rename(temporary, file);
}

/** Undefined where it is gone; `unreadable` where its writer must have died. */
async function read(file: string): Promise<Holder | 'unreadable' | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (isHolder(value)) return value;
  } catch (error) {
    if (isError(error, 'ENOENT')) return undefined;
  }
  // It is written right after it was made: for an instant it is empty.
  return (await age(file)) > abandonedAfter ? 'unreadable' : undefined;
}

function isHolder(value: unknown): value is Holder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'process' in value &&
    Number.isInteger(value.process) &&
    'holder' in value &&
    typeof value.holder === 'string' &&
    'since' in value &&
    typeof value.since === 'string'
  );
}

/** Removes the lock of a dead process. One at a time does so and looks again, so that no new lock is removed. */
async function takeAway(file: string): Promise<boolean> {
  const guard = `${file}.removal`;
  if (!(await create(guard, String(process.pid)))) {
    if ((await age(guard)) > abandonedAfter) await unlink(guard).catch(() => undefined);
    return false;
  }
  try {
    const other = await read(file);
    if (other === undefined || (other !== 'unreadable' && (await isAlive(other)))) return false;
    const gone = `${file}.${randomBytes(6).toString('hex')}`;
    await rename(file, gone);
    await unlink(gone);
    return true;
  } catch (error) {
    if (isError(error, 'ENOENT')) return true;
    throw error;
  } finally {
    await unlink(guard).catch(() => undefined);
  }
}

async function isAlive({ workers = [], ...holder }: Holder): Promise<boolean> {
  for (const each of [holder, ...workers]) if (await isThere(each)) return true;
  return false;
}

async function isThere({ process: id, begun }: HoldingProcess): Promise<boolean> {
  try {
    process.kill(id, 0);
  } catch (error) {
    // Another user's process is one, too.
    if (!isError(error, 'EPERM')) return false;
  }
  const status = await processStatus(id);
  if (status === undefined) return true;
  return !status.isOver && (begun === undefined || status.begun === begun);
}

/** Of Linux; other systems are not asked. Undefined, too, where the process is gone. */
async function processStatus(
  id: number,
): Promise<{ readonly begun: string; readonly isOver: boolean } | undefined> {
  if (process.platform !== 'linux') return undefined;
  const text = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in parentheses, which may contain anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, threads, begun] = [fields[0], Number(fields[17]), fields[19]];
  // Of a process whose parent does not ask for its end, a name is left. It has let go of all it had, but while a thread of it runs.
  return begun === undefined ? undefined : { begun, isOver: state === 'Z' && threads <= 1 };
}

async function holdingProcess(id: number): Promise<HoldingProcess> {
  const status = await processStatus(id);
  return { process: id, ...(status && { begun: status.begun }) };
}

async function age(file: string): Promise<number> {
  const status = await stat(file).catch(() => undefined);
  return status ? Date.now() - status.mtimeMs : 0;
}

function isError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
