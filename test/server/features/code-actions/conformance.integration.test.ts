import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bodyOf, statementsOf } from '../../../../server/src/features/code-actions/rewriting/body.ts';
import { createDocument } from '../../../../server/src/features/document.ts';
import { offsetAt } from '../../../../server/src/features/source-text.ts';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { sample } from '../../../support/sample.ts';
import {
  encodeText,
  modelFolders,
  modelNames,
  printFile,
  python,
  save,
  temporaryFolder,
} from '../../onnx/text/models.ts';
import { applied } from './selection.ts';

const judge = fileURLToPath(new URL('../../../support/judge-extracted.py', import.meta.url));

describe('conformance models', () => {
  for (const kind of ['operator conformance', 'onnx package'] as const) {
    test(`${kind}: all nodes go into a function and back, or into a model of their own`, () => {
      const folder = modelFolders[kind];
      const output = temporaryFolder();
      const names = sample(modelNames(folder, 200_000), 8);
      const jobs = names.flatMap((name) => jobFor(folder, name, output));
      assert.ok(jobs.length >= names.length * 0.9);
      save(output, 'jobs.json', JSON.stringify(jobs));
      assert.equal(python(judge, path.join(output, 'jobs.json')), `${jobs.length} judged\n`);
    });
  }
});

/** Nothing for a model without nodes. */
function jobFor(folder: string, name: string, output: string): object[] {
  const original = path.join(folder, `${name}.onnx`);
  const documentOf = (text: string) =>
    createDocument(pathToFileURL(path.join(folder, `${name}.onnxtxt`)).href, 1, text, nodeFileAccess);
  const write = (kind: string, text: string): string => {
    save(output, `${name}-${kind}.onnx`, encodeText(text, folder));
    return path.join(output, `${name}-${kind}.onnx`);
  };
  const document = documentOf(printFile(original, 'elide').text);
  const statements = statementsOf(document, bodyOf(document, { declaration: 0, graphs: [] }, 0));
  const [first, last] = [statements[0], statements.at(-1)];
  if (!first || !last) {
    return [];
  }
  const selected = { document, start: first.start, end: last.end };
  const extracted = applied(selected, /to function$/);
  const withFunction = documentOf(extracted.text);
  assert.ok(extracted.rename);
  const at = offsetAt(withFunction.source, extracted.rename);
  const inlined = applied({ document: withFunction, start: at, end: at }, /^Inline all calls of/);
  const part = applied(selected, /as a new model$/);
  return [
    {
      original,
      extracted: write('extracted', extracted.text),
      inlined: write('inlined', inlined.text),
      part: write('part', [...part.created.values()].join()),
      complete: part.message === undefined,
    },
  ];
}
