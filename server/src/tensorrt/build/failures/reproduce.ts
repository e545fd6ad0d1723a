/** A build as command lines, to see its failure again without an editor. */
import path from 'node:path';
import type { InitializeResult } from '../../../../../native-bridge/src/protocol.ts';
import type { BuildConfig } from '../../../build-config/model.ts';
import { modelPath } from '../../../build-config/paths.ts';
import { toTrtexec, trtexecLine } from '../../../build-config/trtexec/to-trtexec.ts';
import { quoteWord } from '../../../build-config/trtexec/words.ts';

/** For a POSIX shell: ours first, NVIDIA's own program second, which a report to NVIDIA wants. */
export function reproduction(
  build: BuildConfig,
  { product, version }: Pick<InitializeResult, 'product' | 'version'>,
): readonly string[] {
  const own =
    build.file === ''
      ? ['onnx-trt', 'build', modelPath(build)]
      : ['onnx-trt', 'build', build.file, ...(build.name === '' ? [] : ['--build', build.name])];
  const isRtx = product === 'TensorRT-RTX';
  const made = toTrtexec(build, { version: isRtx ? '11.1' : version });
  const folder = path.dirname(build.file === '' ? modelPath(build) : build.file);
  const theirs = trtexecLine(made, isRtx ? 'tensorrt_rtx' : 'trtexec');
  return [[...own, '--force'].map(quoteWord).join(' '), `cd ${quoteWord(folder)} && ${theirs}`];
}
