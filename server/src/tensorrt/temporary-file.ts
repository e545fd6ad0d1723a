import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

let folder: Promise<string> | undefined;
let count = 0;

/** A file in a folder that only this user can read, and that goes with this process. */
export async function temporaryFile(bytes: Uint8Array): Promise<{ path: string; remove(): Promise<void> }> {
  folder ??= makeFolder();
  const file = path.join(await folder, `${++count}.onnx`);
  await writeFile(file, bytes);
  return { path: file, remove: () => rm(file, { force: true }) };
}

async function makeFolder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'onnx-tensorrt-tools-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}
