/** A build as command lines, to see its failure again without an editor. */
import path from 'node:path';
import type { InitializeResult } from '../../../../../native-bridge/src/protocol.ts';
import type { BuildConfig } from '../../../build-config/model.ts';
import { modelPath } from '../../../build-config/paths.ts';
import { shellLine } from '../../../build-config/trtexec/shells.ts';
import { commandLineTool, toTrtexec } from '../../../build-config/trtexec/to-trtexec.ts';
import { isTextFile } from '../../../node/load-model.ts';

/** For a POSIX shell: ours first, NVIDIA's own program second, which a report to NVIDIA wants. */
export function reproduction(
  build: BuildConfig,
  { product, version }: Pick<InitializeResult, 'product' | 'version'>,
): readonly string[] {
  const own =
    build.file === ''
      ? ['onnx-trt', 'build', modelPath(build)]
      : ['onnx-trt', 'build', build.file, ...(build.name === '' ? [] : ['--build', build.name])];
  const tool = commandLineTool(product, version);
  const { args } = toTrtexec(build, { version: tool.version });
  const model = modelPath(build);
  const folder = path.dirname(build.file === '' ? model : build.file);
  const steps = [
    ['cd', folder],
    ...(isTextFile(model) ? [['onnx-trt', 'encode', path.relative(folder, model), '-o', onnxOf(args)]] : []),
    [tool.program, ...args],
  ];
  return [commandLine([...own, '--force']), steps.map(commandLine).join(' && ')];
}

/** The binary model that trtexec is given for a text. */
function onnxOf(args: readonly string[]): string {
  return args.find((arg) => arg.startsWith('--onnx='))?.slice('--onnx='.length) ?? 'model.onnx';
}

function commandLine(words: readonly string[]): string {
  return shellLine(words, 'posix');
}
