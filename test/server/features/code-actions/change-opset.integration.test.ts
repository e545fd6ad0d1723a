/** Changed opsets: the models still compute the same, to onnx.reference and to onnxruntime. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { codeActions, resolveCodeAction } from '../../../../server/src/features/code-actions.ts';
import { createDocument, type OnnxDocument } from '../../../../server/src/features/document.ts';
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
import { refactorDocument } from './refactor.ts';

const script = path.join(import.meta.dirname, '../../../support/compare-opsets.py');

interface Converted {
  readonly names: readonly string[];
  /** Number of models that were converted, and of those without a rule. */
  readonly converted: number;
  readonly refused: readonly string[];
  readonly folder: string;
}

/** Converts the models of a folder to each of these opset versions that they are not of. */
function convertAll(
  from: string,
  targets: readonly number[],
  nameOf = (name: string, _: number) => name,
  step = 1,
): Converted {
  const folder = temporaryFolder();
  let converted = 0;
  const refused: string[] = [];
  const names = sample(modelNames(from), step);
  for (const name of names) {
    const { text } = printFile(path.join(from, `${name}.onnx`), 'elide');
    const uri = pathToFileURL(path.join(from, `${name}.onnxtxt`)).href;
    const document = createDocument(uri, 1, text, nodeFileAccess);
    for (const target of targets) {
      const state = stateOf(document, target);
      if (state === 'refused') {
        refused.push(name);
      } else if (state === 'possible') {
        const result = refactorDocument(document, titleOf(target));
        save(folder, `${nameOf(name, target)}.onnx`, encodeText(result.text, from));
        converted++;
      }
    }
  }
  return { names, converted, refused, folder };
}

function titleOf(target: number): RegExp {
  return new RegExp(` to ${target}\\b`);
}

function stateOf(document: OnnxDocument, target: number): 'possible' | 'refused' | 'not offered' {
  const start = { line: 0, character: 0 };
  const context = { diagnostics: [], only: ['source.changeOpset'] };
  const options = { files: nodeFileAccess };
  const action = codeActions(document, { start, end: start }, context, options).find(({ title }) =>
    titleOf(target).test(title),
  );
  if (!action) return 'not offered';
  return resolveCodeAction(document, action.data, options).kind === 'edit' ? 'possible' : 'refused';
}

/** What is neither the same nor random; models that do not run as they were are no judge. */
function differing(results: string): [string, string][] {
  const judged: Record<string, string> = JSON.parse(results);
  assert(Object.values(judged).includes('same'));
  return Object.entries(judged).filter(
    ([name, result]) =>
      result !== 'same' && !result.startsWith('not run') && !name.startsWith('test_bernoulli'),
  );
}

describe("ONNX's conformance cases compute the same", () => {
  test('at the newest opset', () => {
    const { folder, converted, refused } = convertAll(modelFolders['operator conformance'], [28]);
    assert.deepEqual(refused, ['test_scan_sum']);
    assert(converted > 1600, `${converted} were converted`);
    assert.deepEqual(differing(python(script, 'conformance', folder)), []);
  });

  test('at opset 13, where they can be taken back to it or brought to it', () => {
    const { folder, names, converted } = convertAll(modelFolders['operator conformance'], [13], undefined, 4);
    assert(converted > names.length / 4, `${converted} of ${names.length} were converted`);
    assert.deepEqual(differing(python(script, 'conformance', folder)), []);
  });
});

describe('models of exporters of many years compute the same', () => {
  const nameOf = (name: string, target: number) => `${name}@${target}`;

  test('that the onnx package ships, of opset 6 to 9', () => {
    const from = modelFolders['onnx package'];
    const { folder, converted, refused } = convertAll(from, [13, 22], nameOf);
    assert(converted > 270, `${converted} were converted`);
    assert.deepEqual(refused, []);
    assert.deepEqual(differing(python(script, 'made-up', from, folder)), []);
  });

  test('real ones', () => {
    const { folder, refused } = convertAll(modelFolders.real, [18, 21, 22], nameOf);
    assert.deepEqual(refused, []);
    assert.deepEqual(differing(python(script, 'made-up', modelFolders.real, folder)), []);
  });

  test('every rule, on models of old opsets', () => {
    const from = temporaryFolder();
    for (const [index, [opset, model]] of oldModels.entries()) {
      const text = `<ir_version: 7, opset_import: ["" : ${opset}]>\ng ${model}\n`;
      save(from, `old_${index}.onnx`, encodeText(text, from));
    }
    const { folder, converted, refused } = convertAll(from, [21], nameOf);
    assert.deepEqual(refused, []);
    assert.equal(converted, oldModels.length);
    const results: Record<string, string> = JSON.parse(python(script, 'made-up', from, folder));
    assert.deepEqual(
      Object.entries(results).filter(([, result]) => result !== 'same'),
      [],
    );
  });
});

/** Opset version and graph; all of them run in onnxruntime. */
const oldModels: readonly (readonly [number, string])[] = [
  [11, '(float[2,3,4] x) => (float[a,b] y) { y = ReduceSum <axes = [1], keepdims = 0> (x) }'],
  [11, '(float[2,3,4] x) => (float[a,b,c] y) { y = ReduceSum (x) }'],
  [11, '(float[2,3,4] x) => (float[a,b] y) { y = ReduceMean <axes = [-1], keepdims = 0> (x) }'],
  [13, '(float[2,3,4] x) => (float[a,b,c] y) { y = ReduceMax <axes = [0, 2]> (x) }'],
  [11, '(float[1,3,1] x) => (float[a] y) { y = Squeeze (x) }'],
  [
    11,
    '(float[1,3,1] x) => (float[a,b,c] y) { z = Squeeze <axes = [0]> (x) y = Unsqueeze <axes = [2]> (z) }',
  ],
  [11, '(float[2,3,4] x) => (float[2,3,4] y) { y = Softmax (x) }'],
  [11, '(float[2,3,4] x) => (float[2,3,4] y) { y = LogSoftmax <axis = 0> (x) }'],
  [11, '(float[2,3,4] x) => (float[2,3,4] y) { y = Hardmax <axis = 2> (x) }'],
  [7, '(float[2,3] x) => (float[2,3] y) { y = Clip <min = -0.5, max = 0.25> (x) }'],
  [7, '(float[4,6] x) => (float[a,b] y) { y = Slice <starts = [1, 0], ends = [3, -1]> (x) }'],
  [7, '(float[4,6] x) => (float[a,b] y) { y = Slice <axes = [1], starts = [-3], ends = [1000]> (x) }'],
  [7, '(float[4,6] x) => (float[a,b] y, int64[a,b] i) { y, i = TopK <k = 2> (x) }'],
  [7, '(float[4,6] x) => (float[a,b] y) { y = Pad <pads = [1, 0, 0, 2], value = 1.5> (x) }'],
  [7, '(float[4,6] x) => (float[a,b] y) { y = Pad <mode = "reflect", pads = [1, 0, 0, 2]> (x) }'],
  [11, '(float[4,6] x) => (float[a,b] y, float[a,b] z) { y, z = Split <axis = 1, split = [2, 4]> (x) }'],
  [11, '(float[4,6] x) => (float[a,b] y, float[a,b] z) { y, z = Split <axis = 1> (x) }'],
  [7, '(float[1,1,2,3] x) => (float[a,b,c,d] y) { y = Upsample <scales = [1.0, 1.0, 2.0, 3.0]> (x) }'],
  [
    9,
    '(float[1,1,2,3] x) => (float[a,b,c,d] y) <float[4] s = {1, 1, 2, 2}> { y = Upsample <mode = "linear"> (x, s) }',
  ],
  [10, '(float[1,1,4,6] x) => (float[a,b,c,d] y) <float[4] s = {1, 1, 0.5, 1.5}> { y = Resize (x, s) }'],
  [
    11,
    '(float[1,1,4,6] x) => (float[a,b,c,d] y) <float[0] n = {}, int64[4] s = {1, 1, 3, 8}> { y = Resize <mode = "cubic"> (x, n, n, s) }',
  ],
  [7, '(float[4,6] x) => (float[4,6] y) { y, mask = Dropout <ratio = 0.5> (x) }'],
  [10, '(float[4,6] x) => (float[4,6] y) { y = Dropout <ratio = 0.5> (x) }'],
  [
    7,
    '(float[2,3,2] x) => (float[2,3,2] y) <float[3] s = {1, 2, 3}, float[3] b = {0, 1, 2}> { y = BatchNormalization <spatial = 1> (x, s, b, b, s) }',
  ],
  [
    9,
    '(float[2,3,2] x) => (float[2,3,2] y) <float[3] s = {1, 2, 3}, float[3] b = {0, 1, 2}> { y = BatchNormalization (x, s, b, b, s) }',
  ],
  [
    9,
    '(float[3,3] x) => (float[3,3] y) <int64[1,2] i = {0, 2}, float[1,2] u = {5, 6}> { y = Scatter <axis = 1> (x, i, u) }',
  ],
  [
    16,
    '(float[1,1,3,3] x, float[1,2,2,2] at) => (float[a,b,c,d] y) { y = GridSample <mode = "bicubic"> (x, at) }',
  ],
  [16, '(float[1,1,3,3] x, float[1,2,2,2] at) => (float[a,b,c,d] y) { y = GridSample (x, at) }'],
  [17, '(float[1,4,1] x) => (float[a,b,c] y) { y = DFT (x) }'],
  [
    10,
    '(float[1,1,6,6] x) => (float[a,b,c,d] y) <float[1,4] r = {0, 0, 3, 3}, int64[1] i = {0}> { y = RoiAlign <output_height = 2, output_width = 2> (x, r, i) }',
  ],
  [
    18,
    '(float[1,4,2] x) => (float[1,4,2] y) <float[2] s = {1, 2}, float[2] b = {0, 1}> { y = GroupNormalization <num_groups = 2> (x, s, b) }',
  ],
  [8, '(float[2,3] x) => (float[a] y) { z = Cast <to = 7> (x) y = Cast <to = 1> (z) }'],
];
