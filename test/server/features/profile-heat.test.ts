import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { graphNodes } from '../../../server/src/engine/graph-nodes.ts';
import { readLayerInformation } from '../../../server/src/engine/layer-information.ts';
import { histogram } from '../../../server/src/engine/profile/histogram.ts';
import { nodeTimes } from '../../../server/src/engine/profile/node-times.ts';
import { profiledLayer, profileOfRun } from '../../../server/src/engine/profile/profile.ts';
import { createDocument } from '../../../server/src/features/document.ts';
import { profileHeat } from '../../../server/src/features/profile-heat.ts';
import { captured, nets } from '../engine/support/models.ts';

/** What is shown at each statement: its text, and the label behind it. */
function heatOf(text: string, layers: ReturnType<typeof profileOfRun>['layers'], layerInfo?: string) {
  const document = createDocument('file:///model.onnxtxt', 0, text);
  const information = layerInfo === undefined ? undefined : readLayerInformation(layerInfo).layers;
  const lines = text.split('\n');
  return profileHeat(document, nodeTimes(layers, information, graphNodes(document.model.model))).map(
    ({ range, ...heat }) => ({
      text: lines[range.start.line]?.slice(range.start.character, range.end.character) ?? '',
      oneLine: range.start.line === range.end.line,
      ...heat,
    }),
  );
}

describe('times of a profile in the text of a model', () => {
  const heat = heatOf(
    nets.transformer,
    profileOfRun(JSON.parse(captured('transformer-run'))).layers,
    captured('transformer-layers'),
  );
  const at = (name: string) => heat.find(({ text }) => text.startsWith(`[${name}]`)) ?? assert.fail(name);

  test('each statement has its times, groups as groups', () => {
    assert.equal(heat.length, 23);
    assert.equal(at('down').label, '0.0107 ms · 8.6 %');
    assert.equal(at('down').text, '[down] d = MatMul (g, w2)');
    assert.equal(at('up').label, '0.00900 ms · 7.2 % with activation');
    assert.equal(at('norm0').label, '0.0182 ms · 14.5 % + 0.00957 ms · 7.6 % with q_proj, k_proj and 1 more');
    assert.equal(at('attention_join').label, 'in no layer');
    assert.match(at('attention_join').tooltip, /attention_mix_myl0_10/);
  });

  test('the hottest node has heat 1, and those without a layer have none', () => {
    assert.equal(Math.max(...heat.map((node) => node.heat)), 1);
    assert.equal(at('q_proj').heat, at('v_proj').heat, 'what is fused has the same heat');
    assert.equal(at('q_heads').heat, 0);
    assert.deepEqual(
      ['down', 'q_proj', 'q_heads'].map((name) => at(name).share),
      ['8.6 %', '≤ 23.9 %', ''],
      'a group’s share is a bound for each of its nodes',
    );
  });

  test('the tooltip names layers and tactics, and says that a group’s time is not divided', () => {
    assert.match(
      at('q_proj').tooltip,
      /`v_proj\+k_proj\+q_proj_myl0_3`: 0\.0203 ms \(`gemm`, `sm80_xmma_gemm/,
    );
    assert.match(at('q_proj').tooltip, /how it divides is not known/);
  });

  test('times inside a function are at its calls', () => {
    const text = `<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[4] x) => (float[4] y) {
  [one] a = local.twice (x)
  [last] y = Relu (a)
}
<domain: "local", opset_import: ["" : 17]>
twice (i) => (o) { [inner] o = Add (i, i) }`;
    const found = heatOf(text, [profiledLayer('inner', [3]), profiledLayer('last', [1])]);
    assert.deepEqual(
      found.map(({ text: statement, label }) => [statement, label]),
      [
        ['[one] a = local.twice (x)', '3.00 ms · 75.0 %'],
        ['[last] y = Relu (a)', '1.00 ms · 25.0 %'],
      ],
    );
  });
});

describe('a histogram of latencies', () => {
  test('counts every value once, the greatest in the last bar', () => {
    const values = [1, 1.1, 1.2, 1.5, 2, 5];
    const { start, width, counts } = histogram(values);
    assert.equal(start, 1);
    assert.equal(
      counts.reduce((sum, count) => sum + count),
      values.length,
    );
    assert.equal(counts.at(-1), 1);
    assert.ok(Math.abs(start + width * counts.length - 5) < 1e-9);
  });

  test('equal values are one bar', () => {
    assert.deepEqual(histogram([2, 2, 2]), { start: 2, width: 0, counts: [3] });
  });
});
