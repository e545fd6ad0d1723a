import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunResult } from '../../../../native-bridge/src/engine-protocol.ts';
import { readLayerInformation } from '../../../../server/src/engine/layer-information.ts';
import { compareLayers, compareNodes } from '../../../../server/src/engine/profile/compare.ts';
import { measuredWith, profileRun } from '../../../../server/src/engine/profile/conditions.ts';
import { nodeTimes } from '../../../../server/src/engine/profile/node-times.ts';
import { profiledLayer, profileOfRun } from '../../../../server/src/engine/profile/profile.ts';
import { readProfileFile } from '../../../../server/src/engine/profile/read.ts';
import { percentile, runStatistics, statistics } from '../../../../server/src/engine/profile/statistics.ts';
import { chromeTrace } from '../../../../server/src/engine/profile/trace.ts';
import { writeLayerTimes, writeOwnProfile, writeTimes } from '../../../../server/src/engine/profile/write.ts';
import { captured, nets, nodesOf } from '../support/models.ts';

function runOf(net: keyof typeof nets): RunResult {
  return JSON.parse(captured(`${net}-run`));
}

function timesOf(net: keyof typeof nets, withInformation = true) {
  const information = withInformation ? readLayerInformation(captured(`${net}-layers`)).layers : undefined;
  return nodeTimes(profileOfRun(runOf(net)).layers, information, nodesOf(nets[net]));
}

const near = (left: number, right: number) => Math.abs(left - right) < 1e-9;

describe('statistics, as trtexec computes them', () => {
  const ten = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];

  test('percentiles cut the values above them', () => {
    assert.equal(percentile(ten, 90), 90);
    assert.equal(percentile(ten, 95), 100);
    assert.equal(percentile(ten, 0), 10);
    assert.equal(percentile(ten, 100), 100);
    // In double precision 10 % of 20 is a little less than 2, and one value too few would be cut.
    const twenty = Array.from({ length: 20 }, (_, index) => index + 1);
    assert.equal(percentile(twenty, 90), 18);
    assert.throws(() => percentile(ten, 101), RangeError);
  });

  test('median of even and odd numbers, mean and variation', () => {
    assert.equal(statistics([3, 1, 2], []).median, 2);
    const four = statistics([4, 1, 2, 3], [50]);
    assert.deepEqual([four.min, four.max, four.mean, four.median], [1, 4, 2.5, 2.5]);
    assert.ok(near(four.variation, (Math.sqrt(1.25) / 2.5) * 100));
  });

  test('a captured run: latency is copies and computation together', () => {
    const { iterations } = runOf('convolutions');
    const found = runStatistics(iterations);
    assert.ok(found);
    assert.equal(found.inferences, 20);
    const { latency, hostToDevice, compute, deviceToHost } = found;
    assert.ok(near(latency.mean, hostToDevice.mean + compute.mean + deviceToHost.mean));
    assert.ok(near(found.throughput, (20 / found.wallMilliseconds) * 1000));
    assert.ok(compute.min > 0 && compute.min <= compute.median && compute.median <= compute.max);
    assert.deepEqual(
      latency.percentiles.map(({ percent }) => percent),
      [90, 95, 99],
    );
    assert.equal(runStatistics([]), undefined);
  });

  test('what holds the GPU up is remarked', () => {
    const times = {
      startEnqMs: 0,
      endEnqMs: 5,
      startH2dMs: 0,
      endH2dMs: 3,
      startComputeMs: 3,
      endComputeMs: 4,
      startD2hMs: 4,
      endD2hMs: 4,
    };
    const remarks = runStatistics([times], [], 2)?.remarks ?? [];
    assert.equal(remarks.length, 3);
    assert.match(remarks.join(' '), /Handing inferences over.*Copying inputs.*side by side/);
  });
});

describe('files of profiles', () => {
  test('times go through trtexec’s JSON and come back', () => {
    const { iterations } = runOf('layers');
    const text = writeTimes(iterations);
    const [first] = JSON.parse(text);
    assert.deepEqual(Object.keys(first), [
      ...['startEnqMs', 'endEnqMs', 'startH2dMs', 'endH2dMs', 'startComputeMs', 'endComputeMs'],
      ...['startD2hMs', 'endD2hMs', 'h2dMs', 'computeMs', 'd2hMs', 'latencyMs'],
    ]);
    assert.ok(near(first.latencyMs, first.h2dMs + first.computeMs + first.d2hMs));
    assert.deepEqual(readProfileFile(text), { kind: 'times', iterations });
  });

  test('a profile of ours is small and read again', () => {
    const { iterations, layers, cudaGraph, memory, notes } = runOf('layers');
    const many = Array.from({ length: 5000 }, () => iterations).flat();
    const text = writeOwnProfile({
      engine: '/net.engine',
      runtime: { product: 'TensorRT', version: '10.6.0' },
      device: { name: 'NVIDIA H200', computeCapability: '9.0' },
      measured: '2026-01-31T14:05:00.000Z',
      run: profileRun(
        {
          inputs: { x: { dims: [2, 3], source: { kind: 'random', seed: 0 } }, n: {} },
          profile: 0,
          allocationStrategy: 'kSTATIC',
          timing: { warmUp: 200, iterations: 10, duration: 3, streams: 1, cudaGraph: false, transfers: true },
          profileLayers: true,
        },
        new Map([['n', [4]]]),
      ),
      iterations: many,
      layers,
      cudaGraph,
      memory,
      notes,
      layerInformation: captured('layers-layers'),
    });
    assert.ok(text.length < 200 * many.length, `${text.length} bytes`);
    const read = readProfileFile(text);
    assert.ok(read.kind === 'profile' && read.iterations.length === many.length);
    const [first, last] = [iterations.at(-1), read.iterations.at(-1)];
    assert.ok(first && last && Math.abs(first.endComputeMs - last.endComputeMs) <= 1e-6);
    assert.deepEqual(
      read.conditions.run?.inputs.map(({ name, shape, values }) => [name, shape, values]),
      [
        ['x', [2, 3], 'random'],
        ['n', [4], 'random'],
      ],
    );
    assert.equal(measuredWith(read.conditions), 'TensorRT 10.6.0 on NVIDIA H200');
    assert.equal(read.information?.layers.length, 3);
  });

  test('layer times go through trtexec’s JSON and come back', () => {
    const { layers, layerRuns } = profileOfRun(runOf('transformer'));
    const text = writeLayerTimes(layers, layerRuns);
    const [count, first] = JSON.parse(text);
    assert.deepEqual(count, { count: 10 });
    assert.deepEqual(Object.keys(first), ['name', 'timeMs', 'averageMs', 'medianMs', 'percentage']);
    const shares: number[] = JSON.parse(text)
      .slice(1)
      .map((layer: { percentage: number }) => layer.percentage);
    assert.ok(
      near(
        shares.reduce((sum, share) => sum + share),
        100,
      ),
    );
    const read = readProfileFile(text);
    assert.ok(read.kind === 'layer-times' && read.runs === 10);
    assert.deepEqual(
      read.layers.map(({ name, total, average, median }) => [name, total, average, median]),
      layers.map(({ name, total, average, median }) => [name, total, average, median]),
    );
  });

  test('what trtexec writes is read though its names are not escaped', () => {
    const text =
      '[\n  { "count" : 117 }\n, { "name" : "a "quoted" \u001e name", "timeMs" : 11.7, "averageMs" : 0.1, "medianMs" : 0.09, "percentage" : 100 }\n]\n';
    const read = readProfileFile(text);
    assert.ok(read.kind === 'layer-times');
    assert.deepEqual(read.layers, [
      { name: 'a "quoted" \u001e name', total: 11.7, average: 0.1, median: 0.09 },
    ]);
  });

  test('names with control characters, quotes and backslashes come back as they were', () => {
    const name = 'a "b" \\ c\u001ed\u001f\n\u0000é';
    const read = readProfileFile(writeLayerTimes([profiledLayer(name, [1, 3])], 2));
    assert.ok(read.kind === 'layer-times');
    assert.deepEqual(
      read.layers.map((layer) => [layer.name, layer.total]),
      [[name, 4]],
    );
    // As trtexec writes it: raw, in what would be JSON.
    const raw =
      '[ { "count" : 2 }, { "name" : "conv\u001e[ONNX Layer: a]\t", "timeMs" : 4, "averageMs" : 2 } ]';
    const lenient = readProfileFile(raw);
    assert.ok(lenient.kind === 'layer-times' && lenient.layers[0]?.name === 'conv\u001e[ONNX Layer: a]\t');
  });

  test('times of an old trtexec, and times without copies', () => {
    const old = { startEnqMs: 0, endEnqMs: 1, startInMs: 1, endInMs: 2, startOutMs: 4, endOutMs: 5 };
    const compute = { startComputeMs: 2, endComputeMs: 4 };
    const read = readProfileFile(JSON.stringify([{ ...old, ...compute, inMs: 1, outMs: 1, endToEndMs: 5 }]));
    assert.ok(read.kind === 'times');
    assert.equal(runStatistics(read.iterations)?.latency.median, 4);
    const bare = readProfileFile(JSON.stringify([compute, { startComputeMs: 4, endComputeMs: 6 }]));
    assert.ok(bare.kind === 'times');
    const { throughput, hostToDevice } = runStatistics(bare.iterations) ?? assert.fail();
    assert.deepEqual([throughput, hostToDevice.max], [500, 0]);
    const [first] = bare.iterations;
    assert.ok(first);
    const zeros = runStatistics([{ ...first, startH2dMs: 0, endH2dMs: 0, startD2hMs: 0, endD2hMs: 0 }]);
    assert.equal(zeros?.throughput, 250, 'copies that are 0 leave a time all the same');
  });

  test('the kind of a file is told by what is in it', () => {
    assert.equal(readProfileFile(captured('layers-layers')).kind, 'layer-information');
    const own = readProfileFile(captured('layers-run'));
    assert.ok(own.kind === 'profile' && own.runs === 10 && own.iterations.length === 20);
    assert.throws(() => readProfileFile('{"a": 1}'), /no profile/);
    assert.throws(() => readProfileFile('[]'), /no profile/);
    assert.throws(() => readProfileFile('nonsense'), /not JSON/);
    assert.throws(() => readProfileFile(' \n'), /The file is empty/);
  });
});

describe('time of ONNX nodes', () => {
  test('groups have their time as groups, and it all adds up', () => {
    for (const net of ['convolutions', 'layers', 'transformer'] as const) {
      const { total, groups, others } = timesOf(net);
      const sum = [...groups, ...others].reduce((whole, { milliseconds }) => whole + milliseconds, 0);
      assert.ok(total > 0 && near(sum, total), net);
      const shares = [...groups, ...others].reduce((whole, { share }) => whole + share, 0);
      assert.ok(near(shares, 1), net);
    }
  });

  test('a node in several groups is in each of them, with none of their time to itself', () => {
    const times = timesOf('transformer');
    const [norm0] = nodesOf(nets.transformer);
    const groups = times.groups.filter(({ nodes }) => nodes.some(({ name }) => name === norm0?.name));
    assert.deepEqual(
      groups.map(({ nodes }) => nodes.map(({ name }) => name)),
      [['norm0'], ['norm0', 'q_proj', 'k_proj', 'v_proj']],
    );
    assert.deepEqual(
      groups.map(({ layers }) => layers.map(({ layer }) => layer.name)),
      [['__myl_MovMeaSubMulMea_myl0_1'], ['__myl_AddSqrDivMulMulAddResResTra_myl0_2']],
    );
  });

  test('without layer information names decide, and what they do not tell is among the others', () => {
    const { groups, others } = timesOf('transformer', false);
    assert.ok(groups.some(({ nodes }) => nodes.map(({ name }) => name).join() === 'q_proj,k_proj,v_proj'));
    const kernel = others.find(({ layer }) => layer.name.startsWith('__myl_SliRes'));
    assert.match(kernel?.why ?? '', /profilingVerbosity: detailed/);
    assert.ok((kernel?.milliseconds ?? 0) > 0);
  });

  test('layers of equal names are told apart by their order', () => {
    const layers = [profiledLayer('copy', [1]), profiledLayer('copy', [3])];
    const info = readLayerInformation(
      '{"Layers": [{"Name": "copy", "Metadata": "[ONNX Layer: fc0]"}, {"Name": "copy", "Metadata": "[ONNX Layer: fc1]"}]}',
    );
    const { groups } = nodeTimes(layers, info.layers, nodesOf(nets.layers));
    assert.deepEqual(
      groups.map(({ nodes, milliseconds }) => [nodes[0]?.name, milliseconds]),
      [
        ['fc0', 1],
        ['fc1', 3],
      ],
    );
  });
});

describe('two profiles', () => {
  test('layers are matched though their counters differ', () => {
    const rows = compareLayers(
      [profiledLayer('fc0_myl0_1', [2]), profiledLayer('gone', [1])],
      [profiledLayer('new', [5]), profiledLayer('fc0_myl7_3', [4])],
    );
    assert.deepEqual(rows, [
      { name: 'fc0_myl0_1', before: 2, after: 4 },
      { name: 'gone', before: 1 },
      { name: 'new', after: 5 },
    ]);
  });

  test('nodes are compared in sets that both profiles have as a whole', () => {
    const nodes = nodesOf(nets.layers);
    const times = (layers: Readonly<Record<string, number>>) =>
      nodeTimes(
        Object.entries(layers).map(([name, ms]) => profiledLayer(name, [ms])),
        undefined,
        nodes,
      );
    const rows = compareNodes(
      times({ 'fc0 + bias0': 3, relu0: 1, fc1: 2 }),
      times({ fc0: 2, 'bias0 + relu0': 1.5, fc1: 2.5 }),
    );
    assert.deepEqual(
      rows.map((row) => [row.nodes, row.beforeMilliseconds, row.afterMilliseconds, row.sameFusion]),
      [
        [['fc0', 'bias0', 'relu0'], 4, 3.5, false],
        [['fc1'], 2, 2.5, true],
      ],
    );
  });

  test('a profile and itself differ in nothing', () => {
    const times = timesOf('transformer');
    for (const row of compareNodes(times, times)) {
      assert.equal(row.beforeMilliseconds, row.afterMilliseconds);
      assert.equal(row.sameFusion, true);
    }
  });
});

describe('a trace for Perfetto', () => {
  const events = (
    text: string,
  ): {
    name: string;
    ph: string;
    pid: number;
    tid: number;
    ts: number;
    dur: number;
    args: { name?: string; onnxNodes?: string };
  }[] => JSON.parse(text).traceEvents;

  test('inferences in microseconds, layers one after another with their nodes', () => {
    const { iterations } = runOf('transformer');
    const { layers } = profileOfRun(runOf('transformer'));
    const found = events(chromeTrace(iterations, layers, timesOf('transformer').mapping.layers));
    const compute = found.filter(({ ph, pid, tid }) => ph === 'X' && pid === 1 && tid >= 128 && tid < 192);
    assert.equal(compute.length, 20);
    assert.ok(near(compute[0]?.ts ?? 0, (iterations[0]?.startComputeMs ?? 1) * 1000));
    const spans = found.filter(({ ph, pid }) => ph === 'X' && pid === 2);
    assert.equal(spans.length, layers.length);
    for (const [index, span] of spans.entries()) {
      const before = spans[index - 1];
      if (before) assert.ok(Math.abs(before.ts + before.dur - span.ts) < 1e-6);
    }
    assert.equal(spans[3]?.args.onnxNodes, 'q_proj, k_proj, v_proj');
  });

  test('inferences that overlap are on tracks of their own', () => {
    const at = (start: number) => ({
      startEnqMs: 0,
      endEnqMs: 0,
      startH2dMs: 0,
      endH2dMs: 0,
      startComputeMs: start,
      endComputeMs: start + 2,
      startD2hMs: 0,
      endD2hMs: 0,
    });
    const found = events(chromeTrace([at(0), at(1), at(2), at(3)], []));
    assert.deepEqual(
      found.filter(({ ph }) => ph === 'X').map(({ tid }) => tid - 128),
      [0, 1, 0, 1],
    );
    assert.deepEqual(
      found.filter(({ name }) => name === 'thread_name').map(({ args }) => args.name),
      ['Compute 1', 'Compute 2'],
    );
  });
});
