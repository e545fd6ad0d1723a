import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../../../scripts/cache.mjs';
import { startReadyBridge } from '../../native-bridge/support/bridge.ts';
import { temporaryFolder, writeModels } from '../../native-bridge/support/models.ts';
import { nets } from '../engine/support/models.ts';
import { runCommand } from './run-command.ts';

const folder = temporaryFolder();
const engine = path.join(folder, 'fixed.engine');
const forAda = path.join(folder, 'ada.engine');
const model = path.join(folder, 'transformer.onnxtxt');
const rtx = path.join(cacheDirectory, 'tensorrt-rtx-1.7.1');
const fixture = (name: string) =>
  fileURLToPath(new URL(`../../fixtures/engines/${name}.json`, import.meta.url));

/** As on a machine with nothing but these installations. */
async function withRuntimes<Result>(folders: readonly string[], use: () => Promise<Result>): Promise<Result> {
  const { LD_LIBRARY_PATH: inherited } = process.env;
  process.env['LD_LIBRARY_PATH'] = folders.join(':');
  try {
    return await use();
  } finally {
    if (inherited === undefined) delete process.env['LD_LIBRARY_PATH'];
    else process.env['LD_LIBRARY_PATH'] = inherited;
  }
}

before(async () => {
  writeFileSync(model, nets.transformer);
  const bridge = await startReadyBridge('tensorrt-rtx-1.7.1');
  const models = writeModels({
    fixed: `
      <ir_version: 8, opset_import: ["" : 17]>
      g (float[1,3,8,8] x) => (float[1,4,8,8] y) <float[4,3,1,1] w = {1,2,3,4,5,6,7,8,9,10,11,12}> {
        [conv] h = Conv (x, w)
        [relu] y = Relu (h)
      }`,
  });
  await bridge.build(models.fixed, { enginePath: engine });
  await bridge.build(models.fixed, { enginePath: forAda, settings: { computeCapabilities: ['kSM89'] } });
  bridge.kill();
});

describe('onnx-trt inspect, of engines that were just built', () => {
  test('who made it, for what, and that it cannot run without a GPU', async () => {
    const { code, stdout } = await withRuntimes([rtx], () => runCommand('inspect', engine));
    assert.equal(code, 0);
    assert.match(stdout, /Made by +TensorRT for RTX 1\.7\.1 \(build 116\)/);
    assert.match(stdout, /Made for +compute capability 8\.0, 8\.6, 8\.9, 12\.0, 12\.1 and later/);
    assert.match(stdout, /Answer +It cannot run here\. Engines run on an NVIDIA GPU/);
    assert.match(stdout, /tensorrt-rtx-1\.7\.1 +TensorRT for RTX 1\.7\.1 built it/);
  });

  test('a runtime that is named counts, wherever it lies', async () => {
    const { stdout } = await withRuntimes([], () =>
      runCommand('inspect', engine, '--runtime', rtx, '--no-load'),
    );
    assert.match(stdout, /Version +TensorRT for RTX 1\.7\.1 built it/);
    const without = await withRuntimes([], () => runCommand('inspect', engine));
    assert.doesNotMatch(without.stdout, /built it/);
  });

  test('as JSON', async () => {
    const { stdout } = await withRuntimes([rtx], () => runCommand('inspect', engine, '--format', 'json'));
    const { header, compatibility } = JSON.parse(stdout);
    assert.equal(header.planBytes, header.fileBytes);
    assert.deepEqual(
      header.sections.map(({ name }: { name: string }) => name),
      ['engine', 'weights'],
    );
    assert.equal(compatibility.runs, 'no');
  });

  test('two engines: only what differs', async () => {
    const { stdout } = await runCommand('inspect', engine, '--compare', forAda);
    assert.match(stdout, /Made for\n +- compute capability 8\.0.*\n +\+ compute capability 8\.9\n/);
    assert.doesNotMatch(stdout, /Made by/);
  });

  test('layers beside it are shown with the nodes of the model', async () => {
    writeFileSync(`${engine}.layers.json`, readFileSync(fixture('transformer-layers')));
    const { stdout } = await runCommand('inspect', engine, '--layers', '--model', model);
    assert.match(stdout, /v_proj\+k_proj\+q_proj_myl0_3 +gemm +q_proj, k_proj, v_proj/);
    assert.match(stdout, /q_heads +Reshape +No layer names it/);
  });

  test('an ENGINE.json of another file is left out', async () => {
    const provenance = {
      format: 'onnx-tensorrt-tools engine',
      formatVersion: 1,
      engine: { path: engine, bytes: 5 },
    };
    writeFileSync(`${forAda}.json`, JSON.stringify(provenance));
    const { stdout, stderr } = await runCommand('inspect', forAda);
    assert.match(stderr, /describes an engine of 5 bytes, not this one of \d+; it is left out/);
    assert.doesNotMatch(stdout, /How it was built/);
  });

  test('a file that was cut off, and one that is no engine', async () => {
    const cut = path.join(folder, 'cut.engine');
    writeFileSync(cut, readFileSync(engine));
    truncateSync(cut, 5000);
    assert.match(
      (await runCommand('inspect', cut)).stdout,
      /The file is cut off: it has 5000 bytes, the engine \d{6}/,
    );
    const { code, stderr } = await runCommand('inspect', model);
    assert.equal(code, 2);
    assert.match(stderr, /is not an engine\. It is text/);
  });

  test('loading without a GPU fails with a sentence, not with a crash', async () => {
    const { code, stderr } = await runCommand('inspect', engine, '--runtime', rtx);
    assert.equal(code, 2);
    assert.match(stderr, /Engines run on an NVIDIA GPU only/);
    const run = await withRuntimes([rtx], () => runCommand('profile', engine, '--iterations', '3'));
    assert.equal(run.code, 2);
    assert.match(run.stderr, /cannot be measured here\. Engines run on an NVIDIA GPU/);
  });
});

describe('onnx-trt profile, of profiles captured on an H200', () => {
  test('times of nodes, groups as groups', async () => {
    const { code, stdout, stderr } = await runCommand(
      'profile',
      fixture('transformer-run'),
      fixture('transformer-layers'),
      '--model',
      model,
    );
    assert.equal(code, 0);
    assert.match(stdout, /20 inferences, \d+\.\d per second/);
    assert.match(stdout, /0\.0203 +16\.2 % +q_proj \+ k_proj \+ v_proj +v_proj\+k_proj\+q_proj_myl0_3/);
    assert.match(stdout, /– TensorRT’s own: it works out shapes\. +__mye1351_0_myl0_0/);
    assert.match(stderr, /no layer names q_heads/);
  });

  test('exports are read again and say the same', async () => {
    const [times, layers, trace] = ['times', 'layers', 'trace'].map((name) =>
      path.join(folder, `${name}.json`),
    );
    const written = await runCommand(
      ...[
        'profile',
        fixture('transformer-run'),
        '--export-times',
        times ?? '',
        '--export-profile',
        layers ?? '',
      ],
      ...['--trace', trace ?? ''],
    );
    assert.equal(written.code, 0, written.stderr);
    const json = async (...files: string[]) => {
      const { statistics, layers: list } = JSON.parse(
        (await runCommand('profile', ...files, '--format', 'json')).stdout,
      );
      return { statistics, list };
    };
    assert.deepEqual(await json(times ?? '', layers ?? ''), await json(fixture('transformer-run')));
    assert.equal(JSON.parse(readFileSync(trace ?? '', 'utf8')).displayTimeUnit, 'ms');
  });

  test('layers without times are shown as such', async () => {
    const { code, stdout, stderr } = await runCommand(
      'profile',
      fixture('transformer-layers'),
      '--model',
      model,
    );
    assert.equal(code, 0);
    assert.match(stdout, /v_proj\+k_proj\+q_proj_myl0_3 +gemm +q_proj, k_proj, v_proj/);
    assert.match(stderr, /trtexec writes that with --exportProfile/);
  });

  test('without the model, nodes are those that the engine names', async () => {
    const files = [fixture('transformer-run'), fixture('transformer-layers')];
    const { stdout, stderr } = await runCommand('profile', ...files);
    assert.match(stdout, /16\.2 % +v_proj \+ k_proj \+ q_proj +v_proj\+k_proj\+q_proj_myl0_3/);
    assert.match(stderr, /nodes are those that the engine’s own metadata names/);
    const others = files.flatMap((file) => ['--compare', file]);
    assert.match((await runCommand('profile', ...files, ...others)).stdout, /^ONNX nodes \(ms\)/m);
    // Names alone tell none.
    const bare = await runCommand('profile', fixture('transformer-run'));
    assert.doesNotMatch(bare.stdout + bare.stderr, /metadata names/);
  });

  test('two profiles, by node', async () => {
    const { stdout } = await runCommand(
      ...['profile', fixture('transformer-run'), fixture('transformer-layers'), '--model', model],
      ...['--compare', fixture('transformer-run')],
    );
    assert.match(stdout, /fused otherwise/);
    assert.match(stdout, /– layers that no node accounts for/);
    assert.match(stdout, /0\.125 +0\.125 +±0 \(±0\.0 %\) +all layers/);
    assert.match(
      stdout,
      /^transformer-run\.json \(before\) ↔ transformer-run\.json, transformer-layers\.json \(after\)/,
    );
  });

  test('two profiles, the earlier one in several files, as JSON', async () => {
    const { stdout, code } = await runCommand(
      ...['profile', fixture('transformer-run'), fixture('transformer-layers'), '--model', model],
      ...['--compare', fixture('transformer-run'), '--compare', fixture('transformer-layers')],
      ...['--format', 'json'],
    );
    assert.equal(code, 0);
    const { comparison, nodes } = JSON.parse(stdout);
    assert.ok(nodes.length > 0);
    assert.doesNotMatch(JSON.stringify(comparison.nodes), /fused otherwise/);
    assert.equal(comparison.inferences.rows[0][3], '+0.0 %');
  });

  test('profiles that have nothing in common say so', async () => {
    const times = path.join(folder, 'only-times.json');
    const layers = path.join(folder, 'only-layers.json');
    await runCommand('profile', fixture('layers-run'), '--export-times', times, '--export-profile', layers);
    const { stderr } = await runCommand('profile', times, '--compare', layers);
    assert.match(stderr, /there is nothing to compare/);
  });

  test('a model that the engine is not of is told', async () => {
    const other = path.join(folder, 'layers.onnxtxt');
    writeFileSync(other, nets.layers);
    const { stderr } = await runCommand(
      'profile',
      fixture('transformer-run'),
      fixture('transformer-layers'),
      '--model',
      other,
    );
    assert.match(stderr, /nodes that the engine names are not in the model/);
  });

  test('wrong files and options', async () => {
    assert.match(
      (await runCommand('profile', fixture('transformer-debug'))).stderr,
      /transformer-debug\.json: It is no profile/,
    );
    assert.match((await runCommand('profile', engine, '--shapes', 'x')).stderr, /--shapes takes NAME:VALUE/);
    assert.match(
      (await runCommand('profile', engine, '--iterations', 'many')).stderr,
      /--iterations takes a number, not many/,
    );
    for (const [option, value] of [
      ['iterations', '0'],
      ['streams', '0'],
      ['streams', '1.5'],
      ['use-profile', '0.5'],
    ] as const) {
      const { code, stderr } = await runCommand('profile', engine, `--${option}`, value);
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`--${option} takes a whole number, at least \\d, not ${value}\\.`));
    }
    assert.match(
      (await runCommand('profile', fixture('layers-run'), '--percentile', '')).stderr,
      /--percentile takes/,
    );
  });

  test('a file that cannot be written at its place is told before anything is measured', async () => {
    const nowhere = path.join(folder, 'nowhere', 'times.json');
    const { code, stdout, stderr } = await runCommand(
      ...['profile', fixture('layers-run'), '--export-times', nowhere],
    );
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /times\.json cannot be written: there is no folder .*nowhere/);
  });

  test('times of a hundred thousand inferences are read', async () => {
    const entry =
      '{ "startEnqMs" : 1.25, "endEnqMs" : 1.5, "startH2dMs" : 1.25, "endH2dMs" : 1.25, "startComputeMs" : 1.25, "endComputeMs" : 1.5, "startD2hMs" : 1.5, "endD2hMs" : 1.5 }';
    const file = path.join(folder, 'many.json');
    writeFileSync(file, `[\n${new Array(120_000).fill(entry).join('\n, ')}\n]\n`);
    assert.match((await runCommand('profile', file)).stdout, /120000 inferences/);
    assert.match((await runCommand('profile', engine, model)).stderr, /Only profiles/);
  });
});
