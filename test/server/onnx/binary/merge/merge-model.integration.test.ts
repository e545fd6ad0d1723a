import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { nodeFileAccess } from '../../../../../server/src/node/file-access.ts';
import { mergeModel } from '../../../../../server/src/onnx/binary/merge-model.ts';
import { readModel } from '../../../../../server/src/onnx/binary/reader.ts';
import { encodeModel } from '../../../../../server/src/onnx/binary/writer.ts';
import { readBytes } from '../../../../../server/src/onnx/model/bytes.ts';
import type { Bytes, Model } from '../../../../../server/src/onnx/model/model.ts';
import { parseOnnxText } from '../../../../../server/src/onnx/text/parse.ts';
import { toModel } from '../../../../../server/src/onnx/text/to-model/to-model.ts';
import { takesAll } from '../../../../support/sample.ts';
import { modelFolders, modelNames, printFile, python, temporaryFolder } from '../../text/models.ts';
import { type Edit, edits } from './model-edits.ts';
import { changesBetween, hasSplitMessage, scrambled, seededRandom } from './wire-tokens.ts';

const temporary = temporaryFolder();
const scratch = path.join(temporary, 'scratch.onnx');
/** Comparing every byte of every state in memory is for models of at most this many bytes. */
const largest = 3_000_000;

function inMemory(chunks: readonly Bytes[]): Buffer {
  return Buffer.concat(chunks.map((chunk) => readBytes(chunk, nodeFileAccess)));
}

/** What the printed text of a file means. */
function meaningOf(file: string): Model {
  const { model } = toModel(parseOnnxText(printFile(file, 'elide').text), {
    resolveLocation: (location) => path.resolve(path.dirname(file), location),
    files: nodeFileAccess,
  });
  return model;
}

/** What a file means, in the writer's own order and forms. */
function canonical(file: string): Buffer {
  const source = nodeFileAccess.open(file);
  try {
    return inMemory(encodeModel(readModel(source)));
  } finally {
    source.close();
  }
}

function merged(file: string, before: Model, after: Model): Buffer {
  return inMemory(
    mergeModel({
      original: file,
      before: encodeModel(before),
      after: encodeModel(after),
      files: nodeFileAccess,
    }),
  );
}

/** Makes the edit and looks at every byte. False where there is nothing to be edited so. */
function tryEdit(file: string, edit: Edit, before: Model): boolean {
  const result = edit.apply(before);
  if (result === undefined) return false;
  const saved = merged(file, before, result.model);
  const original = readFileSync(file);
  const changes = changesBetween(original, saved);
  // A graph that gets its first content is empty no more.
  changes.removed = changes.removed.filter((token) => token !== '/7');
  const what = () =>
    `${edit.name} in ${file}: removed ${JSON.stringify(changes.removed)}, added ${JSON.stringify(changes.added)}`;
  assert.ok(result.allows(changes), what());
  if (edit.name !== 'moving a node' && !hasSplitMessage(original))
    assert.ok(changes.inOrder, `order changed by ${what()}`);
  writeFileSync(scratch, saved);
  const meant = path.join(temporary, 'meant.onnx');
  writeFileSync(meant, inMemory(encodeModel(result.model)));
  const isMeant = canonical(scratch).equals(canonical(meant));
  if (!isMeant) {
    // A text may mean the same in another order of unknown fields, which shows before the edit already.
    writeFileSync(meant, inMemory(encodeModel(before)));
    assert.ok(!canonical(file).equals(canonical(meant)), `meaning changed by ${what()}`);
  }
  // And back again.
  const back = inMemory(
    mergeModel({
      original: scratch,
      before: encodeModel(meaningOf(scratch)),
      after: encodeModel(meaningOf(file)),
      files: nodeFileAccess,
    }),
  );
  writeFileSync(scratch, back);
  assert.ok(canonical(scratch).equals(canonical(file)), `meaning after undoing ${what()}`);
  return true;
}

const folders: Readonly<Record<string, () => string>> = {
  ...Object.fromEntries(Object.entries(modelFolders).map(([name, folder]) => [name, () => folder])),
  random: () => {
    python(path.resolve(import.meta.dirname, '../../../../support/random-models.py'), '20', '200', temporary);
    return temporary;
  },
};

describe('saving an edited model changes nothing but what was edited', () => {
  for (const [name, folderOf] of Object.entries(folders)) {
    test(`${name} models as they are, and as another writer would have written them`, () => {
      const folder = folderOf();
      const random = seededRandom(4);
      const counts = new Map<string, number>();
      const models = modelNames(folder, largest);
      // Of many models every third is edited.
      const step = takesAll || models.length < 500 ? 1 : 3;
      let edited = 0;
      for (const [index, model] of models.entries()) {
        const file = path.join(folder, `${model}.onnx`);
        const other = path.join(temporary, 'other-writer.onnx');
        writeFileSync(other, scrambled(readFileSync(file), random));
        // Random models are odd enough already.
        for (const candidate of name === 'random' ? [file] : [file, other]) {
          const before = meaningOf(candidate);
          assert.ok(merged(candidate, before, meaningOf(candidate)).equals(readFileSync(candidate)), model);
          // Of each model some edits, of all models all.
          const some = statSync(file).size > 100_000 ? 1 : 2;
          for (let turn = 0; turn < some && index % step === 0; turn++) {
            const edit = edits[edited++ % edits.length];
            if (edit !== undefined && tryEdit(candidate, edit, before)) {
              counts.set(edit.name, (counts.get(edit.name) ?? 0) + 1);
            }
          }
        }
      }
      for (const edit of edits) {
        assert.ok(
          (counts.get(edit.name) ?? 0) > 0 || name === 'real' || name === 'random',
          `no model for ${edit.name}`,
        );
      }
    });
  }
});
