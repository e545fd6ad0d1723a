/** Folding against ONNX's own reference values and onnxruntime, bit for bit. */
import assert from 'node:assert/strict';
import { copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createDocument } from '../../../../server/src/features/document.ts';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { evaluatedOperators } from '../../../../server/src/onnx/evaluation/evaluate.ts';
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

const script = path.join(import.meta.dirname, '../../../support/constant-models.py');

function fold(folder: string, name: string): Refactored {
  const { text } = printFile(path.join(folder, `${name}.onnx`), 'elide');
  const uri = pathToFileURL(path.join(folder, `${name}.onnxtxt`)).href;
  return refactorDocument(createDocument(uri, 1, text, nodeFileAccess), /Fold All Constants/);
}

describe('folded constants', () => {
  test("are what the operators' conformance cases expect", () => {
    const folder = temporaryFolder();
    python(script, 'make', folder, evaluatedOperators.join());
    const folded = new Map<string, string>();
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx'))) {
      const name = file.slice(0, -'.onnx'.length);
      const { model } = printFile(path.join(folder, file), 'elide');
      const operators = new Set(model.graph?.nodes.map(({ operator }) => operator));
      const { text } = fold(folder, name);
      const result = encodeText(text, folder);
      save(folder, `${name}.result.onnx`, result);
      const after = printFile(path.join(folder, `${name}.result.onnx`), 'elide').model;
      if (after.graph?.nodes.every(({ operator }) => operator === 'Constant') && !operators.has('Constant')) {
        save(folder, `${name}.folded.onnx`, result);
        folded.set(name, [...operators].join());
      }
    }
    const results: Record<string, string> = JSON.parse(python(script, 'check', folder));
    assert.deepEqual(
      Object.entries(results).filter(([, result]) => result !== 'same'),
      [],
    );
    assert.equal(Object.keys(results).length, folded.size);
    const covered = new Set([...folded.values()].flatMap((operators) => operators.split(',')));
    assert.deepEqual(
      evaluatedOperators.filter((operator) => !covered.has(operator)),
      [],
    );
  });

  test('leave the outputs of real models as they are', () => {
    const before = temporaryFolder();
    const after = temporaryFolder();
    let count = 0;
    for (const name of modelNames(modelFolders.real)) {
      copyFileSync(path.join(modelFolders.real, `${name}.onnx`), path.join(before, `${name}.onnx`));
      const { text, message } = fold(before, name);
      count += Number(/^\d+/.exec(message ?? '')?.[0] ?? 0);
      save(after, `${name}.onnx`, encodeText(text, before));
    }
    const results: Record<string, string> = JSON.parse(python(script, 'outputs', before, after));
    assert.deepEqual(
      Object.entries(results).filter(([, result]) => result !== 'same'),
      [],
    );
    assert(count > 50, `only ${count} nodes were folded`);
  });
});
