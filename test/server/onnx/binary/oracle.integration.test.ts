import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../../../../scripts/cache.mjs';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { readChunks } from '../../../../server/src/onnx/binary/read-chunks.ts';
import { readModel } from '../../../../server/src/onnx/binary/reader.ts';
import { encodeModel } from '../../../../server/src/onnx/binary/writer.ts';
import type { Model } from '../../../../server/src/onnx/model/model.ts';
import { describeModel } from './support/describe-model.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'binary-oracle-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script of test/support; what it prints. */
function python(script: string, ...args: readonly string[]): string {
  const file = fileURLToPath(new URL(`../../../support/${script}`, import.meta.url));
  return execFileSync('python3', [file, ...args], { encoding: 'utf8', maxBuffer: 2 ** 30 });
}

function read(file: string): Model {
  const source = nodeFileAccess.open(file);
  try {
    return readModel(source);
  } finally {
    source.close();
  }
}

function rewritten(file: string): Buffer {
  return Buffer.from(readChunks(encodeModel(read(file)), nodeFileAccess));
}

function modelsIn(name: string): string[] {
  const directory = path.join(cacheDirectory, 'models', name);
  return readdirSync(directory).map((file) => path.join(directory, file));
}

const complete = path.join(folder, 'complete.onnx');
python('complete-model.py', complete);

const sets: readonly (readonly [name: string, files: readonly string[], count: number])[] = [
  ['conformance models', modelsIn('conformance/node'), 1884],
  ['models that the onnx package ships', modelsIn('conformance/package'), 149],
  ['real models', modelsIn('real'), 11],
  ['a model with every field', [complete], 1],
];

for (const [name, files, count] of sets) {
  describe(name, () => {
    test(`are all there`, () => assert.equal(files.length, count));

    test('are written back byte for byte', () => {
      const changed = files.filter((file) => !rewritten(file).equals(readFileSync(file)));
      assert.deepEqual(changed, []);
    });

    test('say what the onnx package says that they say', () => {
      const lines = python('describe-models.py', ...files)
        .trimEnd()
        .split('\n');
      assert.equal(lines.length, count);
      for (const [index, file] of files.entries()) {
        // By way of JSON, so that both have the same prototypes.
        const ours: unknown = JSON.parse(JSON.stringify(describeModel(read(file))));
        assert.deepEqual(ours, JSON.parse(lines[index] ?? ''), file);
      }
    });
  });
}

describe('random messages that use all freedom of the wire format', () => {
  for (const seed of [1, 2, 3]) {
    test(`are equal when written back (seed ${seed})`, () => {
      const [originals, copies] = [`random-${seed}`, `copies-${seed}`].map((name) => path.join(folder, name));
      assert.ok(originals && copies);
      python('random-models.py', String(seed), '500', originals);
      mkdirSync(copies);
      for (const name of readdirSync(originals)) {
        writeFileSync(path.join(copies, name), rewritten(path.join(originals, name)));
      }
      assert.equal(python('compare-models.py', originals, copies), '500 compared\n');
    });
  }

  test('the comparison finds what differs', () => {
    const [originals, copies] = [path.join(folder, 'same'), path.join(folder, 'different')];
    python('random-models.py', '4', '2', originals);
    python('random-models.py', '5', '2', copies);
    for (const name of readdirSync(copies)) {
      writeFileSync(path.join(copies, name.replace('-5-', '-4-')), readFileSync(path.join(copies, name)));
    }
    assert.equal(
      python('compare-models.py', originals, copies),
      'random-4-0.onnx\nrandom-4-1.onnx\n2 compared\n',
    );
  });
});
