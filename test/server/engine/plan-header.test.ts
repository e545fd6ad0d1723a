import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readPlanHeader } from '../../../server/src/engine/plan-header.ts';
import type { ByteSource } from '../../../server/src/onnx/model/file-access.ts';

function source(bytes: Uint8Array): ByteSource {
  return {
    path: '/engine',
    size: bytes.length,
    read: (offset, length) => {
      if (offset + length > bytes.length) throw new RangeError('past the end');
      return bytes.slice(offset, offset + length);
    },
    close: () => undefined,
  };
}

/** The beginning of a plan that TensorRT for RTX 1.7.1 built for compute capability 8.9, and zeros up to its size. */
function rtxPlan(): Uint8Array {
  const bytes = new Uint8Array(265852);
  const beginning =
    '7674727400000000 0200000000000000 7c0e040000000000 0107017476747274 0800000000000000 0000000000000000 0000000000000000 3001000000000000' +
    '4e474e4500000000 7000000000000000 d80c040000000000 5448475700000000 480d040000000000 3001000000000000 7074727464000000';
  bytes.set(Buffer.from(beginning.replaceAll(' ', ''), 'hex'));
  return bytes;
}

/** As Ultralytics exports an engine: the length of a JSON object, the object, the plan. */
function withMetadata(plan: Uint8Array | string): Uint8Array {
  const metadata = Buffer.from(JSON.stringify({ task: 'detect', names: 'person '.repeat(200) }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(metadata.length);
  return Buffer.concat([length, metadata, Buffer.from(plan)]);
}

function header(bytes: Uint8Array) {
  const reading = readPlanHeader(source(bytes));
  assert.equal(reading.kind, 'plan');
  return reading.kind === 'plan' ? reading.header : assert.fail();
}

function reason(bytes: Uint8Array | string): string {
  const reading = readPlanHeader(source(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes));
  return reading.kind === 'not-a-plan' ? reading.reason : assert.fail('it is taken for a plan');
}

describe('the header of an engine file', () => {
  test('a plan of TensorRT for RTX: builder, sizes, sections and GPUs', () => {
    assert.deepEqual(header(rtxPlan()), {
      product: 'TensorRT-RTX',
      serializationVersion: 0,
      version: '1.7.1',
      build: 116,
      fileBytes: 265852,
      planBytes: 265852,
      sections: [
        { name: 'engine', offset: 112, bytes: 265432 },
        { name: 'weights', offset: 265544, bytes: 304 },
      ],
      targets: { computeCapabilities: ['8.9'], andLater: false },
    });
  });

  test('the default of TensorRT for RTX is Ampere and all that came later', () => {
    const plan = rtxPlan();
    plan[32] = 0x7e;
    assert.deepEqual(header(plan).targets, {
      computeCapabilities: ['8.0', '8.6', '8.9', '12.0', '12.1'],
      andLater: true,
    });
  });

  test('GPUs of which nothing is known are not guessed', () => {
    const plan = rtxPlan();
    plan[33] = 1;
    assert.equal(header(plan).targets, undefined);
  });

  test('a plan of TensorRT tells its builder, also where no more than that can be read', () => {
    const bytes = new Uint8Array(28);
    bytes.set(Buffer.from('ftrt'));
    bytes.set([10, 6, 0, 26], 24);
    assert.deepEqual(header(bytes), {
      product: 'TensorRT',
      serializationVersion: 0,
      version: '10.6.0',
      build: 26,
      fileBytes: 28,
      sections: [],
    });
  });

  test('a table that does not fit is not believed', () => {
    const plan = rtxPlan();
    plan[72] = 0x10;
    assert.deepEqual(header(plan).sections, []);
    assert.equal(header(plan).planBytes, undefined);
  });

  test('a file that was cut off says more bytes than it has', () => {
    const { fileBytes, planBytes } = header(rtxPlan().subarray(0, 1000));
    assert.deepEqual([fileBytes, planBytes], [1000, 265852]);
    for (const bytes of [30, 70, 111]) {
      assert.equal(header(rtxPlan().subarray(0, bytes)).planBytes, 265852, `${bytes} bytes of it`);
    }
  });

  test('what is no engine is told by what it seems to be', () => {
    assert.match(reason(''), /empty/);
    assert.match(reason('ftrt\0\0\0\0'), /cut off/);
    assert.match(reason('vtrt\0\0\0\0'), /an engine of TensorRT for RTX does, and ends after 8 bytes/);
    const exported = withMetadata(rtxPlan());
    assert.match(
      reason(exported),
      new RegExp(
        `TensorRT for RTX with ${exported.length - 265852} bytes of metadata before it.*tail -c \\+${exported.length - 265852 + 1} `,
      ),
    );
    assert.match(reason(withMetadata('no plan')), /begin with `ftrt` or `vtrt`/);
    assert.match(reason('\u00ff\u00ff\u00ff\u00ff{"a":1}'), /begin with `ftrt` or `vtrt`/);
    assert.match(reason('version https://git-lfs.github.com/spec/v1\noid sha256:12'), /git lfs pull/);
    assert.match(reason('\u0008\u0008\u0012\u0007pytorch'), /ONNX model/);
    assert.match(reason('\u001f\u008b\u0008\0'), /gzip/);
    assert.match(reason('PK\u0003\u0004'), /ZIP/);
    assert.match(reason('{"Layers": []}'), /text/);
    assert.match(reason('ptrt\0\0\0\0'), /old TensorRT/);
    assert.match(reason('MZ\u0090\0'), /begin with `ftrt` or `vtrt`, this file with the bytes 4d 5a 90 00/);
  });
});
