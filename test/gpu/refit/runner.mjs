/** An engine run by the native bridge, without any package: JSON-RPC over its pipes (native-bridge/src/client-transport.ts). */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

/** As native-bridge/src/protocol.ts has it; a bridge of another one says so. */
const protocolVersion = 1;

export function startRunner(script, tensorrt) {
  const library = (stem) => {
    const name = readdirSync(tensorrt).find((file) => file.startsWith(`${stem}.so`));
    if (!name) throw new Error(`${tensorrt} has no ${stem}.`);
    return path.join(tensorrt, name);
  };
  const child = spawn(process.execPath, [script], {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: [tensorrt, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    },
  });
  let words = '';
  child.stderr.on('data', (data) => {
    words = (words + data).slice(-500);
  });
  const waiting = new Map();
  child.once('close', (code, signal) => {
    for (const { reject } of waiting.values())
      reject(new Error(`The bridge ended (${signal ?? code}). ${words}`));
  });
  child.stdin.on('error', () => undefined);
  readMessages(child.stdio[3], ({ id, result, error }) => {
    const request = waiting.get(id);
    waiting.delete(id);
    if (error) request?.reject(new Error(error.message));
    else request?.resolve(result);
  });
  let next = 0;
  const request = (method, params) =>
    new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve, reject });
      const text = JSON.stringify({ jsonrpc: '2.0', id, method, params });
      child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    });
  const ready = request('bridge/initializeRuntime', { protocolVersion, infer: library('libnvinfer') });
  return {
    /** The file with the values of the output `y`. */
    outputOf: async (enginePath, inputs, outputDirectory) => {
      await ready;
      const { engine } = await request('engine/open', {
        enginePath,
        pluginLibraries: [],
        hostCodeAllowed: false,
      });
      const { outputs } = await request('engine/run', {
        engine,
        inputs,
        profile: 0,
        allocationStrategy: 'kSTATIC',
        timing: { warmUp: 0, iterations: 1, duration: 0, streams: 1, cudaGraph: false, transfers: true },
        profileLayers: false,
        outputDirectory,
      });
      const output = outputs.find(({ name }) => name === 'y');
      if (!output) throw new Error(`${enginePath} has no output y.`);
      return output.path;
    },
    end: () => child.kill('SIGKILL'),
  };
}

/** Messages with their length before them, in pieces of any size. */
function readMessages(stream, onMessage) {
  let buffer = Buffer.alloc(0);
  stream.on('data', (data) => {
    buffer = Buffer.concat([buffer, data]);
    for (;;) {
      const head = buffer.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, head).toString())?.[1]);
      const end = head + 4 + length;
      if (buffer.length < end) return;
      const message = JSON.parse(buffer.subarray(head + 4, end).toString());
      buffer = buffer.subarray(end);
      // Notifications are of no interest.
      if ('id' in message && !('method' in message)) onMessage(message);
    }
  });
}
