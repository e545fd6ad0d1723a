/** `onnx-trt profile ENGINE`: a run on the GPU. */
import path from 'node:path';
import type { BuildConfig } from '../../build-config/model.ts';
import { enginePath } from '../../build-config/paths.ts';
import type { JoinedProfile } from '../../engine/profile/join.ts';
import { profileOfRun } from '../../engine/profile/profile.ts';
import { writeOwnProfile } from '../../engine/profile/write.ts';
import type { Provenance } from '../../tensorrt/build/provenance.ts';
import {
  inspectEngineFile,
  runtimeForEngine,
  withLoadedEngine,
} from '../../tensorrt/engines/inspect-engine.ts';
import {
  allocationStrategy,
  defaultRunSettings,
  type RunSettings,
  runParams,
  settingsOfConfig,
} from '../../tensorrt/engines/run-settings.ts';
import { Runtimes } from '../../tensorrt/runtimes.ts';
import { onInterrupt } from '../build/interrupt.ts';
import { type Arguments, UsageError } from '../command.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Terminal } from '../terminal.ts';
import { entriesOption, numberOption, shapesOption } from './options.ts';

/** `layerJson` and `own` are to be written as they are. */
export interface MeasuredProfile extends JoinedProfile {
  readonly layerJson: string;
  readonly own: string;
}

/** Throws an error for people. */
export async function measure(name: string, given: Arguments, terminal: Terminal): Promise<MeasuredProfile> {
  const config = /\.(ya?ml|json)$/i.test(name) ? configOf(name, given) : undefined;
  const engine = config ? enginePath(config) : path.resolve(name);
  const settings = withOptions(config ? settingsOfConfig(config) : defaultRunSettings, given);
  const runtimes = new Runtimes();
  const abort = new AbortController();
  const forget = onInterrupt(() => abort.abort(new Error('The run was interrupted.')));
  try {
    const file = await inspectEngineFile(engine, runtimes, { runtime: given.value('runtime') });
    const { compatibility } = file;
    const blocked = compatibility.findings.find(
      ({ answer, about }) => answer === 'no' && about !== 'version',
    );
    if (blocked) throw new Error(`${engine} cannot be measured here. ${blocked.sentence}`);
    const installation = await runtimeForEngine(file, runtimes, given.value('runtime'));
    terminal.progress(`  loading ${engine}`);
    const loading = {
      hostCodeAllowed: given.flag('trust-host-code'),
      pluginLibraries: pluginLibraries(config, file.provenance, given, terminal),
      signal: abort.signal,
    };
    return await withLoadedEngine(engine, installation, loading, async (loaded, client, handle) => {
      const { product, version, device } = loaded.runtime;
      const params = runParams(handle, loaded.description, product === 'TensorRT' ? version : '10', settings);
      terminal.progress(`  running ${path.basename(engine)} on ${device.name}`);
      const result = await client.run(params, { signal: abort.signal });
      for (const note of result.notes) terminal.note(`note: ${note}`);
      const { reason } = result.cudaGraph;
      if (reason !== undefined) terminal.note(`note: no CUDA graph: ${reason}`);
      const model = file.provenance?.model.path;
      const { iterations, layers, cudaGraph, memory, notes } = result;
      return {
        ...profileOfRun(result),
        information: loaded.layers,
        engine,
        layerJson: loaded.layerJson,
        ...(model !== undefined && { model }),
        own: writeOwnProfile({
          engine,
          ...(model !== undefined && { model }),
          runtime: { product, version },
          device: { name: device.name, computeCapability: device.computeCapability },
          iterations,
          layers,
          cudaGraph,
          memory,
          notes,
          layerInformation: loaded.layerJson,
        }),
      };
    });
  } finally {
    forget();
    runtimes.dispose();
  }
}

/**
 * Those of the command line and of the config. ENGINE.json may have come with an engine from anywhere, and a library is code: what it
 * names is told, and not loaded.
 */
export function pluginLibraries(
  config: BuildConfig | undefined,
  provenance: Provenance | undefined,
  given: Arguments,
  terminal: Terminal,
): string[] {
  const named = [
    ...given.values('plugin').map((file) => path.resolve(file)),
    ...[config?.get('staticPlugins'), config?.get('dynamicPlugins')].flatMap(
      (setting) => setting?.value.map(({ value }) => value.path) ?? [],
    ),
  ];
  const missing = (provenance?.request.pluginLibraries ?? []).filter((library) => !named.includes(library));
  if (missing.length > 0) {
    terminal.note(
      `note: the engine was built with plugins that are not loaded unless --plugin names them: ${missing.join(', ')}`,
    );
  }
  return named;
}

export function configOf(name: string, given: Arguments): BuildConfig {
  const { builds } = loadConfig(name);
  const wish = given.value('build');
  const names = builds.map((build) => build.name).join(', ');
  const found = wish === undefined ? builds : builds.filter((build) => build.name === wish);
  const [build, another] = found;
  if (!build) {
    throw new UsageError(
      wish === undefined ? `${name} has no builds.` : `${name} has no build ${wish}; it has ${names}.`,
    );
  }
  if (another) throw new UsageError(`${name} has several builds: choose one with --build (${names}).`);
  return build;
}

/** What the command line says wins over the config. */
function withOptions(base: RunSettings, given: Arguments): RunSettings {
  const strategy = given.value('allocation-strategy');
  const known = strategy === undefined ? base.allocationStrategy : allocationStrategy(strategy);
  if (known === undefined) {
    throw new UsageError(`--allocation-strategy takes static, profile or runtime, not ${strategy}.`);
  }
  const cudaGraph = given.flag('cuda-graph') ? true : given.flag('no-cuda-graph') ? false : base.cudaGraph;
  const transfers = given.flag('transfers') ? true : given.flag('no-transfers') ? false : base.transfers;
  const shapes = shapesOption(given);
  const files = entriesOption(given, 'load-inputs');
  return {
    ...base,
    shapes: new Map([...base.shapes, ...shapes]),
    files: new Map([
      ...base.files,
      ...[...files].map(([input, file]) => [input, path.resolve(file)] as const),
    ]),
    iterations: numberOption(given, 'iterations') ?? base.iterations,
    warmUp: numberOption(given, 'warm-up') ?? base.warmUp,
    duration: numberOption(given, 'duration') ?? base.duration,
    streams: numberOption(given, 'streams') ?? base.streams,
    profile: numberOption(given, 'use-profile') ?? base.profile,
    allocationStrategy: known,
    ...(cudaGraph !== undefined && { cudaGraph }),
    ...(transfers !== undefined && { transfers }),
  };
}
