import { describe, test } from 'node:test';
import { check } from './fixture.ts';

const model = 'g (float[2] x) => (float[2] y) { [relu] y = Relu (x) }';

describe('one cause is told of once', () => {
  test('of a key that a version lacks, only that', () => {
    const config = `
layerPrecisions: { conv: fp16 }
#^^^^^^^^^^^^^^ config.version: TensorRT 11.1 has no
`;
    check(config, { model, runtime: { product: 'TensorRT', version: '11.1' } });
    check(
      `
accuracyThreshold: 1
#^^^^^^^^^^^^^^^^ config.version: TensorRT 10.6 has no
`,
      { model, runtime: { product: 'TensorRT', version: '10.6' } },
    );
  });

  test('where the version has it, its value is checked', () => {
    check(
      `
accuracyThreshold: 1
#^^^^^^^^^^^^^^^^ config.needs: loadRefOutputs
`,
      { model, runtime: { product: 'TensorRT', version: '11.1' } },
    );
  });
});
