/**
 * One build at a time on a GPU, whichever process runs it: times measured while another build measures are wrong, and memory for two
 * may not be there. A lock is a file in the user's data folder that says who holds it.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

export interface DeviceLockOptions {
  /** Where locks are kept. */
  readonly folder: string;
  /** What holds it, for those who wait: `detector.trt.yaml · fp16`. */
  readonly holder: string;
  readonly signal: AbortSignal;
  /** Called before waiting, and when somebody else holds it than before: a sentence. */
  readonly onWait: (sentence: string) => void;
}

/** Milliseconds between two looks at a lock that somebody else holds. */
const interval = 200;
/** Milliseconds after which what should take an instant was given up by a process that died at it. */
const abandonedAfter = 10_000;

interface Holder {
  readonly process: number;
  /** When that process began, where the system says so: ids are used again. */
  readonly begun?: string;
  readonly holder: string;
  readonly since: string;
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
  { folder, holder, signal, onWait }: DeviceLockOptions,
): Promise<() => Promise<void>> {
  const file = path.join(folder, `${device}.lock`);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => cannotWrite(file, error));
  const own: Holder = {
    process: process.pid,
    ...begunAs(await processStart(process.pid)),
    holder,
    since: new Date().toISOString(),
  };
  const text = JSON.stringify(own);
  let told = '';
  for (;;) {
    signal.throwIfAborted();
    if (await create(file, text)) return () => release(file, text);
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

function waitingSentence({ holder, process: id, since }: Holder): string {
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

/** Only its own: somebody may have thought this process dead. */
async function release(file: string, text: string): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => '')) === text) await rm(file, { force: true });
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

async function isAlive({ process: id, begun }: Holder): Promise<boolean> {
  try {
    process.kill(id, 0);
  } catch (error) {
    // Another user's process is one, too.
    if (!isError(error, 'EPERM')) return false;
  }
  const start = await processStart(id);
  return begun === undefined || start === undefined || start === begun;
}

/** Linux's count of ticks since the machine began; other systems are not asked. */
async function processStart(id: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const text = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in parentheses, which may contain anything.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

function begunAs(begun: string | undefined): Pick<Holder, 'begun'> {
  return begun === undefined ? {} : { begun };
}

async function age(file: string): Promise<number> {
  const status = await stat(file).catch(() => undefined);
  return status ? Date.now() - status.mtimeMs : 0;
}

function isError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
