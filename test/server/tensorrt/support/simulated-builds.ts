/** A queue whose TensorRT is the simulated bridge, with a GPU that is not there. What builds do is in their engines' names. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BridgeProcess, startBridgeProcess } from '../../../../native-bridge/src/client-transport.ts';
import { parseBuildConfig } from '../../../../server/src/build-config/parse.ts';
import { resolveBuildConfig } from '../../../../server/src/build-config/resolve/resolve.ts';
import { readTextFile } from '../../../../server/src/node/read-text-file.ts';
import { BridgeClient } from '../../../../server/src/tensorrt/bridge/bridge-client.ts';
import {
  type BuildEvent,
  BuildQueue,
  type QueuedBuild,
} from '../../../../server/src/tensorrt/build/queue.ts';
import { buildsOfConfig } from '../../../../server/src/tensorrt/build/requested-builds.ts';

const bridgeScript = fileURLToPath(new URL('simulated-bridge.mjs', import.meta.url));

export interface SimulationOptions {
  readonly userData: string;
  readonly cancelGrace?: number;
  /** Milliseconds that a killed process takes to be gone, as one does that holds a GPU. */
  readonly dyingTakes?: number;
  readonly onEvent?: (build: QueuedBuild, event: BuildEvent) => void;
}

export function simulatedBuilds({
  userData,
  cancelGrace = 200,
  dyingTakes = 0,
  onEvent = () => undefined,
}: SimulationOptions) {
  const libraries = { infer: '/gpu/libnvinfer.so', onnxParser: '/gpu/libnvonnxparser.so' };
  const endings: (() => void)[] = [];
  const bridges = new Map<string | undefined, BridgeClient>();
  const bridgeOf = (device: string | undefined): BridgeClient => {
    const known = bridges.get(device);
    if (known) return known;
    const made = new BridgeClient(libraries, {
      displayName: 'TensorRT 0.0.0',
      launch: () => {
        const env = { ...process.env, ...(device !== undefined && { CUDA_VISIBLE_DEVICES: device }) };
        const bridge = startBridgeProcess({ bridgeScript, execPath: process.execPath, env });
        endings.push(dieSlowly(bridge, dyingTakes));
        return bridge;
      },
    });
    bridges.set(device, made);
    return made;
  };
  const queue = new BuildQueue({
    runtimeFor: async () => ({
      runtimes: { buildBridgeOf: (_, device) => bridgeOf(device) },
      installation: {
        id: 'simulated',
        product: 'TensorRT',
        version: '10.6.0',
        directory: '/gpu',
        origin: 'setting',
        libraries,
      },
    }),
    loadsLibraries: () => true,
    userData,
    cancelGrace,
    onEvent,
  });
  return {
    queue,
    /** Puts all builds of a config into the queue. */
    add: (config: string, force = false): QueuedBuild[] => {
      const file = path.resolve(config);
      const resolved = resolveBuildConfig(parseBuildConfig(readTextFile(file), file), readTextFile);
      return buildsOfConfig(resolved).map((request) => queue.add(request, { force, isChecked: false }));
    },
    dispose: () => {
      for (const bridge of bridges.values()) bridge.dispose();
      for (const end of endings) end();
    },
  };
}

/** Answers what ends it at once. */
function dieSlowly({ process: child }: BridgeProcess, milliseconds: number): () => void {
  const kill = child.kill.bind(child);
  let timer: NodeJS.Timeout | undefined;
  child.kill = (signal) => {
    timer = setTimeout(() => kill(signal), milliseconds);
    return true;
  };
  return () => {
    clearTimeout(timer);
    kill('SIGKILL');
  };
}
