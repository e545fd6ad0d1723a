/** The engine's file: whether it may be written, before minutes go into the build, and how it takes its place. */
import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { removeLeftovers } from '../../node/write-model.ts';
import { hasForeignNote, hasNote, type Provenance, provenancePath, writeProvenance } from './provenance.ts';

/** Where an engine will be, and where it grows until it is whole: beside it, so that it can take its place in one step. */
export interface EngineTarget {
  readonly path: string;
  readonly temporary: string;
}

export interface TargetOptions {
  /** Replaces a file that is no engine. */
  readonly force: boolean;
  /** The file that TensorRT's timing cache will be written to. */
  readonly timingCache: string | undefined;
  /** Files that the engine is made of. They are never replaced, whatever `force` says. */
  readonly madeOf: readonly string[];
}

/**
 * Makes the folders, and looks whether an engine can be written there. A file that is no engine is not replaced unless `force`
 * says so: a wrong `engine` must not cost a model. Throws an error for people.
 */
export async function prepareTarget(
  engine: string,
  { force, timingCache, madeOf }: TargetOptions,
): Promise<EngineTarget> {
  const folder = path.dirname(engine);
  try {
    await makeFolder(folder);
    // A link stays one: what it points to is replaced.
    const target = await realpath(engine).catch(() => engine);
    const existing = await stat(target).catch(() => undefined);
    if (existing?.isDirectory()) throw new Error('it is a folder.');
    await access(path.dirname(target), constants.W_OK);
    if (existing) await access(target, constants.W_OK);
    const note = provenancePath(engine);
    const needed = [...madeOf, ...(timingCache === undefined ? [] : [timingCache])];
    const replaced = await firstThatIs(target, needed);
    if (replaced !== undefined) {
      throw new Error(`it would replace ${replaced}, which the build needs. Give the engine another name.`);
    }
    const noted = await firstThatIs(await realpath(note).catch(() => note), needed);
    if (noted !== undefined) {
      throw new Error(
        `its note would replace ${noted}, which the build needs. Give the engine another name.`,
      );
    }
    if (!force && (await hasForeignNote(engine))) {
      throw new Error(
        `its note would replace ${note}, which is a file of another kind. Give the engine another name, remove the file, or force the build.`,
      );
    }
    if (existing && !force && !(await isEngine(target))) {
      throw new Error(
        'a file that is no TensorRT engine has that name. Give the engine another name, remove the file, or force the build.',
      );
    }
    // It is written after the build, which must not be lost for a folder.
    if (timingCache !== undefined) await makeFolder(path.dirname(timingCache));
    await removeLeftovers(target);
    const random = randomBytes(6).toString('hex');
    const name = `.${path.basename(target)}.${process.pid}-${random}.tmp`;
    return { path: target, temporary: path.join(path.dirname(target), name) };
  } catch (cause) {
    throw new Error(`${engine} cannot be written: ${reason(cause, folder)}`, { cause });
  }
}

/** The engine, and its note where there is one, in the place of what was there. `engine`: as the user names it. */
export async function placeEngine(
  target: EngineTarget,
  engine: string,
  provenance: Provenance | undefined,
): Promise<void> {
  // The old note goes first: it must never stand beside an engine that it does not describe.
  await rm(provenancePath(engine), { force: true });
  try {
    await rename(target.temporary, target.path);
  } catch (cause) {
    const words = reason(cause, path.dirname(target.path));
    throw new Error(`The engine was made and could not be moved to ${target.path}: ${words}`, { cause });
  }
  if (provenance) await writeProvenance(engine, provenance);
}

/** With those above it. Node's own `recursive` never comes back where a system answers ENOENT for ever, as /proc does. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if ((await stat(folder).catch(() => undefined))?.isDirectory()) return;
    const parent = path.dirname(folder);
    if (code !== 'ENOENT' || parent === folder) throw error;
    await makeFolder(parent);
    await mkdir(folder);
  }
}

/** The first of some files that is this one, by whatever link. */
async function firstThatIs(target: string, files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    if ((await realpath(file).catch(() => file)) === target) return file;
  }
  return undefined;
}

/** By its first bytes, or by a note of ours beside it: plans for DLA and of safety builds begin otherwise. */
async function isEngine(file: string): Promise<boolean> {
  if (await hasNote(file)) return true;
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 0 || ['ftrt', 'vtrt'].includes(buffer.toString('latin1'));
  } finally {
    await handle.close();
  }
}

function reason(error: unknown, folder: string): string {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'there is no space left on the disk.';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `it is read-only, or its folder, ${folder}, is. Change the permissions, or set \`engine\` to another folder.`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${folder} is no folder: a part of it is a file.`;
    case 'ENOENT':
      return `its folder, ${folder}, does not exist and cannot be made.`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
