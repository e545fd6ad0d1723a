/** Builds that follow from something else than a config's text. */
import path from 'node:path';
import type { ConfigKey } from '../../build-config/flags/index.ts';
import type { BuildConfig, Origin, PathValue, Setting } from '../../build-config/model.ts';

/** A model with TensorRT's defaults; the engine lies beside it where no other place is given. All paths absolute. */
export function buildOfModel(model: string, engine?: string): BuildConfig {
  const beside = `${model.replace(/\.(onnx|onnxtxt|onnxtext)$/i, '')}.engine`;
  const empty: BuildConfig = {
    name: '',
    file: '',
    origin: originIn(''),
    axes: {},
    keys: [],
    get: () => undefined,
    unknownFlags: [],
  };
  return withPath(withPath(empty, 'model', model), 'engine', engine ?? beside);
}

/** The same build with another engine. */
export function withEngine(build: BuildConfig, engine: string): BuildConfig {
  return withPath(build, 'engine', engine);
}

/** The same build of another model. */
export function withModel(build: BuildConfig, model: string): BuildConfig {
  return withPath(build, 'model', model);
}

function withPath(build: BuildConfig, key: 'model' | 'engine', file: string): BuildConfig {
  const origin = originIn(build.file);
  const setting: Setting<PathValue> = {
    value: { text: file, path: path.resolve(file) },
    origin,
    keyOrigin: origin,
  };
  const get = (asked: ConfigKey) => (asked === key ? setting : build.get(asked));
  return {
    ...build,
    keys: build.keys.includes(key) ? build.keys : [...build.keys, key],
    // What is stored under each key is what the key's type says.
    get: get as BuildConfig['get'],
  };
}

function originIn(file: string): Origin {
  const start = { line: 0, character: 0 };
  return { file, range: { start, end: start } };
}
