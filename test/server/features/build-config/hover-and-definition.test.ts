import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createConfigService } from '../../../../server/src/config-service.ts';
import { atCursor, definitions, hovered, type World } from './fixture.ts';

const model = `g (float[N,4] images, int64[2] to) => (float[] scores, float[N,4] same) {
  [conv1] a = Relu (images)
  [conv2] same = Sigmoid (a)
  scores = Reshape (a, to)
}`;
const world: World = { model };
const weights: World = {
  model: `g (float[N,4] images) => (float[N,4] same)
<float[4] "conv.weight" = {1, 2, 3, 4}, float[4] "a.lora_A" = {1, 2, 3, 4}, float[4] unused = {1, 2, 3, 4}> {
  k = Constant <value_float = 2.0> ()
  a = Add (images, "conv.weight")
  b = Add (a, "a.lora_A")
  same = Mul (b, k)
}`,
};

describe('hover in configs says what values come to', () => {
  test('names: their type in the model, by inference where it does not say it', async () => {
    const input = await hovered('profiles:\n  - ima¦ges: [1, 4]\n', world);
    assert.match(input, /^```onnx\nfloat\[N,4\] images\n```\n\ninput of `net\.onnx`/);
    assert.match(await hovered('markDebug: [a¦]', world), /float\[N,4\] a\n.*tensor of/s);
    assert.match(
      await hovered('outputIOFormats:\n  sa¦me: fp32:chw', world),
      /float\[N,4\] same\n.*output of/s,
    );
    const shape = await hovered('profiles:\n  - t¦o: [1, 4]\n', world);
    assert.match(shape, /int64\[2\] to\n.*values decide on shapes/s);
  });

  test('layers and patterns: what they match', async () => {
    assert.equal(
      await hovered('layerPrecisions: { "con¦v*": fp16 }', world),
      '2 layers of the model: `conv1`, `conv2`',
    );
    assert.equal(await hovered('layerPrecisions: { con¦v1: fp16 }', world), '1 layer of the model: `conv1`');
  });

  test('weights: their type, and what patterns with any number of * match', async () => {
    const weight = await hovered('refitIndividual: [conv.wei¦ght]', weights);
    assert.match(weight, /float\[4\] "conv\.weight"\n```\n\nweight of `net\.onnx`/);
    assert.match(await hovered('refitIndividual: unus¦ed', weights), /unused\n```\n\nweight of/);
    assert.equal(
      await hovered('refitIndividual: ["*.lora_¦*", k]', weights),
      '1 weight of the model: `a.lora_A`',
    );
    assert.match(await hovered('refitIndividual: ["*¦"]', weights), /^4 weights of the model: /);
  });

  test('sizes: in bytes, with what the key is for', async () => {
    assert.match(await hovered('memPoolSize: { workspace: 4¦GiB }', {}), /^4,294,967,296 bytes/);
    assert.match(await hovered('memPoolSize: { workspace: 1¦6 }', {}), /^16,777,216 bytes/);
    assert.match(await hovered('weightStreamingBudget: 5¦00M', {}), /^524,288,000 bytes/);
    assert.doesNotMatch(await hovered('weightStreamingBudget: 5¦0%', {}), /bytes\n/);
  });

  test('runtime, engine and model: what they are here, before their documentation', async () => {
    assert.match(await hovered('runtime: tens¦orrt', world), /^TensorRT 10\.6, in.*---.*Default/s);
    assert.match(await hovered('runt¦ime: tensorrt', world), /^TensorRT 10\.6/);
    const engine = await hovered('engine: a.en¦gine', { ...world, engine: 'Up to date.' });
    assert.match(engine, /^`\/models\/a\.engine` {2}\nUp to date\..*---/s);
    assert.match(
      await hovered('model: net.on¦nx', world),
      /Inputs:\n- `images` fp32 \[N, 4\]\n- `to`.*Outputs:\n- `scores`/s,
    );
  });

  test('of several builds, each where they differ', async () => {
    const text = await hovered('engine: "${{ build }}.en¦gine"\nbuilds: { a: {}, b: {} }', world);
    assert.match(text, /^\*\*a\*\*: `\/models\/a\.engine`.*\*\*b\*\*: `\/models\/b\.engine`/s);
  });

  test('what is no value of the model has its documentation alone', async () => {
    assert.match(await hovered('fp1¦6: true', world), /Allows 16-bit/);
  });
});

describe('definitions in configs', () => {
  const targets = async (marked: string) =>
    (await definitions(marked, world)).map(
      ({ targetUri, targetSelectionRange: { start } }) => `${targetUri} ${start.line}:${start.character}`,
    );
  test('files', async () => {
    assert.deepEqual(await targets('extends: ../ba¦se.trt.yaml'), ['file:///base.trt.yaml 0:0']);
    assert.deepEqual(await targets('extends: [a.trt.yaml, b.tr¦t.yaml]'), ['file:///models/b.trt.yaml 0:0']);
    assert.deepEqual(await targets('model: ne¦t.onnxtxt'), ['file:///models/net.onnxtxt 0:0']);
  });

  test('names: to where the model declares them', async () => {
    const line = (text: string) => {
      const whole = `<ir_version: 8, opset_import: ["" : 17]> ${model}`.split('\n');
      const at = whole.findIndex((each) => each.includes(text));
      return `file:///models/net.onnxtxt ${at}:${whole[at]?.indexOf(text)}`;
    };
    assert.deepEqual(await targets('profiles:\n  - ima¦ges: [1, 4]'), [line('images')]);
    assert.deepEqual(await targets('outputIOFormats: { sco¦res: fp32:chw }'), [line('scores')]);
    assert.deepEqual(await targets('markDebug: [a¦]'), [line('a = Relu')]);
    assert.deepEqual(await targets('layerPrecisions: { con¦v2: fp16 }'), [line('conv2')]);
    assert.deepEqual(await targets('loadInputs: { nothing¦: a.bin }'), []);
    const of = async (marked: string) =>
      (await definitions(marked, weights)).map(({ targetSelectionRange: { start } }) => start);
    assert.deepEqual(await of('refitIndividual: [conv.wei¦ght]'), [{ line: 1, character: 10 }]);
    assert.deepEqual(await of('refitIndividual: k¦'), [{ line: 2, character: 2 }]);
  });

  test('aliases to their anchors, as before', async () => {
    const service = createConfigService({
      readText: () => {
        throw new Error('There is none.');
      },
    });
    const text = 'builds:\n  a: &a { fp16: true }\n  b: *a\n';
    const links = await service.definition(service.createDocument('file:///a.trt.yaml', 1, text), {
      line: 2,
      character: 6,
    });
    assert.deepEqual(
      links.map(({ targetRange }) => targetRange.start.line),
      [1],
    );
  });
});

describe('highlights in configs', () => {
  const text = `matrix:
  precision:
    fp16: { fp16: true }
    int8: { int8: true }
  model: [small.onnx, big.onnx]
  exclude:
    - { precision: int8, model: big }
  include:
    - { precision: int8, calib: cal.cache }
engine: "\${{ matrix.precision }}.engine"
`;
  const highlighted = (word: string, occurrence = 0) => {
    let at = -1;
    for (let count = 0; count <= occurrence; count++) at = text.indexOf(word, at + 1);
    const { service, document, position } = atCursor(`${text.slice(0, at)}¦${text.slice(at)}`, {});
    return service
      .documentHighlights(document, position)
      .map(({ range, kind }) => `${document.textDocument.getText(range)} ${range.start.line} ${kind}`);
  };
  test('an axis, wherever it is named', () => {
    const all = ['precision 1 3', 'precision 6 2', 'precision 8 2', 'precision 9 2'];
    assert.deepEqual(highlighted('precision'), all);
    assert.deepEqual(highlighted('precision', 3), all);
  });
  test('a choice of an axis', () => {
    assert.deepEqual(highlighted('int8'), ['int8 3 3', 'int8 6 2', 'int8 8 2']);
    assert.deepEqual(highlighted('big'), ['big.onnx 4 3', 'big 6 2']);
  });
  test('nothing elsewhere', () => {
    assert.deepEqual(highlighted('cal.cache'), []);
  });
});
