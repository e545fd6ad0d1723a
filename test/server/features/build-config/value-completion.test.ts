import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseBuildConfig } from '../../../../server/src/build-config/parse.ts';
import type { RuntimeDescription } from '../../../../server/src/protocol.ts';
import { completed, labels, offered, type World } from './fixture.ts';

const model = `g (float[batch,3,224,224] images, int64[batch,length] tokens, float[4] fixed) => (float[batch,k] scores) {
  [conv1] a = Relu (images)
  [conv2] b = Sigmoid (a)
  f = Flatten (b)
  t = Cast <to = 1> (tokens)
  ["head/mul: 1"] scores = Concat <axis = 1> (f, t)
}`;
const world: World = { model };
const images = 'images: { min: [1, 3, 224, 224], opt: [8, 3, 224, 224], max: [32, 3, 224, 224] }';
const tokens = 'tokens: { min: [1, 1], opt: [8, 128], max: [32, 512] }';

describe('profiles are completed from the model', () => {
  test('as a whole, wherever one may begin', async () => {
    const label = '- images, tokens';
    const whole = `profiles:\n  - ${images}\n    ${tokens}`;
    assert.equal(await completed('profiles:\n  ¦', label, world), whole);
    assert.equal(await completed('profiles: ¦', label, world), whole.replace(':\n', ': \n'));
    assert.equal(await completed('profiles:\n  im¦\nfp16: true', label, world), `${whole}\nfp16: true`);
    assert.equal(
      await completed('builds:\n  a:\n    profiles:\n      ¦', label, world),
      `builds:\n  a:\n    profiles:\n      - ${images}\n        ${tokens}`,
    );
    assert.equal(
      await completed('builds: { a: { profiles: ¦ } }', label, world),
      `builds: { a: { profiles: [{ ${images}, ${tokens} }] } }`,
    );
  });

  test('input by input: those that are there are not offered again', async () => {
    assert.equal(await completed('profiles:\n  - ¦', 'images', world), `profiles:\n  - ${images}`);
    assert.equal(
      await completed(`profiles:\n  - ${images}\n    ¦\nfp16: true\n`, 'tokens', world),
      `profiles:\n  - ${images}\n    ${tokens}\nfp16: true\n`,
    );
    assert.deepEqual(await labels(`profiles:\n  - ${images}\n    ¦`, world), ['tokens', 'fixed']);
    assert.equal(await completed('profiles:\n  - { to¦ }', 'tokens', world), `profiles:\n  - { ${tokens} }`);
    assert.equal(await completed('profiles:\n  - im¦: [1]', 'images', world), 'profiles:\n  - images: [1]');
    assert.equal(await completed('profiles:\n  -¦', 'fixed', world), 'profiles:\n  - fixed: [4]');
  });

  test('shapes behind an input’s name and behind min, opt and max', async () => {
    assert.deepEqual(await labels('profiles:\n  - images: ¦', world), [
      '{ min, opt, max }',
      '[8, 3, 224, 224]',
    ]);
    assert.equal(
      await completed('profiles:\n  - images:¦', '{ min, opt, max }', world),
      `profiles:\n  - ${images}`,
    );
    assert.deepEqual(await labels('profiles:\n  - images: { min: [1, 3, 32, 32], max: ¦ }', world), [
      '[32, 3, 224, 224]',
    ]);
    assert.deepEqual(await labels('profiles:\n  - images: { min: [¦] }', world), []);
    assert.equal(await completed('shapes: { ¦ }', 'tokens', world), 'shapes: { tokens: [8, 128] }');
    assert.equal(await completed('shapes:\n  tokens: ¦', '[8, 128]', world), 'shapes:\n  tokens: [8, 128]');
  });

  test('open dims are places to fill in, and dims of one name are one place', async () => {
    const [item] = await offered('profiles:\n  - ¦', {
      model: 'g (float[n,n,2] x) => (float[] y) { y = Relu (x) }',
    });
    assert.equal(
      item?.textEdit?.newText,
      `x: { min: [\${1:1}, \${1:1}, 2], opt: [\${2:8}, \${2:8}, 2], max: [\${3:32}, \${3:32}, 2] }`,
    );
    assert.equal(item?.insertTextFormat, 2);
  });

  test('a shape tensor takes values, and an input without a rank a place', async () => {
    const reshaping = { model: 'g (float[n] x, int64[2] to) => (float[] y) { y = Reshape (x, to) }' };
    assert.equal(
      await completed('profiles:\n  - ¦', 'to', reshaping),
      'profiles:\n  - to: { min: [1, 1], opt: [1, 1], max: [1, 1] }',
    );
    const unranked = { model: 'g (float[] x) => (float[] y) { y = Relu (x) }' };
    assert.equal(
      await completed('profiles:\n  - ¦', 'x', unranked),
      'profiles:\n  - x: { min: [1], opt: [1], max: [1] }',
    );
  });
});

describe('names are completed from the model', () => {
  test('inputs and outputs, each in the settings that are about them', async () => {
    assert.deepEqual(await labels('loadInputs:\n  ¦', world), ['images', 'tokens', 'fixed']);
    assert.deepEqual(await labels('loadRefOutputs:\n  ¦', world), ['scores']);
    assert.deepEqual(await labels('refPairs:\n  - loadInputs: { ¦ }', world), ['images', 'tokens', 'fixed']);
    assert.deepEqual(await labels('refPairs:\n  - loadRefOutputs: { ¦ }', world), ['scores']);
    assert.equal(
      await completed('outputIOFormats:\n  ¦', 'scores', world),
      'outputIOFormats:\n  scores: fp32:chw',
    );
    assert.equal(
      await completed('inputIOFormats: ¦', 'tokens', world),
      'inputIOFormats: { tokens: int64:chw }',
    );
  });

  test('formats have no type where TensorRT takes it from the model', async () => {
    const since11: World = { model, runtime: { product: 'TensorRT', version: '11.0' } };
    assert.equal(
      await completed('inputIOFormats: { ¦ }', 'images', since11),
      'inputIOFormats: { images: chw }',
    );
  });

  test('layers, in quotes where YAML wants them', async () => {
    const all = ['conv1', 'conv2', 'node_of_f', 'node_of_t', 'head/mul: 1'];
    assert.deepEqual(await labels('layerPrecisions:\n  ¦', world), all);
    assert.deepEqual(await labels('layerDeviceTypes: { con¦: DLA }', world), ['conv1', 'conv2']);
    const chosen = await completed('layerOutputTypes:\n  ¦', 'head/mul: 1', world);
    assert.equal(chosen, 'layerOutputTypes:\n  "head/mul: 1": ');
    assert.deepEqual(await labels('layerPrecisions: { "hea¦": fp16 }', world), ['head/mul: 1']);
  });

  test('tensors: one, some in brackets, or a list', async () => {
    assert.equal(await completed('markDebug: ¦', 'a', world), 'markDebug: a');
    assert.equal(await completed('markDebug: [a, ¦]', 'b', world), 'markDebug: [a, b]');
    assert.equal(await completed('markDebug:\n  ¦', 'b', world), 'markDebug:\n  - b');
    assert.equal(await completed('markDebug:\n  - a\n  - ¦', 'b', world), 'markDebug:\n  - a\n  - b');
    assert.equal(await completed('saveDebugTensors: { ¦ }', 'b', world), 'saveDebugTensors: { b:  }');
  });

  test('weights: initializers and constants of the main graph, no other values', async () => {
    const weights: World = {
      model: `g (float[4] x) => (float[4] y) <float[4] "conv.weight" = {1, 2, 3, 4}, float[4] other = {1, 2, 3, 4}> {
  k = Constant <value_float = 2.0> ()
  a = Add (x, "conv.weight")
  b = Add (a, other)
  y = Mul (b, k)
}`,
    };
    assert.deepEqual(await labels('refitIndividual: ¦', weights), ['conv.weight', 'other', 'k']);
    assert.equal(
      await completed('refitIndividual: [k, ¦]', 'conv.weight', weights),
      'refitIndividual: [k, conv.weight]',
    );
    assert.equal(await completed('refitIndividual:\n  ¦', 'other', weights), 'refitIndividual:\n  - other');
  });

  test('nothing where the model is not known, in comments, or at keys', async () => {
    assert.deepEqual(await labels('loadInputs:\n  ¦', {}), []);
    assert.deepEqual(await labels('loadInputs:\n  # ¦', world), []);
    assert.deepEqual(await labels('¦', world), []);
    assert.deepEqual(await labels('loadInputs: {}\n¦', world), []);
  });

  test('of thousands, those that fit what is typed, and the editor asks again', async () => {
    const nodes = Array.from({ length: 3000 }, (_, index) => `[layer_${index}] v${index} = Relu (x)`).join(
      '\n',
    );
    const many = { model: `g (float[1] x) => (float[1] v0) {\n${nodes}\n}` };
    assert.equal((await labels('layerPrecisions:\n  ¦', many)).length, 200);
    assert.deepEqual(await labels('layerPrecisions:\n  layer_2999¦', many), ['layer_2999']);
  });
});

describe('files are completed', () => {
  const files = [
    'net.onnx',
    'text.onnxtxt',
    'plugin.so',
    'p.dll',
    'old.engine',
    'a.cache',
    'readme.md',
    'more/',
    'more/deep.onnx',
    'base.trt.yaml',
    '.hidden.onnx',
    'x 1: y.onnx',
  ];
  test('by the ends of their names, folders behind them', async () => {
    assert.deepEqual(await labels('model: ¦', { files }), [
      'net.onnx',
      'text.onnxtxt',
      'x 1: y.onnx',
      'more/',
    ]);
    assert.deepEqual(await labels('engine: ¦', { files }), ['old.engine', 'more/']);
    assert.deepEqual(await labels('staticPlugins: [¦]', { files }), ['p.dll', 'plugin.so', 'more/']);
    assert.deepEqual(await labels('dynamicPlugins:\n  - ¦', { files }), ['p.dll', 'plugin.so', 'more/']);
    assert.deepEqual(await labels('timingCacheFile: ¦', { files }), ['a.cache', 'more/']);
    assert.deepEqual(await labels('extends: ¦', { files }), ['base.trt.yaml', 'more/']);
    assert.deepEqual(await labels('matrix:\n  model: [¦]', { files }), [
      'net.onnx',
      'text.onnxtxt',
      'x 1: y.onnx',
      'more/',
    ]);
    assert.ok((await labels('loadInputs: { a: ¦ }', { files, model })).includes('readme.md'));
  });

  test('in the folder that is typed, with quotes where they are needed', async () => {
    assert.equal(await completed('model: more/¦', 'deep.onnx', { files }), 'model: more/deep.onnx');
    assert.equal(await completed('model: ./mo¦', 'more/', { files }), 'model: ./more/');
    assert.equal(await completed('model: ¦', 'x 1: y.onnx', { files }), 'model: "x 1: y.onnx"');
    assert.equal(await completed('model: "./te¦"', 'text.onnxtxt', { files }), 'model: ./text.onnxtxt');
    assert.ok((await labels('model: .¦', { files })).includes('.hidden.onnx'));
    assert.deepEqual(await labels('model: "${{ matrix.a }}/¦"', { files }), []);
  });
});

describe('other values', () => {
  const installation = (
    id: string,
    version: string,
    product: RuntimeDescription['product'],
  ): RuntimeDescription => ({
    id,
    product,
    version,
    directory: `/opt/${id}`,
    origin: 'setting',
  });
  const runtimes = [
    installation('tensorrt-10.6.0', '10.6.0', 'TensorRT'),
    installation('tensorrt-rtx-1.7.1', '1.7.1', 'TensorRT-RTX'),
    { ...installation('tensorrt-9.0', '9.0', 'TensorRT'), unusable: 'It is too old.' },
  ];
  test('runtimes: ids, products and versions of what is installed', async () => {
    assert.deepEqual(await labels('runtime: ¦', { runtimes }), [
      'tensorrt-10.6.0',
      'tensorrt-rtx-1.7.1',
      'tensorrt',
      'tensorrt-rtx',
      '>=10.6 <11',
      'tensorrt-rtx >=1.7 <2',
    ]);
    assert.equal(await completed('runtime: ¦', '>=10.6 <11', { runtimes }), 'runtime: ">=10.6 <11"');
  });

  test('numbers of profiles', async () => {
    const config = `profiles:\n  - x: [1]\n  - x: [2]\nuseProfile: ¦`;
    assert.deepEqual(await labels(config, {}), ['0', '1']);
  });

  test('all that is offered is a config that can be read', async () => {
    const all = { model, runtimes, files: ['net.onnx', 'x 1: y.onnx'] };
    for (const marked of [
      'model: ¦',
      'profiles:\n  ¦',
      'profiles: ¦',
      'shapes: ¦',
      'inputIOFormats: ¦',
      'markDebug: ¦',
      'runtime: ¦',
    ]) {
      for (const label of await labels(marked, all)) {
        const text = await completed(marked, label, all);
        assert.deepEqual(parseBuildConfig(text, '/models/net.trt.yaml').problems, [], text);
      }
    }
  });
});
