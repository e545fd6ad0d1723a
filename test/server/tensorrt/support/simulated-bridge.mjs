/**
 * Stands in for the native bridge where a test needs a process that misbehaves at a given moment. What it does is in the folder name
 * of the "library" (at start), in the model path (at each parse) and in the engine's name (at each build). An engine of it tells what
 * was asked, and which GPU it would have seen. It never follows a cancellation.
 */
import { createReadStream, createWriteStream, writeFileSync } from 'node:fs';
import path from 'node:path';
import rpc from 'vscode-jsonrpc/node';

const connection = rpc.createMessageConnection(
  createReadStream('', { fd: 0 }),
  createWriteStream('', { fd: 3 }),
);
const behave = async (behaviour) => {
  await connection.sendNotification('bridge/operation', { operation: behaviour });
  if (behaviour.includes('crash')) {
    process.stderr.write('terminate called after throwing an instance of SimulatedError\n');
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(process.pid, 'SIGABRT');
    await new Promise(() => undefined);
  }
  if (behaviour.includes('hang')) await new Promise(() => setInterval(() => undefined, 1000));
  if (behaviour.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 150));
  if (behaviour.includes('refuse')) throw new rpc.ResponseError(3, 'This TensorRT needs a GPU.');
};
let parses = 0;
connection.onRequest('bridge/initialize', async ({ libraries }) => {
  await behave(libraries.infer);
  return {
    protocolVersion: libraries.infer.includes('old-protocol') ? 0 : 1,
    product: 'TensorRT',
    version: libraries.infer.includes('gpu') ? '10.6.0' : '0.0.0',
    versionNumber: 0,
    mode: 'cpu-only',
    abiFamily: 'simulated',
    parserFlags: [],
    weaklyTypedNetworks: false,
    loadsInitializers: true,
    pluginCreators: [],
    ...(libraries.infer.includes('gpu') && {
      device: { name: 'Simulated GPU', computeCapability: '9.0', totalMemory: 1e11 },
    }),
  };
});
connection.onRequest('bridge/build', async (params) => {
  void connection.sendNotification('bridge/buildProgress', { stage: 'building', elapsed: 1, phases: [] });
  await behave(path.basename(params.enginePath));
  const { CUDA_VISIBLE_DEVICES: visible } = process.env;
  const plan = `ftrt${JSON.stringify({ visible, process: process.pid, params })}`;
  writeFileSync(params.enginePath, plan);
  return {
    parserErrors: [],
    log: [],
    engineBytes: plan.length,
    milliseconds: { parsing: 1, configuring: 1, building: 1, writing: 1 },
    phases: [],
    peakMemory: { host: 1 },
    ...(params.timingCachePath && { timingCache: { read: 0, written: 7 } }),
    notes: [],
  };
});
connection.onRequest('bridge/parse', async ({ modelPath }) => {
  await behave(modelPath);
  return {
    succeeded: true,
    errors: [],
    log: [{ severity: 'info', message: `${++parses} ${modelPath}` }],
    pluginProblems: [],
    parseMilliseconds: 1,
  };
});
connection.listen();
connection.onClose(() => process.exit());
