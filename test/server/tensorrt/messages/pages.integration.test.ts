import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import { toModel } from '../../../../server/src/onnx/text/to-model/to-model.ts';
import { checkModel } from '../../../../server/src/tensorrt/check.ts';
import { explain, tensorRtCodes } from '../../../../server/src/tensorrt/messages/explain.ts';
import { type Runtime, Runtimes } from '../../../../server/src/tensorrt/runtimes.ts';
import { testLibraries } from '../support/test-libraries.ts';

describe('the page of every diagnostic of TensorRT', () => {
  const runtimes = new Runtimes();
  let runtime: Runtime;
  before(async () => {
    runtime = await runtimes.startNamed(testLibraries('tensorrt-rtx-1.7.1'));
  });
  after(() => runtimes.dispose());

  const codesOf = async (text: string) => {
    const tree = parseOnnxText(text);
    assert.equal(tree.problemCount, 0, text);
    const { model } = toModel(tree, { resolveLocation: () => undefined });
    const verdict = await checkModel(model, runtime, { files: nodeFileAccess, directory: '/' });
    assert.equal(verdict.supported, verdict.errors.length === 0);
    return verdict.errors.map((record) => explain(record, 'TensorRT').code);
  };

  for (const code of tensorRtCodes) {
    test(`${code}: its refused example is refused with this code, its accepted one accepted`, async () => {
      const file = path.join('docs', 'diagnostics', `${code}.md`);
      assert.ok(existsSync(file), `${file} is missing`);
      const page = readFileSync(file, 'utf8');
      assert.ok(page.startsWith(`# ${code}\n`));
      const refused = /Refused:\n\n```onnx\n(.*?)```/s.exec(page)?.[1];
      const accepted = /Accepted:\n\n```onnx\n(.*?)```/s.exec(page)?.[1];
      assert.equal(refused === undefined, accepted === undefined);
      if (refused !== undefined) assert.deepEqual([...new Set(await codesOf(refused))], [code]);
      if (accepted !== undefined) assert.deepEqual(await codesOf(accepted), []);
    });
  }
});
