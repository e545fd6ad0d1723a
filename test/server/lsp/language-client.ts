/** An editor in small: starts the real server and speaks LSP with it over standard input and output. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createMessageConnection,
  ErrorCodes,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type { InitializeResult } from 'vscode-languageserver';
import type { Diagnostic } from 'vscode-languageserver-types';
import type { DocumentStatus, LogLine } from '../../../server/src/protocol.ts';

export interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ClientOptions {
  /** The section `tensorrt` of the settings. */
  readonly settings?: unknown;
  readonly environment?: NodeJS.ProcessEnv;
  /** A bundled server, instead of the sources. */
  readonly server?: string;
  readonly capabilities?: unknown;
  /** Absolute paths of the folders that are open. */
  readonly workspaceFolders?: readonly string[];
  /** Instead of those of our extension. */
  readonly initializationOptions?: unknown;
  /** false: an editor that knows none of the server's own requests. */
  readonly answersRequests?: boolean;
}

const entry = fileURLToPath(new URL('../../../server/src/lsp/entry.ts', import.meta.url));

export class LanguageClient {
  readonly connection: MessageConnection;
  readonly published: Published[] = [];
  readonly statuses: DocumentStatus[] = [];
  readonly logLines: LogLine[] = [];
  readonly progress: unknown[] = [];
  /** Methods that the server has asked for in vain. */
  readonly unansweredRequests: string[] = [];
  hintRefreshes = 0;
  initialized: InitializeResult = { capabilities: {} };
  settings: unknown;
  readonly #process: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #stderr = '';
  #isStopping = false;

  static async start(options: ClientOptions = {}): Promise<LanguageClient> {
    const client = new LanguageClient(options);
    const isOther = 'initializationOptions' in options;
    client.initialized = await client.connection.sendRequest<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders:
        options.workspaceFolders?.map((folder) => ({
          uri: pathToFileURL(folder).href,
          name: path.basename(folder),
        })) ?? null,
      initializationOptions: isOther ? options.initializationOptions : { workspaceTrusted: true },
      capabilities: options.capabilities ?? {
        workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
        window: { workDoneProgress: true },
        textDocument: {
          definition: { linkSupport: true },
          publishDiagnostics: { relatedInformation: true, versionSupport: true },
        },
      },
    });
    await client.connection.sendNotification('initialized', {});
    return client;
  }

  private constructor({ settings = {}, environment, server, answersRequests = true }: ClientOptions) {
    this.settings = settings;
    const args = server === undefined ? ['--import', 'tsx', entry, '--stdio'] : [server, '--stdio'];
    this.#process = spawn(process.execPath, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environment ?? process.env,
    });
    const { stdin, stdout, stderr } = this.#process;
    assert.ok(stdin && stdout && stderr);
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.connection = createMessageConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    if (answersRequests) {
      this.#answerRequests();
    } else {
      this.connection.onRequest((method) => {
        this.unansweredRequests.push(method);
        return new ResponseError(ErrorCodes.MethodNotFound, `There is no ${method}.`);
      });
    }
    this.#collect('textDocument/publishDiagnostics', this.published);
    this.#collect('tensorrt/status', this.statuses);
    this.#collect('tensorrt/log', this.logLines);
    this.#collect('$/progress', this.progress);
    this.connection.listen();
    // A server that dies (a module that cannot be loaded, say) answers nothing any more: requests fail, instead of the test's time.
    this.#process.once('exit', (code, signal) => {
      if (!this.#isStopping && (code !== 0 || signal !== null)) {
        process.stderr.write(`The server ended with ${code ?? signal}. ${this.#stderr}\n`);
      }
      this.connection.dispose();
    });
  }

  #answerRequests(): void {
    this.connection.onRequest('workspace/configuration', ({ items }: { items: readonly unknown[] }) =>
      items.map(() => this.settings),
    );
    this.connection.onRequest('client/registerCapability', () => null);
    this.connection.onRequest('window/workDoneProgress/create', () => null);
    this.connection.onRequest('workspace/inlayHint/refresh', () => {
      this.hintRefreshes++;
      this.#wake();
      return null;
    });
  }

  /** Resolves when the server has asked so often to have inlay hints asked for again. */
  async refreshedHints(times: number): Promise<void> {
    await this.#until(
      () => (this.hintRefreshes >= times ? true : undefined),
      () => 'refresh of inlay hints',
    );
  }

  get processId(): number {
    assert.ok(this.#process.pid);
    return this.#process.pid;
  }

  async open(uri: string, text: string, version = 1): Promise<void> {
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'onnx', version, text },
    });
  }

  async change(uri: string, version: number, contentChanges: readonly unknown[]): Promise<void> {
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges,
    });
  }

  async close(uri: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  request<Result>(method: string, params: unknown): Promise<Result> {
    return this.connection.sendRequest<Result>(method, params);
  }

  /** The first status from now on, or the last one so far, that fits. */
  async status(uri: string, fits: (status: DocumentStatus) => boolean, from = 0): Promise<DocumentStatus> {
    return await this.#until(
      () => this.statuses.slice(from).findLast((status) => status.uri === uri && fits(status)),
      () => `status; so far: ${JSON.stringify(this.statuses.slice(-5))}`,
    );
  }

  /** The last diagnostics published so far that fit, or the first that will. */
  async diagnostics(uri: string, fits: (published: Published) => boolean = () => true): Promise<Published> {
    return await this.#until(
      () => this.published.findLast((published) => published.uri === uri && fits(published)),
      () => `diagnostics; so far: ${JSON.stringify(this.published.slice(-3))}`,
    );
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      await this.connection.sendRequest('shutdown');
      await this.connection.sendNotification('exit');
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5000);
      const [code] = await ended;
      clearTimeout(timer);
      assert.equal(code, 0, `The server ended with ${code}. ${this.#stderr}`);
    }
  }

  #collect<Params>(method: string, into: Params[]): void {
    this.connection.onNotification(method, (params: Params) => {
      into.push(params);
      this.#wake();
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) {
      wake();
    }
  }

  async #until<Value>(find: () => Value | undefined, what: () => string): Promise<Value> {
    const limit = 60_000;
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`After ${limit / 1000} s no such ${what()}. ${this.#stderr}`));
      }, limit);
      const look = () => {
        const found = find();
        if (found !== undefined) {
          clearTimeout(timer);
          this.#waiting.delete(look);
          resolve(found);
        }
      };
      this.#waiting.add(look);
      look();
    });
  }
}
