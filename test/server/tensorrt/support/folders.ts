import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { returnConstant, sharedObject } from './elf.ts';

/** A folder of its own for a test, removed after it. */
export function temporaryFolder(context: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'onnx-trt-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file name to its content; `-> name` makes a symbolic link. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const link = typeof content === 'string' && /^-> (.*)$/.exec(content)?.[1];
    if (link) symlinkSync(link, file);
    else writeFileSync(file, content);
  }
}

/** A library whose `getInferLibVersion` answers `version`; loadable, and nothing else. */
export function inferLibrary(version: number): Uint8Array {
  return sharedObject({ exports: { getInferLibVersion: returnConstant(version) } });
}

/** A library without any function. */
export const plainLibrary = sharedObject({ exports: {} });
