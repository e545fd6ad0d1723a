/** The models that the text form is tested with, and the way through it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { cacheDirectory } from '../../../../scripts/cache.mjs';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { readModel } from '../../../../server/src/onnx/binary/reader.ts';
import { encodeModel } from '../../../../server/src/onnx/binary/writer.ts';
import { isFileRange } from '../../../../server/src/onnx/model/bytes.ts';
import type { Bytes, Model } from '../../../../server/src/onnx/model/model.ts';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import {
  inlineBytesForPrinting,
  type PrintOptions,
  printOnnxText,
} from '../../../../server/src/onnx/text/printer/print.ts';
import { toModel } from '../../../../server/src/onnx/text/to-model/to-model.ts';

const cached = path.join(cacheDirectory, 'models');

/** Folders of models, all fetched: the operators' conformance cases, models the onnx package ships, and real ones. */
export const modelFolders = {
  'operator conformance': path.join(cached, 'conformance/node'),
  'onnx package': path.join(cached, 'conformance/package'),
  real: path.join(cached, 'real'),
};

/** A folder that lives as long as the tests of the calling file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'onnx-text-'));
  after(() => rmSync(folder, { recursive: true }));
  return folder;
}

export function python(script: string, ...given: string[]): string {
  return execFileSync('python3', [script, ...given], { encoding: 'utf8', maxBuffer: 2 ** 28 });
}

/** Names of a folder's models of at most so many bytes, without `.onnx`. There must be some. */
export function modelNames(folder: string, maximumBytes = Number.POSITIVE_INFINITY): string[] {
  const names = readdirSync(folder).filter(
    (name) => name.endsWith('.onnx') && statSync(path.join(folder, name)).size <= maximumBytes,
  );
  assert.ok(
    names.length > 0,
    `There are no models in ${folder}. Please run: node scripts/fetch-test-models.mjs`,
  );
  return names.map((name) => name.slice(0, -'.onnx'.length));
}

/** The model of a file, with only the smallest data in memory, and its text. */
export function printFile(
  file: string,
  weights: NonNullable<PrintOptions['weights']>,
): { readonly model: Model; readonly text: string } {
  const source = nodeFileAccess.open(file);
  try {
    const model = readModel(source, { inlineBytes: inlineBytesForPrinting });
    const readBytes = (bytes: Bytes) =>
      isFileRange(bytes) ? source.read(bytes.offset, bytes.length) : bytes;
    return { model, text: printOnnxText(model, { location: path.basename(file), readBytes, weights }) };
  } finally {
    source.close();
  }
}

/** What a text, which lies in `folder`, is when it is encoded. */
export function encodeText(text: string, folder: string): Buffer {
  const { model } = toModel(parseOnnxText(text), {
    resolveLocation: (location) => path.resolve(folder, location),
    files: nodeFileAccess,
  });
  return encoded(model);
}

/** The file that a model is. */
export function encoded(model: Model): Buffer {
  return Buffer.concat(encodeModel(model).map(inMemory));
}

function inMemory(bytes: Bytes): Uint8Array {
  if (!isFileRange(bytes)) return bytes;
  const source = nodeFileAccess.open(bytes.path);
  try {
    return source.read(bytes.offset, bytes.length);
  } finally {
    source.close();
  }
}

export function save(folder: string, name: string, content: string | Uint8Array): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), content);
}
