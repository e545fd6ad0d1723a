/** Simulation: the command line on the recorded GPU (test/support/recorded-gpu). */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { temporaryFolder } from '../../native-bridge/support/models.ts';
import { type RecordedDistribution, recordedDistribution } from '../../support/recorded-gpu/distribution.mts';
import { writeBuiltEngine } from '../../support/recorded-gpu/engine-file.ts';
import { nets } from '../engine/support/models.ts';

const folder = temporaryFolder();
const engine = path.join(folder, 'transformer.engine');
let recorded: RecordedDistribution;

function onnxTrt(...args: string[]) {
  const { commandLine, environment } = recorded;
  const { status, stdout, stderr } = spawnSync(process.execPath, [commandLine, ...args], {
    env: environment,
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, stdout, stderr };
}

before(async () => {
  recorded = await recordedDistribution(path.join(folder, 'program'));
  const model = path.join(folder, 'transformer.onnxtxt');
  writeFileSync(model, nets.transformer);
  await writeBuiltEngine(engine, { net: 'transformer', flags: ['kREFIT'], debugTensors: [] }, model);
});

describe('the command line where a GPU is (simulated)', () => {
  test('an engine is loaded, and its layers are told with the nodes of the model', () => {
    const { status, stdout, stderr } = onnxTrt('inspect', engine, '--layers');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /NVIDIA H200/);
    assert.match(stdout, /v_proj\+k_proj\+q_proj_myl0_3 +gemm +q_proj, k_proj, v_proj/);
  });

  test('an engine is measured, node by node', () => {
    const { status, stdout, stderr } = onnxTrt('profile', engine, '--export', 'profile.json');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /q_proj \+ k_proj \+ v_proj/);
    assert.ok(readFileSync(path.join(folder, 'profile.json'), 'utf8').includes('H200'));
  });
});
