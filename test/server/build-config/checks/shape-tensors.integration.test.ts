import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { cacheDirectory } from '../../../../scripts/cache.mjs';
import { isDynamic, type ModelFacts } from '../../../../server/src/build-config/checks/facts/facts.ts';
import { modelFacts } from '../../../../server/src/build-config/checks/facts/model-facts.ts';
import { loadModel } from '../../../../server/src/node/load-model.ts';
import { type ReadyBridge, startReadyBridge } from '../../../native-bridge/support/bridge.ts';
import { temporaryFolder } from '../../../native-bridge/support/models.ts';

const folder = path.join(cacheDirectory, 'models/conformance/node');

/** All its shapes are fixed, and some input might be a shape tensor: then it needs a profile exactly if one is. */
function isTelling({ inputs }: ModelFacts): boolean {
  return (
    inputs.every(({ dims }) => dims?.every((dim) => typeof dim === 'number')) &&
    inputs.some(({ dims = [], type = '' }) => dims.length < 2 && ['int32', 'int64', 'bool'].includes(type))
  );
}

describe('inputs whose values decide on shapes', () => {
  let bridge: ReadyBridge;
  before(async () => {
    bridge = await startReadyBridge('tensorrt-rtx-1.7.1');
  });
  after(() => bridge.kill());

  test('are those that TensorRT wants values of, on the conformance models of ONNX', async () => {
    const enginePath = path.join(temporaryFolder(), 'engine');
    const seen = { with: 0, without: 0 };
    const wrong: string[] = [];
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.onnx'))) {
      const facts = modelFacts(loadModel(path.join(folder, name)).model);
      if (!isTelling(facts)) continue;
      const { failure } = await bridge.build(path.join(folder, name), { enginePath });
      // What the parser refuses tells nothing.
      if (failure?.stage === 'parsing') continue;
      const wanted = /no optimization profile has been defined/.test(failure?.message ?? '');
      if (wanted !== facts.inputs.some(isDynamic)) wrong.push(name);
      seen[wanted ? 'with' : 'without']++;
    }
    assert.deepEqual(wrong, []);
    assert.ok(seen.with > 50 && seen.without > 50, JSON.stringify(seen));
  });
});
