import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { encodeText, modelFolders, modelNames, printFile, python, save, temporaryFolder } from '../models.ts';

const support = path.resolve(import.meta.dirname, '../../../../support');
const temporary = temporaryFolder();

function made(name: string, script: string, ...given: string[]): string {
  const folder = path.join(temporary, name);
  save(folder, '.keep', '');
  python(script, ...given, folder);
  return folder;
}

const folders: Readonly<Record<string, () => string>> = {
  ...Object.fromEntries(Object.entries(modelFolders).map(([name, folder]) => [name, () => folder])),
  odd: () => made('odd', path.join(import.meta.dirname, 'make-odd-models.py')),
  random: () => made('random', path.join(support, 'random-models.py'), '20', '300'),
};

describe('printing a model and encoding its text gives an equal model', () => {
  for (const [name, folderOf] of Object.entries(folders)) {
    for (const weights of ['elide', 'inline'] as const) {
      test(`${name} models, weights: ${weights}`, () => {
        const folder = folderOf();
        const again = path.join(temporary, `${name} ${weights}`);
        const names = modelNames(folder, weights === 'inline' ? 2e6 : undefined);
        for (const model of names) {
          const file = path.join(folder, `${model}.onnx`);
          save(again, `${model}.onnx`, encodeText(printFile(file, weights).text, folder));
        }
        // From ours to theirs, as theirs has models that are too big to be shown inline.
        const differing = python(path.join(support, 'compare-models.py'), again, folder);
        assert.equal(differing, `${names.length} compared\n`);
      });
    }
  }
});
