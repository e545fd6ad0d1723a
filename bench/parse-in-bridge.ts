/** The bridge alone: a whole model file, nothing elided, parsed by TensorRT. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startBridgeProcess } from '../native-bridge/src/client-transport.ts';
import { InitializeRequest, ParseRequest, protocolVersion } from '../native-bridge/src/protocol.ts';

/** Milliseconds of each of `times` parses, measured where the request is made; the first, which warms up, is left out. */
export async function parseInBridge(
  runtimeFolder: string,
  modelPath: string,
  times: number,
): Promise<number[]> {
  const bridge = startBridgeProcess({
    bridgeScript: fileURLToPath(new URL('../dist/native-bridge.js', import.meta.url)),
    execPath: process.execPath,
    env: process.env,
  });
  const library = (name: RegExp): string => {
    const file = readdirSync(runtimeFolder).find((entry) => name.test(entry));
    if (file === undefined) throw new Error(`${runtimeFolder} holds no ${name}.`);
    return path.join(runtimeFolder, file);
  };
  try {
    const libraries = {
      infer: library(/^libtensorrt_rtx\.so/),
      onnxParser: library(/^libtensorrt_onnxparser_rtx\.so/),
    };
    await bridge.connection.sendRequest(InitializeRequest, { protocolVersion, libraries });
    const milliseconds: number[] = [];
    for (let time = 0; time <= times; time += 1) {
      const start = performance.now();
      const result = await bridge.connection.sendRequest(ParseRequest, {
        modelPath,
        zeroInitializers: [],
        parserFlags: [],
        stronglyTyped: true,
        pluginLibraries: [],
        walkNetwork: false,
      });
      if (!result.succeeded) throw new Error(`TensorRT refused ${modelPath}.`);
      if (time > 0) milliseconds.push(performance.now() - start);
      // The bridge answers before it deletes the network, and so does the peer's time end before.
      await setTimeout(300);
    }
    return milliseconds;
  } finally {
    bridge.process.kill();
  }
}
