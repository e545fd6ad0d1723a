import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeProfiles } from '../../../server/src/build-config/profiles.ts';
import { configText, fromTrtexec } from '../../../server/src/build-config/trtexec/from-trtexec.ts';
import { findTrtexecLines } from '../../../server/src/build-config/trtexec/lines.ts';
import { toTrtexec, trtexecLine } from '../../../server/src/build-config/trtexec/to-trtexec.ts';
import { resolve } from './configs.ts';

const seedText = `model: detector.onnx # the model
extends: [base.yaml, "other.yaml"]
profiles:
  - images: { min: [1, 3], opt: 8x3, max: &max [32, 3] }
    tokens: *max
memPoolSize: { workspace: 4GiB, tacticSharedMem: 100KiB }
tacticSources: { CUDNN: false }
inputIOFormats: [fp16:chw+hwc8, fp32:chw]
weightStreamingBudget: 50%
layerOutputTypes: { a: fp16+fp32 }
unknownFlags: ["--x=1"]
builds:
  a: { fp16: true, <<: { int8: true } }
  b: null
matrix:
  gpu: { ada: { device: 0 }, ampere: { device: 1 } }
  model: [a.onnx, b.onnx]
  exclude: [{ gpu: ada, model: a }]
  include: [{ gpu: other, engine: "\${{ build }}.engine" }]
`;
const pieces = [
  ...'{}[]:,-#&*!|>\'"%@`?~<=\n\t\\ ',
  '\r\n',
  ': ',
  '- ',
  '<<: ',
  '*max',
  '&a ',
  '${{ ',
  ' }}',
  'null',
  '1e999',
  '-1',
  '\u0000',
  '\ud800',
  'ä',
  '--- ',
  '...',
  '%YAML 1.1\n',
  '!!binary ',
  '!!set ',
];

test('any text gives a config, its problems lie in the text, and its builds can be translated', () => {
  let state = 42;
  const random = (limit: number) => {
    state = (state * 48271) % 2147483647;
    return state % limit;
  };
  for (let round = 0; round < 400; round++) {
    let text = seedText;
    for (let edits = 1 + random(6); edits > 0; edits--) {
      const at = random(text.length + 1);
      const removed = random(3) === 0 ? random(30) : 0;
      text = text.slice(0, at) + (pieces[random(pieces.length)] ?? '') + text.slice(at + removed);
    }
    const lines = text.split('\n');
    const { builds, problems } = resolve(text, { 'base.yaml': 'refit: true\n', 'other.yaml': text });
    for (const { origin, message } of problems) {
      const { start, end } = origin.range;
      assert.ok(start.line < lines.length && end.line < lines.length, `${message} in\n${text}`);
      assert.ok(start.line < end.line || start.character <= end.character, `${message} in\n${text}`);
    }
    for (const build of builds.slice(0, 2)) {
      completeProfiles(build);
      const made = toTrtexec(build, { version: '10.15' });
      const [line] = findTrtexecLines(trtexecLine(made));
      const again = resolve(configText(fromTrtexec(line?.words ?? [])));
      assert.deepEqual(
        again.problems.filter(({ code }) => code === 'config.syntax'),
        [],
        configText(fromTrtexec(line?.words ?? [])),
      );
    }
  }
});
