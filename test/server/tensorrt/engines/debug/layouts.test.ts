import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebugTensor } from '../../../../../server/src/engine/debug/capture.ts';
import { inRowMajorOrder } from '../../../../../server/src/tensorrt/engines/debug/layouts.ts';

test('a tensor that is too large for its format to be looked for is told, where it has nothing to do with the reference', async () => {
  const statistics = { count: 2 ** 25, nan: 0, positiveInfinity: 0, negativeInfinity: 0, zeros: 0 };
  const tensor = (name: string, cosine: number): DebugTensor => {
    const values = { name, type: 'float16', dims: [2, 64, 512, 512], file: `${name}.npy`, statistics };
    return {
      name,
      isOutput: false,
      engine: values,
      reference: values,
      comparison: {
        verdict: 'differs',
        tolerance: { relative: 0, absolute: 0 },
        count: 2 ** 25,
        differing: 1,
        notFinite: 0,
        greatestAbsolute: 1,
        greatestRelative: 1,
        meanAbsolute: 1,
        cosine,
      },
    };
  };
  // Their files are not there: nothing is read of them.
  const { notes, rearranged } = await inRowMajorOrder([tensor('c0', 0.1), tensor('c1', 0.999)], '/nowhere');
  assert.deepEqual(rearranged, []);
  assert.equal(notes.length, 1);
  assert.match(notes[0] ?? '', /^c0: too large to look for the format/);
});
