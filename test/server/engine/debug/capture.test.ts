import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DebugCapture, readCapture, writeCapture } from '../../../../server/src/engine/debug/capture.ts';

const whole: DebugCapture = {
  format: 'onnx-tensorrt-tools debug tensors',
  formatVersion: 1,
  engine: { path: '/net.engine', runtime: 'TensorRT 10.6.0', device: 'NVIDIA H200' },
  reference: { name: 'ONNX Runtime 1.30.0' },
  captured: '2026-01-01T00:00:00.000Z',
  precision: 'tf32',
  inputs: [{ name: 'x', type: 'float', dims: [2], file: 'inputs/x.npy' }],
  tensors: [
    {
      name: 'NaN',
      isOutput: true,
      engine: {
        name: 'NaN',
        type: 'double',
        dims: [2],
        file: 'tensorrt/NaN.npy',
        statistics: { count: 2, nan: 2, positiveInfinity: 0, negativeInfinity: 0, zeros: 0 },
      },
      comparison: {
        verdict: 'differs',
        tolerance: { relative: 0.1, absolute: 0 },
        count: 2,
        differing: 1,
        notFinite: 1,
        greatestAbsolute: 1,
        greatestRelative: Number.POSITIVE_INFINITY,
        meanAbsolute: 1,
        first: { index: [0], value: Number.NaN, reference: Number.NEGATIVE_INFINITY },
      },
    },
  ],
  findings: [{ kind: 'divergence', tensor: 'NaN', rightBefore: [], suspects: [], followers: [] }],
  notes: [],
};

describe('the index of captured values', () => {
  test('has numbers that JSON has not, and names that look like them', () => {
    assert.deepEqual(readCapture(writeCapture(whole)), whole);
  });

  test('that is damaged says where', () => {
    const damaged = (change: (index: Record<'inputs' | 'tensors' | 'findings', never[]>) => void) => {
      const index = JSON.parse(writeCapture(whole));
      change(index);
      return () => readCapture(JSON.stringify(index));
    };
    assert.throws(
      damaged(({ tensors }) => delete (tensors[0] ?? assert.fail())['engine']['statistics']),
      /damaged: tensors\[0\]\.engine\.statistics is missing, or nothing that belongs there/,
    );
    assert.throws(
      damaged((index) => Object.assign(index, { inputs: [null] })),
      /damaged: inputs\[0\] is/,
    );
    assert.throws(
      damaged(({ findings }) => Object.assign(findings[0] ?? {}, { suspects: 'relu0' })),
      /damaged: findings\[0\]\.suspects is/,
    );
    assert.throws(() => readCapture('{"format": "another"}'), /This is no index of captured debug tensors/);
  });
});
