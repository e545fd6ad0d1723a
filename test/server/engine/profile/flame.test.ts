import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunResult } from '../../../../native-bridge/src/engine-protocol.ts';
import { readLayerInformation } from '../../../../server/src/engine/layer-information.ts';
import { flameChart, scopesOf } from '../../../../server/src/engine/profile/flame.ts';
import { nodeTimes } from '../../../../server/src/engine/profile/node-times.ts';
import { profiledLayer, profileOfRun } from '../../../../server/src/engine/profile/profile.ts';
import { captured, nets, nodesOf } from '../support/models.ts';

const scoped = nodesOf(`
  <ir_version: 8, opset_import: ["" : 17, "local" : 1]>
  g (float[4] x) => (float[4] y) {
    ["/block.0/relu"] a = Relu (x)
    ["/block.0/attn/neg"] b = Neg (a)
    ["/block.0/attn/abs"] c = Abs (b)
    [call] d = local.f (c)
    [tail] y = Exp (d)
  }
  <domain: "local", opset_import: ["" : 17]>
  f (x) => (y) { ["inner/one"] t = Neg (x)  ["inner/two"] y = Abs (t) }`);

function chartOf(layers: Readonly<Record<string, number>>) {
  const profiled = Object.entries(layers).map(([name, ms]) => profiledLayer(name, [ms]));
  const { mapping } = nodeTimes(profiled, undefined, scoped);
  return flameChart(profiled, mapping.layers);
}

describe('a flame chart of layers', () => {
  test('layers lie one after another under the scopes of their names and the calls that lead to them', () => {
    const chart = chartOf({
      '/block.0/relu': 1,
      '/block.0/attn/neg + /block.0/attn/abs': 2,
      'inner/one': 3,
      'inner/two': 1,
      tail: 1,
    });
    assert.ok(chart);
    assert.equal(chart.total, 8);
    assert.deepEqual(
      chart.frames.map(({ kind, label, depth, start, milliseconds }) => [
        kind,
        label,
        depth,
        start,
        milliseconds,
      ]),
      [
        ['inference', 'One inference', 0, 0, 8],
        ['scope', 'block.0', 1, 0, 3],
        ['layer', 'relu', 2, 0, 1],
        ['scope', 'attn', 2, 1, 2],
        ['layer', 'neg + abs', 3, 1, 2],
        ['scope', 'call', 1, 3, 4],
        ['scope', 'inner', 2, 3, 4],
        ['layer', 'one', 3, 3, 3],
        ['layer', 'two', 3, 6, 1],
        ['layer', 'tail', 1, 7, 1],
      ],
    );
    assert.equal(chart.depth, 4);
  });

  test('a layer of nodes in several scopes lies in what they share', () => {
    const named = (name: string) => scoped.filter((node) => node.name === name);
    assert.deepEqual(scopesOf([...named('/block.0/relu'), ...named('/block.0/attn/neg')]), ['block.0']);
    assert.deepEqual(scopesOf([...named('tail'), ...named('/block.0/relu')]), []);
    assert.deepEqual(scopesOf([]), []);
  });

  test('a kernel that swallows many nodes says which; one without nodes says why', () => {
    const run: RunResult = JSON.parse(captured('transformer-run'));
    const { layers } = profileOfRun(run);
    const information = readLayerInformation(captured('transformer-layers')).layers;
    const { mapping, total } = nodeTimes(layers, information, nodesOf(nets.transformer));
    const chart = flameChart(layers, mapping.layers);
    assert.ok(chart && Math.abs(chart.total - total) < 1e-9);
    const frames = chart.frames.filter(({ kind }) => kind === 'layer');
    assert.equal(frames.length, layers.length);
    const kernel = frames.find(({ details }) => details[1]?.includes('__myl_AddSqrDivMulMulAddResResTra'));
    assert.equal(kernel?.label, 'norm0 + 3 more');
    assert.match(kernel?.details[2] ?? '', /^4 nodes together.*: norm0, q_proj, k_proj, v_proj$/);
    const shapes = frames.find(({ details }) => details[1]?.includes('__mye1351'));
    assert.match(shapes?.details.join(' ') ?? '', /works out shapes/);
    // They fill the time without gaps, and the longest is the hottest.
    let at = 0;
    for (const frame of frames) {
      assert.ok(Math.abs(frame.start - at) < 1e-9);
      at += frame.milliseconds;
    }
    assert.equal(Math.max(...frames.map(({ heat }) => heat)), 1);
  });

  test('nothing is drawn of layers that take no time', () => {
    assert.equal(flameChart([]), undefined);
    assert.equal(flameChart([profiledLayer('a', [0])]), undefined);
  });
});
