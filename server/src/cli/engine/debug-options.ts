/** Options of `onnx-trt debug` that would have no effect on what is asked for: said, not passed over. */
import { isModelFile } from '../../tensorrt/build/requested-builds.ts';
import { type Arguments, UsageError } from '../command.ts';

const ofBuilds = ['mark', 'max-builds'];
const ofEngines = ['runtime', 'unfused', ...ofBuilds, 'plugin', 'trust-host-code'];
const ofRuns = ['no-engine', 'tensors', 'shapes', 'load-inputs', 'use-profile', 'build', 'output'];

/** Throws a UsageError. */
export function refuseForCapture(given: Arguments): void {
  refuse(given, [...ofEngines, ...ofRuns], 'A capture is shown and compared again; nothing is run, and');
}

/** Throws a UsageError. */
export function refuseForRun(name: string, given: Arguments): void {
  const isConfig = /\.(ya?ml|json)$/i.test(name);
  if (isModelFile(name)) refuse(given, ['build'], `${name} is a model, not a build config;`);
  if (given.flag('no-engine')) {
    refuse(given, ofEngines, 'With --no-engine, ONNX Runtime runs the model, without TensorRT;');
    // The profile of a config says which shapes are usual.
    if (!isConfig) refuse(given, ['use-profile'], `With --no-engine, ${name} has no profiles;`);
  } else if (!isConfig && !isModelFile(name)) {
    refuse(given, ['build', ...ofBuilds], `${name} is an engine, and not built again;`);
  }
}

function refuse(given: Arguments, options: readonly string[], reason: string): void {
  const present = options.filter((name) => given.flag(name) || given.values(name).length > 0);
  if (present.length === 0) return;
  const names = present.map((name) => `--${name}`).join(', ');
  throw new UsageError(
    `${reason} ${names} would have no effect. Leave ${present.length === 1 ? 'it' : 'them'} out.`,
  );
}
