import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Folders that `onnx-trt runtimes add` remembers in the user's data folder, in the order they were added. */
export async function readAddedFolders(userData: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(listPath(userData), 'utf8');
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${listPath(userData)} is not valid JSON. Please mend or delete it.`);
  }
  if (!Array.isArray(value) || !value.every((folder) => typeof folder === 'string')) {
    throw new Error(`${listPath(userData)} must hold a list of folders. Please mend or delete it.`);
  }
  return value;
}

/** Remembers a folder; one that is known already stays where it is in the order. */
export async function addFolder(userData: string, folder: string): Promise<void> {
  const known = await readAddedFolders(userData);
  if (known.includes(folder)) return;
  await mkdir(userData, { recursive: true });
  const temporary = `${listPath(userData)}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify([...known, folder], undefined, 2)}\n`);
  await rename(temporary, listPath(userData));
}

function listPath(userData: string): string {
  return path.join(userData, 'runtimes.json');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
