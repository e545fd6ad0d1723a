/** A language client for measurements: starts `onnx-trt lsp --stdio`, opens documents, and times what comes back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import {
  type DocumentStatus,
  type InitializationOptions,
  PrintRequest,
  StatusNotification,
} from '../server/src/protocol.ts';
import { residentMegabytes, treeMegabytes } from './memory.ts';

/** What is measured is what is shipped. */
export const program = fileURLToPath(new URL('../dist/onnx-trt.js', import.meta.url));

interface PublishedDiagnostics {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly { readonly source?: string }[];
}

export interface Server {
  readonly connection: MessageConnection;
  /** Answers the text form of a binary model, as the editor asks for it. */
  print(path: string): Promise<string>;
  /** Opens a document; milliseconds until its first diagnostics and until TensorRT's verdict. */
  open(
    uri: string,
    text: string,
  ): Promise<{ firstDiagnostics: number; verdict: number; status: DocumentStatus }>;
  /** Resident memory of the server and its bridges, in MB. */
  memory(): { readonly server: number; readonly all: number };
  stop(): Promise<void>;
}

/** Starts a server whose only runtime is in `runtimeFolder`. */
export async function startServer(runtimeFolder: string): Promise<Server> {
  const child = spawn(process.execPath, [program, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const diagnosticsWaiting = new Map<string, (at: number) => void>();
  const verdictWaiting = new Map<string, (status: DocumentStatus, at: number) => void>();
  connection.onRequest('workspace/configuration', ({ items }: { items: { section?: string }[] }) =>
    items.map((item) => settings(runtimeFolder, item.section)),
  );
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('window/workDoneProgress/create', () => null);
  connection.onNotification('textDocument/publishDiagnostics', (published: PublishedDiagnostics) => {
    diagnosticsWaiting.get(published.uri)?.(performance.now());
  });
  connection.onNotification(StatusNotification, (status) => {
    if (!['starting', 'checking'].includes(status.state))
      verdictWaiting.get(status.uri)?.(status, performance.now());
  });
  connection.listen();
  const initializationOptions: InitializationOptions = { workspaceTrusted: true };
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    initializationOptions,
    capabilities: {
      workspace: { configuration: true },
      textDocument: { publishDiagnostics: { versionSupport: true } },
    },
  });
  await connection.sendNotification('initialized', {});

  return {
    connection,
    print: async (path) =>
      (await connection.sendRequest(PrintRequest, { uri: pathToFileURL(path).href })).text,
    async open(uri, text) {
      const diagnostics = new Promise<number>((resolve) => diagnosticsWaiting.set(uri, resolve));
      const verdict = new Promise<[DocumentStatus, number]>((resolve) =>
        verdictWaiting.set(uri, (status, at) => resolve([status, at])),
      );
      const start = performance.now();
      await connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'onnx', version: 1, text },
      });
      const [status, verdictAt] = await verdict;
      return { firstDiagnostics: (await diagnostics) - start, verdict: verdictAt - start, status };
    },
    memory: () => ({ server: residentMegabytes(child.pid ?? 0), all: treeMegabytes(child.pid ?? 0) }),
    stop: () => stop(child, connection),
  };
}

function settings(runtimeFolder: string, section: string | undefined): unknown {
  const all = { runtime: runtimeFolder };
  return section === 'tensorrt' ? all : section === undefined ? { tensorrt: all } : null;
}

async function stop(child: ChildProcess, connection: MessageConnection): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  await ended;
  connection.dispose();
}
