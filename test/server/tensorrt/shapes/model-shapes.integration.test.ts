import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { loadModel, openFiles } from '../../../../server/src/node/load-model.ts';
import { checkModel } from '../../../../server/src/tensorrt/check.ts';
import { type Runtime, Runtimes } from '../../../../server/src/tensorrt/runtimes.ts';
import { modelShapes } from '../../../../server/src/tensorrt/shapes/model-shapes.ts';
import { testLibraries } from '../support/test-libraries.ts';

describe('TensorRT’s shapes of the values of real models', () => {
  const runtimes = new Runtimes();
  let runtime: Runtime;
  before(async () => {
    runtime = await runtimes.startNamed(testLibraries('tensorrt-rtx-1.7.1'));
  });
  after(() => runtimes.dispose());

  const folder = path.join(testLibraries('models'), 'real');
  for (const file of readdirSync(folder)) {
    test(`${file}: found for many values, and never another than our inference’s`, async () => {
      const { model } = loadModel(path.join(folder, file));
      const verdict = await checkModel(model, runtime, { files: nodeFileAccess, directory: folder });
      assert.equal(verdict.supported, true);
      const files = openFiles();
      const judged = modelShapes(model, verdict.network, files.read);
      const ours = modelShapes(model, undefined, files.read);
      files.close();
      const fromTensorRT = [...judged].filter(([, { source }]) => source === 'tensorrt');
      assert.ok(fromTensorRT.length > judged.size / 4, `${fromTensorRT.length} of ${judged.size}`);
      for (const [name, { type, dims }] of fromTensorRT) {
        const other = ours.get(name);
        if (!other?.dims || !dims) continue;
        assert.equal(type, other.type, name);
        assert.equal(dims.length, other.dims.length, name);
        for (const [axis, dim] of dims.entries()) {
          const known: number | string | null | undefined = other.dims?.[axis];
          if (typeof dim === 'number' && typeof known === 'number')
            assert.equal(dim, known, `${name}, axis ${axis}`);
        }
      }
    });
  }
});
