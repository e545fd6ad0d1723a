import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EngineDescription } from '../../../../native-bridge/src/engine-protocol.ts';
import {
  type ContextMemoryTable,
  contextMemoryFormat,
  contextMemoryNotes,
  contextMemorySection,
  readContextMemory,
  runInputs,
  usualShapes,
} from '../../../../server/src/engine/measurements/context-memory.ts';
import { captured } from '../support/models.ts';

const transformer: EngineDescription = JSON.parse(captured('transformer-description'));
const convolutions: EngineDescription = JSON.parse(captured('convolutions-description'));

function table(rows: ContextMemoryTable['rows']): ContextMemoryTable {
  return {
    format: contextMemoryFormat,
    formatVersion: 1,
    engine: '/models/transformer.engine',
    runtime: { product: 'TensorRT', version: '10.6.0' },
    device: { name: 'NVIDIA H200', computeCapability: '9.0' },
    rows,
  };
}

describe('memory of execution contexts', () => {
  test('is asked for min, opt and max of every profile; an engine of fixed shapes once', () => {
    assert.deepEqual(
      usualShapes(transformer).map(({ label, shapes }) => [label, shapes['x']]),
      [
        ['min', [1, 1, 256]],
        ['opt', [2, 64, 256]],
        ['max', [4, 128, 256]],
      ],
    );
    const [only, another] = usualShapes(convolutions);
    assert.equal(another, undefined);
    assert.equal(only?.label, 'min, opt, max');
    assert.deepEqual(runInputs(convolutions, only), {});
    assert.deepEqual(runInputs(transformer, { profile: 0, label: '', shapes: { x: [1, 2, 256] } }), {
      x: { dims: [1, 2, 256] },
    });
  });

  test('shape tensors have values instead of sizes', () => {
    const [x] = transformer.tensors;
    assert.ok(x);
    const description = { ...transformer, tensors: [{ ...x, name: 's', isShapeTensor: true, dims: [2] }] };
    assert.deepEqual(runInputs(description, { profile: 0, label: '', shapes: { s: [3, 4] } }), {
      s: { dims: [2], source: { kind: 'values', values: [3, 4] } },
    });
  });

  test('what the strategies save is said', () => {
    const shapes = { x: [1, 1, 256] };
    const notes = contextMemoryNotes(
      table([
        { profile: 0, label: 'min', shapes, kSTATIC: 900, kON_PROFILE_CHANGE: 400, kUSER_MANAGED: 100 },
        { profile: 1, label: 'max', shapes, kSTATIC: 900, kON_PROFILE_CHANGE: 700, kUSER_MANAGED: 'refused' },
      ]),
    ).join('\n');
    assert.match(notes, /kUSER_MANAGED the smallest of these shapes takes 800 bytes less than kSTATIC/);
    assert.match(notes, /No single profile needs more than 700 bytes/);
    const same = { profile: 0, label: 'opt', shapes, kSTATIC: 5, kON_PROFILE_CHANGE: 5, kUSER_MANAGED: 5 };
    assert.match(contextMemoryNotes(table([same])).join('\n'), /All strategies take the same/);
  });

  test('the table tells profiles apart only where there are several', () => {
    const row = { label: 'min', shapes: { x: [1, 256] }, kSTATIC: 2000, kON_PROFILE_CHANGE: 1000 };
    const one = contextMemorySection(table([{ ...row, profile: 0, kUSER_MANAGED: 'no such shape' }]));
    assert.deepEqual(one.rows, [['min', 'x 1x256', '2.00 kB', '1.00 kB', 'no such shape']]);
    const two = contextMemorySection(table([{ ...row, profile: 1, kUSER_MANAGED: 10 }]));
    assert.equal(two.columns[0], 'Profile');
    assert.equal(two.rows[0]?.[0], '1');
  });

  test('files of it are told from others', () => {
    const written = table([]);
    assert.deepEqual(readContextMemory(JSON.parse(JSON.stringify(written))), written);
    assert.equal(readContextMemory({ format: 'another' }), undefined);
    assert.throws(() => readContextMemory({ ...written, formatVersion: 9 }), /later version/);
    assert.throws(() => readContextMemory({ ...written, rows: undefined }), /damaged/);
    assert.throws(() => readContextMemory({ ...written, rows: [{}] }), /damaged/);
    assert.throws(() => readContextMemory({ ...written, device: undefined }), /damaged/);
  });
});
