/** A headless Neovim that is driven from outside, as somebody at its keyboard would. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface NeovimOptions {
  /** Of this Neovim's own files; removed by the caller. */
  readonly folder: string;
  /** The user's configuration. */
  readonly init: string;
  /** The file to open. */
  readonly file: string;
  /** A folder with TensorRT's libraries, found as any other is. */
  readonly libraries: string;
}

export class Neovim {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #socket: string;
  #stderr = '';
  #scripts = 0;

  /** Throws where there is no Neovim: scripts/setup-tests.mjs installs it. */
  static async start(options: NeovimOptions): Promise<Neovim> {
    const neovim = new Neovim(options);
    await once(neovim.#process, 'spawn');
    // Where there is no socket yet, Neovim's own client becomes an editor and waits.
    while (!existsSync(neovim.#socket)) await setTimeout(20);
    await neovim.until('return 1', 1);
    return neovim;
  }

  private constructor({ folder, init, file, libraries }: NeovimOptions) {
    this.#folder = folder;
    this.#socket = path.join(folder, 'neovim.socket');
    const initFile = path.join(folder, 'init.lua');
    writeFileSync(initFile, init);
    const args = ['--headless', '-i', 'NONE', '-u', initFile, '--listen', this.#socket, file];
    this.#process = spawn('nvim', args, {
      env: { ...environment(folder), LD_LIBRARY_PATH: libraries },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
  }

  /** Runs Lua in the editor; answers what it returns, by way of JSON. */
  lua<Result>(code: string): Result {
    const script = path.join(this.#folder, `script-${this.#scripts++}.lua`);
    writeFileSync(script, `${code}\n`);
    const expression = `json_encode(luaeval('dofile(_A)', '${script}'))`;
    const args = [
      '--headless',
      '-u',
      'NONE',
      '-i',
      'NONE',
      '--server',
      this.#socket,
      '--remote-expr',
      expression,
    ];
    const asked = spawnSync('nvim', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
    });
    // Headless, the client says the answer as it says errors.
    const answer = `${asked.stdout}${asked.stderr}`;
    try {
      return JSON.parse(answer);
    } catch (cause) {
      throw new Error(`Neovim did not run: ${code}\n${answer}${this.#stderr}`, { cause });
    }
  }

  /** Keys as `:help nvim_input` writes them, as if typed. */
  type(keys: string): void {
    this.lua(`vim.api.nvim_input(${JSON.stringify(keys)}) return true`);
  }

  /** What the Lua returns once it fits; gives up after a minute. */
  async when<Result>(code: string, fits: (result: Result) => boolean): Promise<Result> {
    const start = performance.now();
    for (;;) {
      let seen: unknown;
      try {
        const result = this.lua<Result>(code);
        if (fits(result)) return result;
        seen = result;
      } catch (error) {
        seen = error;
      }
      if (performance.now() - start > 60_000) {
        throw new Error(
          `Neovim did not come to fit: ${code}\nLast: ${seen instanceof Error ? seen.message : JSON.stringify(seen)}\n${this.lua('return vim.fn.execute("messages")')}`,
        );
      }
      await setTimeout(50);
    }
  }

  until(code: string, expected: string | number | boolean): Promise<unknown> {
    return this.when(code, (result) => result === expected);
  }

  /** Lines of the current buffer. */
  get text(): string {
    return this.lua<string[]>('return vim.api.nvim_buf_get_lines(0, 0, -1, false)').join('\n');
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.type('<Esc>:qall!<CR>');
    const timer = globalThis.setTimeout(() => this.#process.kill('SIGKILL'), 10_000);
    const [code] = await ended;
    clearTimeout(timer);
    assert.equal(code, 0, `Neovim ended with ${code}. ${this.#stderr}`);
  }
}

/** Puts `onnx-trt` on the path, and keeps the machine's own configuration of Neovim and of our server out. */
function environment(folder: string): NodeJS.ProcessEnv {
  const program = fileURLToPath(new URL('../../server/src/cli/main.ts', import.meta.url));
  const command = path.join(folder, 'onnx-trt');
  // By its path, as the program runs in folders of its own.
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const quoted = [process.execPath, '--import', loader, program].map((word) => `'${word}'`);
  writeFileSync(command, `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`);
  chmodSync(command, 0o755);
  return {
    ...process.env,
    PATH: `${folder}${path.delimiter}${process.env['PATH'] ?? ''}`,
    XDG_CONFIG_HOME: path.join(folder, 'config'),
    XDG_DATA_HOME: path.join(folder, 'data'),
    XDG_STATE_HOME: path.join(folder, 'state'),
    XDG_CACHE_HOME: path.join(folder, 'cache'),
  };
}
