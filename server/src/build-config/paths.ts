/** Files that a config names. */
import path from 'node:path';
import type { BuildConfig } from './model.ts';

/** A path as it counts in a config file: relative to the folder of that file, where the file has one. */
export function resolvePath(text: string, file: string): string {
  return path.isAbsolute(file) && !path.isAbsolute(text) ? path.join(path.dirname(file), text) : text;
}

/** `detector` of `/models/detector.trt.yaml`. */
export function configName(file: string): string {
  return path.basename(file).replace(/(\.trt)?\.(ya?ml|json)$/i, '');
}

/** The model that is built: the setting, or else the one named as the config is, beside it. */
export function modelPath(build: BuildConfig): string {
  return build.get('model')?.value.path ?? resolvePath(`${configName(build.file)}.onnx`, build.file);
}

/** The plugin libraries that the build loads before it reads the model. */
export function pluginPaths(build: BuildConfig): string[] {
  return [build.get('staticPlugins'), build.get('dynamicPlugins')].flatMap(
    (setting) => setting?.value.map(({ value }) => value.path) ?? [],
  );
}

/** The engine that is written: the setting, or else `MODEL.engine` (`MODEL.BUILD.engine`) beside the config. */
export function enginePath(build: BuildConfig): string {
  const given = build.get('engine')?.value.path;
  if (given !== undefined) return given;
  const model = path.basename(modelPath(build)).replace(/\.(onnx|onnxtxt|onnxtext)$/i, '');
  const name = build.name === '' ? '' : `.${build.name}`;
  return resolvePath(`${model}${name}.engine`, build.file);
}
