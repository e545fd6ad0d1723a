import { displayName, isUsable } from '../tensorrt/installations/installation.ts';
import { rtxWheel } from '../tensorrt/rtx-package.ts';
import { NoRuntimeError, type Runtime, Runtimes, type StartOptions } from '../tensorrt/runtimes.ts';
import { pluginsOf } from './check-plugins.ts';
import type { Arguments, Option } from './command.ts';
import { installWithProgress } from './install.ts';
import type { Terminal } from './terminal.ts';

/** Options of all commands that need a TensorRT. */
export const runtimeOptions: Readonly<Record<string, Option>> = {
  runtime: {
    short: 'r',
    value: 'ID|DIR',
    multiple: true,
    help: 'The TensorRT to ask: an id of `onnx-trt runtimes`, or a folder; may be repeated.',
  },
  'no-install': { help: 'Never install TensorRT for RTX (as does ONNX_TRT_NO_INSTALL=1).' },
};

export interface Starting {
  /** The runtimes that were asked for, started once. Rejects with an error for people when none can be had. */
  runtimes(): Promise<readonly Runtime[]>;
  /** Whether one that was asked for by name could not be started. */
  failed(): boolean;
  dispose(): void;
}

/** Starts nothing before `runtimes` is called: a wrong file name needs no TensorRT. Checks load the plugins of `--plugin`. */
export function startRuntimes(given: Arguments, terminal: Terminal): Starting {
  const all = new Runtimes();
  const options = { plugins: pluginsOf(given) };
  let failed = false;
  let started: Promise<readonly Runtime[]> | undefined;
  const start = async (): Promise<readonly Runtime[]> => {
    terminal.progress('  starting TensorRT');
    const wishes = given.values('runtime');
    if (wishes.length > 0) {
      const found: Runtime[] = [];
      for (const wish of wishes) {
        try {
          found.push(await all.startNamed(wish, options));
        } catch (error) {
          if (wishes.length === 1) throw error;
          failed = true;
          terminal.note(`error: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      if (found.length === 0) throw new Error('None of the runtimes can be used.');
      return found;
    }
    if (given.flag('all-runtimes')) return await startAll(all, given, terminal, options);
    return [await startBest(all, given, terminal, options)];
  };
  return {
    runtimes: () => {
      started ??= start();
      return started;
    },
    failed: () => failed,
    dispose: () => all.dispose(),
  };
}

/** Every installation that runs here; the others are noted with the reason. */
async function startAll(
  all: Runtimes,
  given: Arguments,
  terminal: Terminal,
  options: StartOptions,
): Promise<readonly Runtime[]> {
  const { installations } = await all.find();
  const found: Runtime[] = [];
  for (const installation of installations) {
    try {
      if (!isUsable(installation)) throw new Error(installation.unusable);
      found.push(await all.start(installation, options));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      terminal.note(`note: ${displayName(installation)} in ${installation.directory} is left out: ${reason}`);
    }
  }
  return found.length > 0 ? found : [await startBest(all, given, terminal, options)];
}

async function startBest(
  all: Runtimes,
  given: Arguments,
  terminal: Terminal,
  options: StartOptions,
): Promise<Runtime> {
  try {
    const { runtime, passedOver } = await all.startBest(options);
    for (const { installation, reason } of passedOver) {
      terminal.note(`note: ${displayName(installation)} in ${installation.directory} is not used: ${reason}`);
    }
    return runtime;
  } catch (error) {
    if (!(error instanceof NoRuntimeError)) throw error;
    const { ONNX_TRT_NO_INSTALL: noInstall } = process.env;
    if (given.flag('no-install') || (noInstall && noInstall !== '0')) {
      throw new Error(
        `${error.message} Give a folder with --runtime DIR, or install TensorRT for RTX: onnx-trt runtimes install rtx.`,
      );
    }
    const wheel = rtxWheel();
    if (typeof wheel === 'string') throw new Error(`${error.message} ${wheel}`);
    terminal.note(error.message);
    await installWithProgress(terminal);
    await all.find(true);
    return (await all.startBest(options)).runtime;
  }
}
