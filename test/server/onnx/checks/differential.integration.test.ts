import assert from 'node:assert/strict';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { modelFolders, printFile, python, temporaryFolder } from '../text/models.ts';
import { findEverything } from './support.ts';

const script = fileURLToPath(new URL('mutate.py', import.meta.url));

interface Verdict {
  readonly name: string;
  readonly file: string;
  readonly way: string;
  readonly complaint: string | null;
}

/** onnx.checker refuses this conformance model itself, for a function of its own that lacks a value. */
const refusedByMistake: ReadonlySet<string> = new Set(['test_mvn']);

function verdicts(folder: string, count: number, folders: readonly string[]): readonly Verdict[] {
  return python(script, folder, '1', String(count), ...folders)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Verdict);
}

function errorsIn(file: string): readonly string[] {
  const { text } = printFile(file, 'elide');
  const { findings, otherErrors } = findEverything(text, (location) =>
    path.resolve(path.dirname(file), location),
  );
  const errors = findings.filter(({ severity }) => severity === 'error');
  return [...otherErrors, ...errors.map(({ code, message }) => `${code}: ${message}`)];
}

describe('compared with onnx.checker', () => {
  let folder: string;
  before(() => {
    folder = temporaryFolder();
  });

  test('a model that it accepts has no error', () => {
    const models = verdicts(path.join(folder, 'valid'), 0, Object.values(modelFolders));
    const accepted = models.filter(({ complaint }) => complaint === null);
    assert.ok(accepted.length > 2000);
    const refused = models.filter(({ name, complaint }) => complaint !== null && !refusedByMistake.has(name));
    assert.deepEqual(refused, []);
    for (const { name, file } of accepted) assert.deepEqual(errorsIn(file), [], name);
  });

  test('nearly every broken model that it refuses has an error', () => {
    const { 'operator conformance': conformance, 'onnx package': shipped } = modelFolders;
    const models = verdicts(path.join(folder, 'broken'), 2, [conformance, shipped]);
    const refused = models.filter(({ complaint }) => complaint !== null);
    assert.ok(refused.length > 3000);
    const missed = refused.filter(({ file }) => errorsIn(file).length === 0);
    const words = missed.map(({ name, way, complaint }) => `${name} (${way}): ${complaint}`).join('\n');
    assert.ok(missed.length / refused.length < 0.002, `${missed.length} of ${refused.length}:\n${words}`);
  });
});
