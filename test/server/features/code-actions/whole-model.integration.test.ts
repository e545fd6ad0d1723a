/** Naming nodes and removing dead code on real models: onnxruntime finds no difference, and neither does a second time. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { bodiesOf } from '../../../../server/src/features/code-actions/refactorings/bodies.ts';
import { createDocument } from '../../../../server/src/features/document.ts';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import { quoted } from '../../../../server/src/onnx/text/printer/literals.ts';
import {
  encodeText,
  modelFolders,
  modelNames,
  printFile,
  python,
  save,
  temporaryFolder,
} from '../../onnx/text/models.ts';
import { type Refactored, refactorDocument } from './refactor.ts';

const compareOutputs = path.join(import.meta.dirname, '../../../support/constant-models.py');

function run(folder: string, text: string, title: RegExp): Refactored {
  const uri = pathToFileURL(path.join(folder, 'model.onnxtxt')).href;
  return refactorDocument(createDocument(uri, 1, text, nodeFileAccess), title);
}

const compareReference = path.join(import.meta.dirname, '../../../support/compare-opsets.py');

test("ONNX's conformance cases compute the same without dead code and constant nodes", () => {
  const from = modelFolders['operator conformance'];
  const folder = temporaryFolder();
  let changed = 0;
  for (const name of modelNames(from)) {
    const { text } = printFile(path.join(from, `${name}.onnx`), 'elide');
    const cleaned = run(from, text, /Remove Dead Code/).text;
    const folded = run(from, cleaned, /Fold All Constants/).text;
    if (folded !== text) {
      save(folder, `${name}.onnx`, encodeText(folded, from));
      changed++;
    }
  }
  assert(changed > 200, `${changed} were changed`);
  const results: Record<string, string> = JSON.parse(python(compareReference, 'conformance', folder));
  assert.deepEqual(
    Object.entries(results).filter(([, result]) => result !== 'same'),
    [],
  );
});

describe('real models compute the same', () => {
  test('with names for all nodes, and without dead code that they have and dead code that is put in', () => {
    const before = temporaryFolder();
    const after = temporaryFolder();
    for (const name of modelNames(modelFolders.real)) {
      copyFileSync(path.join(modelFolders.real, `${name}.onnx`), path.join(before, `${name}.onnx`));
      const { text } = printFile(path.join(before, `${name}.onnx`), 'elide');
      // At the end of the graph: a chain of which nothing uses the end.
      const graph = bodiesOf(parseOnnxText(text)).find(({ kind }) => kind === 'graph');
      const last = graph?.nodes.at(-1);
      assert(last);
      const end = last.end;
      const used = quoted(last.node.outputs[0]?.name ?? '');
      const dead = `\n  dead_a = Identity (${used})\n  # to be removed\n  dead_b = Identity (dead_a)`;
      const withDead = text.slice(0, end) + dead + text.slice(end);
      const cleaned = run(before, withDead, /Remove Dead Code/);
      assert.equal(cleaned.text, run(before, text, /Remove Dead Code/).text, name);
      assert.equal(run(before, cleaned.text, /Remove Dead Code/).message, 'There is no dead code.', name);
      const named = run(before, cleaned.text, /Name All Unnamed Nodes/);
      assert.equal(
        run(before, named.text, /Name All Unnamed Nodes/).message,
        'All nodes have names already.',
      );
      save(after, `${name}.onnx`, encodeText(named.text, before));
    }
    const results: Record<string, string> = JSON.parse(python(compareOutputs, 'outputs', before, after));
    assert.deepEqual(
      Object.entries(results).filter(([, result]) => result !== 'same'),
      [],
    );
  });
});
