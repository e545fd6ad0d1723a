/**
 * An editor that will be killed: starts a server, opens a big document, and then asks and types without end. Prints the server's
 * process id when the server is at work.        usage: killed-editor.mts stdio|ipc ours|other
 */
import { fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';

const [transport, kind] = process.argv.slice(2);
const entry = fileURLToPath(new URL('../../../server/src/lsp/entry.ts', import.meta.url));
const uri = 'file:///big.onnxtxt';
const nodes = Array.from({ length: 20_000 }, (_, index) => `  x${index + 1} = Relu (x${index})`);
const text = `<ir_version: 9, opset_import: ["" : 17]>
g (float[N,4] x0) => (float[N,4] x${nodes.length}) {
${nodes.join('\n')}
}
`;

const { connection, processId } = transport === 'ipc' ? overIpc() : overPipes();
connection.onRequest('workspace/configuration', ({ items }: { items: readonly unknown[] }) =>
  items.map(() => ({ check: { automatically: false } })),
);
connection.onRequest(() => null);
let published = false;
let version = 1;
connection.onNotification('textDocument/publishDiagnostics', () => {
  if (published) return;
  published = true;
  process.stdout.write(`${processId}\n`);
  setInterval(askAndType, 300);
});
connection.listen();
await connection.sendRequest('initialize', {
  processId: process.pid,
  rootUri: null,
  capabilities: { workspace: { configuration: true } },
  ...(kind === 'ours' && { initializationOptions: { workspaceTrusted: true } }),
});
await connection.sendNotification('initialized', {});
await connection.sendNotification('textDocument/didOpen', {
  textDocument: { uri, languageId: 'onnx', version: 1, text },
});

function askAndType(): void {
  const start = { line: 9, character: 0 };
  version++;
  void connection.sendNotification('textDocument/didChange', {
    textDocument: { uri, version },
    contentChanges: [{ range: { start, end: start }, text: ' ' }],
  });
  void connection.sendRequest('textDocument/documentSymbol', { textDocument: { uri } });
}

function overIpc() {
  const server = fork(entry, ['--node-ipc'], { execArgv: ['--import', 'tsx'] });
  return {
    connection: createMessageConnection(new IPCMessageReader(server), new IPCMessageWriter(server)),
    processId: server.pid,
  };
}

function overPipes() {
  const server = spawn(process.execPath, ['--import', 'tsx', entry, '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return {
    connection: createMessageConnection(
      new StreamMessageReader(server.stdout),
      new StreamMessageWriter(server.stdin),
    ),
    processId: server.pid,
  };
}
