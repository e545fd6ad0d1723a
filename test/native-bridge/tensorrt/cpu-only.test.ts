import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { chooseAbi } from '../../../native-bridge/src/abi/families.ts';
import { requireCpuOnlySupport, setCpuOnlyOption } from '../../../native-bridge/src/tensorrt/cpu-only.ts';

const variable = 'TRT_INTERNAL_OPTIONS';
const original = process.env[variable];

beforeEach(() => {
  delete process.env[variable];
});
afterEach(() => {
  if (original === undefined) {
    delete process.env[variable];
  } else {
    process.env[variable] = original;
  }
});

test('TensorRT is asked to do without a GPU, TensorRT for RTX is not', () => {
  setCpuOnlyOption('TensorRT-RTX');
  assert.equal(process.env[variable], undefined);
  setCpuOnlyOption('TensorRT');
  assert.equal(process.env[variable], '--cpu_only=1');
});

test('what the user has set stays, and nothing is said twice', () => {
  process.env[variable] = '--other=2 ';
  setCpuOnlyOption('TensorRT');
  setCpuOnlyOption('TensorRT');
  assert.equal(process.env[variable], '--other=2 --cpu_only=1');
});

test('versions that cannot do without are named before anything is created', () => {
  const require = (major: number, minor: number) =>
    requireCpuOnlySupport(chooseAbi('TensorRT', { major, minor, patch: 0 }, 'linux'), 'there is none');
  assert.throws(() => require(10, 14), {
    name: 'needsGpu',
    message:
      'TensorRT 10.14.0 needs a GPU, and there is none. TensorRT 10.15 and later, and TensorRT for RTX, check models ' +
      'without one.',
  });
  require(10, 15);
  require(11, 0);
  requireCpuOnlySupport(
    chooseAbi('TensorRT-RTX', { major: 1, minor: 7, patch: 1 }, 'linux'),
    'there is none',
  );
});
