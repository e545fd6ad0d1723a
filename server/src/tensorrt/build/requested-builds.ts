/** What there is to build: the builds of a config, or a model by itself. */
import path from 'node:path';
import type { BuildConfig, ConfigFile, ConfigProblem, ResolvedConfig } from '../../build-config/model.ts';
import { problemsOfBuild } from '../../build-config/resolve/problems-of-build.ts';
import { buildOfModel, withEngine } from './without-config.ts';

export interface RequestedBuild {
  readonly build: BuildConfig;
  /** Of the config, as far as they concern this build. With an error among them it is not to be built. */
  readonly problems: readonly ConfigProblem[];
  /** The config's file first, then those that it extends; none for a model by itself. */
  readonly files: readonly ConfigFile[];
}

/** `.onnx`, `.onnxtxt`, `.onnxtext`. */
export function isModelFile(file: string): boolean {
  return /\.(onnx|onnxtxt|onnxtext)$/i.test(file);
}

/** Throws an error for people where a build is named that there is not. */
export function buildsOfConfig(
  config: ResolvedConfig,
  { names, engine }: { readonly names?: readonly string[]; readonly engine?: string } = {},
): RequestedBuild[] {
  const wanted = names ?? [];
  const known = config.builds.map(({ name }) => name);
  const unknown = wanted.find((name) => !known.includes(name));
  const file = path.basename(config.files[0]?.file ?? '');
  if (unknown !== undefined) {
    const there = known.every((name) => name === '')
      ? 'it has a single build, without a name'
      : `there are ${known.join(', ')}`;
    throw new Error(`${file} has no build ${unknown}: ${there}.`);
  }
  const builds = config.builds.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  if (engine !== undefined && builds.length > 1) {
    throw new Error(
      `One engine cannot be that of ${builds.length} builds: ${builds.map(({ name }) => name).join(', ')}. Choose one of them.`,
    );
  }
  return builds.map((build) => ({
    build: engine === undefined ? build : withEngine(build, path.resolve(engine)),
    problems: problemsOfBuild(build, config),
    files: config.files,
  }));
}

export function buildOfModelFile(model: string, engine?: string): RequestedBuild {
  return {
    build: buildOfModel(path.resolve(model), engine && path.resolve(engine)),
    problems: [],
    files: [],
  };
}

/** `detector.trt.yaml · fp16`, `detector.onnx`. */
export function buildTitle(build: BuildConfig): string {
  const file = path.basename(build.file === '' ? (build.get('model')?.value.path ?? '') : build.file);
  return build.name === '' ? file : `${file} · ${build.name}`;
}
