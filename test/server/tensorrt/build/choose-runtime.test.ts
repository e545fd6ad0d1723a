/** What a config's `runtime` may say, and which installation that is. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import {
  parseRuntimeWish,
  runtimeForBuild,
  runtimeWish,
} from '../../../../server/src/tensorrt/build/choose-runtime.ts';
import { Runtimes } from '../../../../server/src/tensorrt/runtimes.ts';
import { folder, onlyBuild } from '../../build-config/configs.ts';
import { testLibraries } from '../support/test-libraries.ts';

const all = ['tensorrt-10.6', 'tensorrt-10.15', 'tensorrt-11.2', 'tensorrt-rtx-1.7.1'].map(testLibraries);

function chosen(context: Pick<TestContext, 'after'>, folders: readonly string[] = all) {
  const runtimes = new Runtimes({ folders });
  context.after(() => runtimes.dispose());
  return async (wish?: string) => {
    const { product, version } = await runtimeForBuild(runtimes, wish);
    return `${product} ${version}`;
  };
}

describe('the TensorRT that builds', () => {
  test('is the one that a product, versions, both, an id or a folder name', async (context) => {
    const choose = chosen(context);
    assert.equal(await choose('tensorrt-rtx'), 'TensorRT-RTX 1.7.1');
    assert.equal(await choose('>=10.6 <11'), 'TensorRT 10.15.1');
    assert.equal(await choose('tensorrt <10.10'), 'TensorRT 10.6.0');
    assert.equal(await choose('10.6'), 'TensorRT 10.6.0');
    assert.equal(await choose('=11.2.1'), 'TensorRT 11.2.1');
    assert.equal(await choose('tensorrt-rtx >=1.5'), 'TensorRT-RTX 1.7.1');
    assert.equal(await choose('tensorrt-11.2.1'), 'TensorRT 11.2.1');
    assert.equal(await choose(testLibraries('tensorrt-10.15')), 'TensorRT 10.15.1');
  });

  test('needs no word where there is no GPU: TensorRT for RTX alone builds then', async (context) => {
    assert.equal(await chosen(context)(), 'TensorRT-RTX 1.7.1');
  });

  test('is told of with what there is, where there is none', async (context) => {
    const choose = chosen(context);
    await assert.rejects(choose('>=12'), /`>=12`: found .*TensorRT 11\.2\.1.*Change `runtime`/);
    await assert.rejects(choose('tensorrt-9.0'), /no runtime tensorrt-9\.0 on this machine: there are/);
    await assert.rejects(choose('/nowhere/at/all'), /nowhere\/at\/all/);
  });
});

describe('what `runtime` says', () => {
  test('ids and folders are no products and versions', () => {
    for (const text of ['tensorrt-11.2.1', './trt', '/opt/TensorRT-10', 'tensorrt newest', '>= 10', '']) {
      assert.equal(parseRuntimeWish(text), undefined, text);
    }
    assert.deepEqual(parseRuntimeWish('TensorRT-RTX >=1.7 <2'), {
      product: 'TensorRT-RTX',
      bounds: [
        { operator: '>=', version: '1.7' },
        { operator: '<', version: '2' },
      ],
    });
  });

  test('a relative folder starts at the config, and is refused where libraries may not be loaded', () => {
    const build = onlyBuild('runtime: ./trt');
    assert.equal(runtimeWish(build, true), path.join(folder, 'trt'));
    assert.throws(() => runtimeWish(build, false), /\.\/trt.*not trusted/);
    assert.equal(runtimeWish(onlyBuild('runtime: tensorrt-rtx'), false), 'tensorrt-rtx');
    assert.equal(runtimeWish(onlyBuild('model: a.onnx'), false), undefined);
  });
});
