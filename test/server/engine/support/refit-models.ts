/** The nets of models.ts with their weights as initializers, in a file beside the text. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileText, nets } from './models.ts';

/** Of the net `convolutions`. */
export const convolutionWeights = {
  w0: [16, 3, 3, 3],
  b0: [16],
  w1: [32, 16, 3, 3],
  b1: [32],
  w2: [10, 32],
} as const;

/**
 * Writes `NAME.onnxtxt` and `NAME.bin` and answers the text's path. Every weight is `value`, or what it answers for its name, which makes
 * models with other weights.
 * `types` and `dims` change single weights, which makes models that an engine does not take.
 */
export function writeConvolutions(
  folder: string,
  name: string,
  value: number | ((weight: string) => number),
  dims: Readonly<Record<string, readonly number[]>> = convolutionWeights,
): string {
  const values: number[] = [];
  const initializers = Object.entries(dims).map(([weight, sizes]) => {
    const count = sizes.reduce((product, size) => product * size, 1);
    const text = `float[${sizes.join(',')}] ${weight} = ["location": "${name}.bin", "offset": "${values.length * 4}", "length": "${count * 4}"]`;
    values.push(...new Array<number>(count).fill(typeof value === 'number' ? value : value(weight)));
    return text;
  });
  writeFileSync(path.join(folder, `${name}.bin`), new Float32Array(values));
  const text = fileText(nets.convolutions)
    .replace(/\(float\[2,3,64,64\] x,[^)]*\)/, '(float[2,3,64,64] x)')
    .replace(
      '(float[2,10] y) {',
      `(float[2,10] y)\n<\n${initializers.map((line) => `  ${line}`).join(',\n')}\n>\n{`,
    );
  const file = path.join(folder, `${name}.onnxtxt`);
  writeFileSync(file, text);
  return file;
}
