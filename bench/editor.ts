/**
 * An editor as measurements need it, the same for our server and for a peer's: speaks LSP over pipes and stamps an answer when its
 * last byte arrives, before it is decoded, so that what the client costs is not counted.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { cpuMilliseconds, residentMegabytes } from './memory.ts';

export interface Position {
  readonly line: number;
  readonly character: number;
}

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

export interface Timed<Result = unknown> {
  readonly result: Result;
  readonly milliseconds: number;
}

interface Published {
  readonly uri: string;
  readonly version: number | undefined;
  readonly count: number;
  readonly at: number;
}

/** A minute and a half: peers take seconds. */
const limit = 90_000;

export class Editor {
  readonly #process: ChildProcess;
  readonly #settings: unknown;
  readonly #answers = new Map<number, (message: Message, at: number) => void>();
  readonly #listeners = new Set<(published: Published) => void>();
  #nextId = 1;
  #incremental = false;
  #received: Buffer[] = [];
  #receivedBytes = 0;
  #expected: number | undefined;

  static async start(
    command: string,
    args: readonly string[],
    settings: unknown,
    initializationOptions?: unknown,
  ): Promise<Editor> {
    const editor = new Editor(command, args, settings);
    const { result } = await editor.request<{ capabilities: { textDocumentSync?: unknown } }>('initialize', {
      processId: process.pid,
      rootUri: null,
      initializationOptions,
      capabilities: {
        workspace: { configuration: true },
        textDocument: {
          publishDiagnostics: { versionSupport: true },
          hover: { contentFormat: ['markdown'] },
          documentSymbol: { hierarchicalDocumentSymbolSupport: true },
        },
      },
    });
    const sync = result.capabilities.textDocumentSync;
    editor.#incremental =
      sync === 2 || (typeof sync === 'object' && sync !== null && 'change' in sync && sync.change === 2);
    editor.#send({ method: 'initialized', params: {} });
    return editor;
  }

  private constructor(command: string, args: readonly string[], settings: unknown) {
    this.#settings = settings;
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#process.stdout?.on('data', (bytes: Buffer) => this.#receive(bytes));
    this.#process.once('error', (error) => {
      throw error;
    });
  }

  /** Resident memory of the server's own process, in MB. */
  get memory(): number {
    return residentMegabytes(this.#process.pid ?? 0);
  }

  /** Milliseconds are from the sending to the last byte of the answer. */
  request<Result>(method: string, params: unknown): Promise<Timed<Result>> {
    const id = this.#nextId++;
    const start = performance.now();
    this.#send({ id, method, params });
    return inTime(method, (resolve, reject) => {
      this.#answers.set(id, (message, at) => {
        if (message.error === undefined)
          resolve({ result: message.result as Result, milliseconds: at - start });
        else reject(new Error(`${method}: ${JSON.stringify(message.error)}`));
      });
    });
  }

  /** Milliseconds until diagnostics are published. */
  async open(uri: string, languageId: string, text: string): Promise<number> {
    const start = performance.now();
    this.#send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId, version: 1, text } },
    });
    return (await this.#published(uri, 1)).at - start;
  }

  /**
   * Replaces the characters between two places of a line: as a range where the server takes ranges, else by the whole text `after`.
   * Milliseconds until diagnostics of this version are published.
   */
  async change(
    uri: string,
    version: number,
    edit: { readonly start: Position; readonly end: Position; readonly text: string },
    after: string,
  ): Promise<number> {
    const { start, end, text } = edit;
    const change = this.#incremental ? { range: { start, end }, text } : { text: after };
    const sent = performance.now();
    this.#send({
      method: 'textDocument/didChange',
      params: { textDocument: { uri, version }, contentChanges: [change] },
    });
    return (await this.#published(uri, version)).at - sent;
  }

  /**
   * Waits until the server has nothing left to do: neither published anything nor used the processor for a second, as its process
   * shows; no server says so itself. Milliseconds from now to the last publication.
   */
  async settled(uri: string): Promise<number> {
    const start = performance.now();
    let last = start;
    const listener = (published: Published) => {
      if (published.uri === uri) last = published.at;
    };
    this.#listeners.add(listener);
    try {
      const pid = this.#process.pid ?? 0;
      // Two ticks of the clock: timers and a collector that finishes are not work.
      const [turn, idle, turns] = [200, 20, 5];
      let before = cpuMilliseconds(pid);
      for (let still = 0; still < turns; ) {
        if (performance.now() - start > limit) throw new Error('The server does not come to rest.');
        await setTimeout(turn);
        const now = cpuMilliseconds(pid);
        still = now - before <= idle && performance.now() - last > turn ? still + 1 : 0;
        before = now;
      }
    } finally {
      this.#listeners.delete(listener);
    }
    return last - start;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    await this.request('shutdown', null).catch(() => undefined);
    this.#send({ method: 'exit' });
    const stopped = await Promise.race([ended.then(() => true), setTimeout(3000, false)]);
    if (!stopped) this.#process.kill('SIGKILL');
    await ended;
  }

  #published(uri: string, version: number): Promise<Published> {
    return inTime('diagnostics', (resolve) => {
      const listener = (published: Published) => {
        // mlir-lsp-server writes the version of the text that it has checked, as we do.
        if (published.uri === uri && (published.version ?? version) >= version) {
          this.#listeners.delete(listener);
          resolve(published);
        }
      };
      this.#listeners.add(listener);
    });
  }

  #send(message: Message): void {
    const bytes = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    this.#process.stdin?.write(`Content-Length: ${bytes.length}\r\n\r\n`);
    this.#process.stdin?.write(bytes);
  }

  #receive(bytes: Buffer): void {
    this.#received.push(bytes);
    this.#receivedBytes += bytes.length;
    for (;;) {
      if (this.#expected === undefined) {
        const all = this.#joined();
        const end = all.indexOf('\r\n\r\n');
        if (end < 0) return;
        this.#expected = Number(/Content-Length: *(\d+)/i.exec(all.toString('latin1', 0, end))?.[1]);
        this.#keep(all.subarray(end + 4));
      }
      if (this.#receivedBytes < this.#expected) return;
      const at = performance.now();
      const all = this.#joined();
      const message: Message = JSON.parse(all.toString('utf8', 0, this.#expected));
      this.#keep(all.subarray(this.#expected));
      this.#expected = undefined;
      this.#take(message, at);
    }
  }

  #joined(): Buffer {
    const [first = Buffer.alloc(0)] = this.#received;
    return this.#received.length <= 1 ? first : Buffer.concat(this.#received);
  }

  #keep(rest: Buffer): void {
    this.#received = [rest];
    this.#receivedBytes = rest.length;
  }

  #take(message: Message, at: number): void {
    const { id, method, params } = message;
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, version, diagnostics } = params as {
        uri: string;
        version?: number;
        diagnostics: readonly unknown[];
      };
      for (const listener of [...this.#listeners]) listener({ uri, version, count: diagnostics.length, at });
    } else if (method !== undefined && id !== undefined) {
      this.#answer(id, method, params);
    } else if (typeof id === 'number') {
      const answered = this.#answers.get(id);
      this.#answers.delete(id);
      answered?.(message, at);
    }
  }

  #answer(id: number | string, method: string, params: unknown): void {
    const items = method === 'workspace/configuration' ? (params as { items: readonly unknown[] }).items : [];
    const bytes = Buffer.from(
      JSON.stringify({
        jsonrpc: '2.0',
        id,
        result: items.length > 0 ? items.map(() => this.#settings) : null,
      }),
    );
    this.#process.stdin?.write(`Content-Length: ${bytes.length}\r\n\r\n`);
    this.#process.stdin?.write(bytes);
  }
}

function inTime<Result>(
  what: string,
  start: (resolve: (result: Result) => void, reject: (error: Error) => void) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = globalThis.setTimeout(
      () => reject(new Error(`${what}: nothing came within ${limit / 1000} s.`)),
      limit,
    );
    start(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
