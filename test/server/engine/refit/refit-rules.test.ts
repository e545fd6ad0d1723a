import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RefittableWeights } from '../../../../native-bridge/src/engine-protocol.ts';
import { mapWeights } from '../../../../server/src/engine/refit/map-weights.ts';
import {
  type RefitFacts,
  refitRules,
  serializationOfRefit,
} from '../../../../server/src/engine/refit/refit-rules.ts';
import { createDocument } from '../../../../server/src/features/document.ts';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { captured } from '../support/models.ts';

function rules(flags: readonly string[] | undefined, more: Partial<RefitFacts> = {}) {
  return refitRules({ flags, sameWeights: 'unknown', assumesSame: false, ...more }).map(
    ({ rule, answer }) => `${rule} ${answer}`,
  );
}

describe('what the flags of a build allow', () => {
  test('REFIT takes any weights, REFIT_IDENTICAL the same only', () => {
    assert.deepEqual(rules(['kREFIT'], { sameWeights: 'no' }), ['kREFIT yes']);
    assert.deepEqual(rules(['kREFIT', 'kREFIT_IDENTICAL'], { sameWeights: 'no' }), ['kREFIT yes']);
    assert.deepEqual(rules(['kREFIT_IDENTICAL'], { sameWeights: 'yes' }), ['kREFIT_IDENTICAL yes']);
    assert.deepEqual(rules(['kREFIT_IDENTICAL'], { sameWeights: 'no' }), ['kREFIT_IDENTICAL no']);
    assert.deepEqual(rules(['kREFIT_IDENTICAL'], { sameWeights: 'no', assumesSame: true }), [
      'kREFIT_IDENTICAL no',
    ]);
  });

  test('where nobody knows whether they are the same, the user may say so', () => {
    assert.deepEqual(rules(['kREFIT_IDENTICAL']), ['kREFIT_IDENTICAL no']);
    assert.deepEqual(rules(['kREFIT_IDENTICAL'], { assumesSame: true }), ['kREFIT_IDENTICAL yes']);
    const [rule] = refitRules({ flags: ['kREFIT_IDENTICAL'], sameWeights: 'unknown', assumesSame: false });
    assert.equal(rule?.mayAssume, true);
  });

  test('a stripped engine without REFIT is one of REFIT_IDENTICAL', () => {
    assert.deepEqual(rules(['kSTRIP_PLAN'], { sameWeights: 'no' }), [
      'kREFIT_IDENTICAL no',
      'kSTRIP_PLAN yes',
    ]);
    assert.deepEqual(rules(['kREFIT', 'kSTRIP_PLAN'], { sameWeights: 'no' }), [
      'kREFIT yes',
      'kSTRIP_PLAN yes',
    ]);
  });

  test('a stripped engine that has its weights from a refit takes no second one, before kINCLUDE_REFIT', () => {
    const by = (version: string, isStripped = false) => ({
      sameWeights: 'yes' as const,
      refit: { isStripped, runtime: { product: 'TensorRT', version } },
    });
    const flags = ['kSTRIP_PLAN', 'kREFIT_IDENTICAL'];
    assert.deepEqual(rules(flags, by('10.6.0')), ['kSTRIP_PLAN no']);
    assert.deepEqual(rules(flags, by('10.14.1')), ['kREFIT_IDENTICAL yes']);
    assert.deepEqual(rules(flags, by('10.6.0', true)), ['kREFIT_IDENTICAL yes', 'kSTRIP_PLAN yes']);
    assert.deepEqual(rules([...flags, 'kREFIT'], by('10.6.0')), ['kREFIT yes']);
    assert.deepEqual(rules(['kREFIT_IDENTICAL'], by('10.6.0')), ['kREFIT_IDENTICAL yes']);
  });

  test('REFIT_INDIVIDUAL takes the marked weights, and a whole model only where its others are those of the build', () => {
    const [flags, individual] = [['kREFIT_INDIVIDUAL'], { marked: ['w1', 'b1'] }];
    const said = (more: Partial<RefitFacts>) =>
      refitRules({ flags, sameWeights: 'unknown', assumesSame: false, individual, ...more })[0];
    assert.equal(said({ sameWeights: 'later' })?.answer, 'yes');
    assert.match(said({ sameWeights: 'later' })?.sentence ?? '', /only w1 and b1 can be replaced/);
    assert.equal(said({ sameWeights: 'yes' })?.answer, 'yes');
    const other = said({ sameWeights: 'no', different: ['w0'] });
    assert.equal(other?.answer, 'no');
    assert.match(other?.sentence ?? '', /and w0 of the model is not as in the build: it would stay as it is/);
    assert.deepEqual(other?.mayReplace, ['w1', 'b1']);
    assert.match(
      said({ sameWeights: 'no', different: Array.from({ length: 20 }, (_, index) => `v${index}`) })
        ?.sentence ?? '',
      /v7 and 12 more of the model are not as in the build: they would stay/,
    );
    assert.equal(said({ sameWeights: 'unknown' })?.answer, 'unknown');
    assert.equal(said({ sameWeights: 'no', single: ['w1'] })?.answer, 'yes');
    const unmarked = said({ single: ['w1', 'w0'] });
    assert.equal(unmarked?.answer, 'no');
    assert.match(unmarked?.sentence ?? '', /only w1 and b1 can be replaced .*, not w0\./);
    assert.equal(said({ individual: undefined, single: ['w0'] })?.answer, 'yes');
    assert.match(
      said({ individual: undefined })?.sentence ?? '',
      /--list tells which.*nothing tells whether/,
    );
  });

  test('none of them, and no note at all', () => {
    assert.deepEqual(rules(['kFP16']), ['not-refittable no']);
    assert.deepEqual(rules(undefined), ['unknown unknown']);
  });
});

describe('how a refitted engine is written', () => {
  const stripped = { isStripped: true, keepStripped: false };
  test('a stripped one with its weights, unless they are to be left out', () => {
    const tensorrt = { product: 'TensorRT', version: '10.6.0' };
    assert.deepEqual(serializationOfRefit(tensorrt, stripped), { set: [], cleared: ['kEXCLUDE_WEIGHTS'] });
    assert.deepEqual(serializationOfRefit(tensorrt, { ...stripped, keepStripped: true }), {
      set: ['kEXCLUDE_WEIGHTS'],
      cleared: [],
    });
    assert.equal(serializationOfRefit(tensorrt, { isStripped: false, keepStripped: false }), undefined);
  });

  test('it stays refittable where TensorRT has a flag for that', () => {
    const set = (product: string, version: string) =>
      serializationOfRefit({ product, version }, stripped)?.set;
    assert.deepEqual(set('TensorRT', '10.13.3'), []);
    assert.deepEqual(set('TensorRT', '10.14.1'), ['kINCLUDE_REFIT']);
    assert.deepEqual(set('TensorRT', '11.0.0'), ['kINCLUDE_REFIT']);
    assert.deepEqual(set('TensorRT-RTX', '1.7.1'), []);
  });
});

describe('weights of an engine and tensors of a model', () => {
  const model = createDocument(
    'file:///model.onnxtxt',
    0,
    `<ir_version: 8, opset_import: ["" : 17]>
    g (float[1,1,8,8] x) => (float[1,2,8,8] y)
    <float[2,1,1,1] w = {1, 2}, float[2] b = {1, 2}, float16[1] other = {1}>
    {
      [conv] c = Conv (x, w, b)
      k = Constant <value = float[1] {3}> ()
      m = Mul (c, k)
      y = Mul (m, other)
    }`,
    nodeFileAccess,
  ).model.model;
  const weight = (name: string, count: number, type = 'kFLOAT') => ({ name, type, count, isMissing: false });

  test('names are initializers, or outputs of Constant nodes; layers and roles are told with them', () => {
    const mapped = mapWeights(
      {
        weights: [weight('w', 2), weight('b', 2), weight('k', 1)],
        layers: [
          { layer: 'conv', role: 'kKERNEL' },
          { layer: 'conv', role: 'kBIAS' },
          { layer: 'somewhere', role: 'kSCALE' },
        ],
      },
      model,
    );
    assert.deepEqual(
      mapped.map(({ name, roles, tensor }) => [name, roles, tensor?.dims]),
      [
        ['b', ['conv kBIAS'], [2]],
        ['k', [], [1]],
        ['w', ['conv kKERNEL'], [2, 1, 1, 1]],
        ['somewhere kSCALE', ['somewhere kSCALE'], undefined],
      ],
    );
  });

  test('another count is a mismatch, a weight of no tensor has none', () => {
    const mapped = mapWeights({ weights: [weight('b', 3), weight('(Unnamed)', 7)], layers: [] }, model);
    assert.match(
      mapped.find(({ name }) => name === 'b')?.mismatch ?? '',
      /2 elements in the model and 3 in the/,
    );
    assert.equal(mapped.find(({ name }) => name === '(Unnamed)')?.tensor, undefined);
  });

  test('a weight that TensorRT knows by layer only is found by the node’s input', () => {
    const mapped = mapWeights({ weights: [], layers: [{ layer: 'conv', role: 'kKERNEL' }] }, model);
    assert.equal(mapped[0]?.tensor?.name, 'w');
  });

  test('what an H200 listed of the three nets', () => {
    for (const net of ['convolutions', 'layers', 'transformer']) {
      const listed: RefittableWeights = JSON.parse(captured(`${net}-weights`));
      const mapped = mapWeights(listed, model);
      assert.equal(mapped.filter(({ type }) => type !== undefined).length, listed.weights.length, net);
    }
  });
});
