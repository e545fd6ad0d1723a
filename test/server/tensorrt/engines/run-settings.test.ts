import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { EngineDescription } from '../../../../native-bridge/src/engine-protocol.ts';
import { parseBuildConfig } from '../../../../server/src/build-config/parse.ts';
import { resolveBuildConfig } from '../../../../server/src/build-config/resolve/resolve.ts';
import {
  defaultRunSettings,
  type RunSettings,
  runParams,
  settingsOfConfig,
} from '../../../../server/src/tensorrt/engines/run-settings.ts';
import { temporaryFolder } from '../../../native-bridge/support/models.ts';
import { captured } from '../../engine/support/models.ts';
import { npy } from '../../engine/support/npy.ts';

const transformer: EngineDescription = JSON.parse(captured('transformer-description'));
const convolutions: EngineDescription = JSON.parse(captured('convolutions-description'));

function params(settings: Partial<RunSettings>, description = transformer, version = '10.6.0') {
  return runParams(7, description, version, { ...defaultRunSettings, ...settings });
}

describe('how an engine is run for a profile', () => {
  test('inputs have the profile’s usual shape and random values, fixed ones none to be set', () => {
    const opt = transformer.tensors[0]?.profiles?.[0]?.opt;
    assert.deepEqual(params({}).inputs, { x: { dims: opt, source: { kind: 'random', seed: 0 } } });
    assert.deepEqual(params({}, convolutions).inputs, { x: { source: { kind: 'random', seed: 0 } } });
  });

  test('shapes and files are taken by name, a star included', () => {
    const file = `${temporaryFolder()}/x.raw`;
    writeFileSync(file, new Uint8Array(12));
    const { inputs } = params({ shapes: new Map([['*', [2, 8, 256]]]), files: new Map([['x', file]]) });
    assert.deepEqual(inputs, {
      x: { dims: [2, 8, 256], source: { kind: 'file', path: file, offset: 0, byteLength: 12 } },
    });
  });

  test('a .npy file tells the shape, which another one given must equal', () => {
    const file = `${temporaryFolder()}/x.npy`;
    writeFileSync(file, npy({ shape: '(1, 2, 256)', values: new Uint8Array(2048) }));
    const files = new Map([['x', file]]);
    assert.deepEqual(params({ files }).inputs['x']?.dims, [1, 2, 256]);
    assert.throws(
      () => params({ files, shapes: new Map([['x', [2, 2, 256]]]) }),
      /2x2x256 by --shapes, but 1x2x256 in .*leave --shapes out/,
    );
  });

  test('what is measured follows trtexec of the engine’s version, unless it is said', () => {
    const timing = (version: string, settings: Partial<RunSettings> = {}) => {
      const { cudaGraph, transfers } = params(settings, transformer, version).timing;
      return { cudaGraph, transfers };
    };
    assert.deepEqual(timing('10.6.0'), { cudaGraph: false, transfers: true });
    assert.deepEqual(timing('11.2.1'), { cudaGraph: true, transfers: false });
    assert.deepEqual(timing('11.2.1', { cudaGraph: false, transfers: true }), {
      cudaGraph: false,
      transfers: true,
    });
  });

  test('what the engine does not have is told before anything runs', () => {
    assert.throws(() => params({ shapes: new Map([['z', [1]]]) }), /has no input z; it has x/);
    assert.throws(() => params({ profile: 3 }), /no optimization profile 3; it has 1/);
    assert.throws(
      () => params({ shapes: new Map([['x', [1, 3, 4, 4]]]) }, convolutions),
      /fixed shape 2x3x64x64, not 1x3x4x4/,
    );
    assert.throws(() => params({ files: new Map([['x', '/nowhere/x']]) }), /does not exist/);
    assert.throws(() => params({ weightStreamingBudget: { kind: 'automatic' } }), /allowWeightStreaming/);
    assert.throws(() => params({ duration: -1 }), /has an end/);
  });

  test('shares of streamable weights become bytes', () => {
    const streamed = { ...transformer, weights: { streamable: 1000, automaticBudget: 300 } };
    const budget = (wish: RunSettings['weightStreamingBudget']) =>
      params({ ...(wish && { weightStreamingBudget: wish }) }, streamed).weightStreamingBudget;
    assert.equal(budget({ kind: 'percent', percent: 25 }), 250);
    assert.equal(budget({ kind: 'automatic' }), 300);
    assert.equal(budget({ kind: 'off' }), undefined);
    assert.equal(budget(undefined), undefined);
  });

  test('values of a shape tensor are the profile’s, or those that are given', () => {
    const description: EngineDescription = {
      ...convolutions,
      tensors: [
        {
          name: 'shape',
          mode: 'input',
          type: 'kINT64',
          dims: [2],
          location: 'kHOST',
          isShapeTensor: true,
          formats: [],
          profiles: [{ min: [1, 1], opt: [4, 4], max: [9, 9] }],
        },
      ],
    };
    assert.deepEqual(params({}, description).inputs['shape'], {
      dims: [2],
      source: { kind: 'values', values: [4, 4] },
    });
    assert.deepEqual(params({ shapes: new Map([['shape', [2, 3]]]) }, description).inputs['shape']?.source, {
      kind: 'values',
      values: [2, 3],
    });
  });

  test('a build config says it with its inference keys', () => {
    const text =
      'model: m.onnx\nshapes: { x: [2, 8, 256] }\niterations: 50\nwarmUp: 10\nuseCudaGraph: true\nnoDataTransfers: true\ninfStreams: 2\nallocationStrategy: runtime\n';
    const [build] = resolveBuildConfig(parseBuildConfig(text, '/models/m.trt.yaml'), () => '').builds;
    assert.ok(build);
    const settings = settingsOfConfig(build);
    assert.deepEqual([...settings.shapes], [['x', [2, 8, 256]]]);
    assert.deepEqual(
      [settings.iterations, settings.warmUp, settings.duration, settings.streams],
      [50, 10, 3, 2],
    );
    assert.deepEqual(
      [settings.cudaGraph, settings.transfers, settings.allocationStrategy],
      [true, false, 'kUSER_MANAGED'],
    );
  });
});
