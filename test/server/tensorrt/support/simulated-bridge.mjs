/**
 * Stands in for the native bridge where a test needs a process that misbehaves at a given moment. What it does is in the folder name
 * of the "library" (at start) and in the model path (at each parse).
 */
import { createReadStream, createWriteStream } from 'node:fs';
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
    version: '0.0.0',
    versionNumber: 0,
    mode: 'cpu-only',
    abiFamily: 'simulated',
    parserFlags: [],
    weaklyTypedNetworks: false,
    loadsInitializers: true,
    pluginCreators: [],
  };
});
connection.onRequest('bridge/parse', async ({ modelPath }) => {
  await behave(modelPath);
  return {
    succeeded: true,
    errors: [],
    log: [{ severity: 'info', message: `${++parses} ${modelPath}` }],
    parseMilliseconds: 1,
  };
});
connection.listen();
connection.onClose(() => process.exit());
