import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Milliseconds. */
const limit = 2000;
const killedEditor = fileURLToPath(new URL('killed-editor.mts', import.meta.url));
const entry = fileURLToPath(new URL('../../../server/src/lsp/entry.ts', import.meta.url));
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

describe('a server whose editor is killed while it works on a big document ends', () => {
  for (const [transport, kind, work] of [
    ['stdio', 'other', 'the first look'],
    ['stdio', 'ours', 'edits and outlines'],
    ['ipc', 'ours', 'the first look'],
    ['ipc', 'ours', 'edits and outlines'],
  ] as const) {
    test(`${transport}, ${kind} extension, in the middle of ${work}`, async () => {
      const editor = start(['--import', 'tsx', killedEditor, transport, kind]);
      const server = Number(await firstOutput(editor));
      assert.ok(exists(server));
      await setTimeout(work === 'the first look' ? 0 : 1000);
      editor.kill('SIGKILL');
      await ends(server);
    });
  }
});

describe('a server that is on its own ends', () => {
  test('when nobody reads what it writes, though its input is open', async () => {
    const server = startServer(process.pid);
    await firstOutput(server);
    server.stdout?.destroy();
    send(server, { id: 2, method: 'textDocument/hover', params: hover });
    await ends(server.pid);
  });

  test('when the process that calls itself the editor is gone, though another holds the pipes', async () => {
    const editor = start(['-e', 'setTimeout(() => {}, 1e6)']);
    const server = startServer(editor.pid);
    await firstOutput(server);
    assert.ok(exists(server.pid));
    editor.kill('SIGKILL');
    await ends(server.pid);
  });

  test('at an exit without a shutdown, and at a signal', async () => {
    for (const end of [
      (server: ChildProcess) => send(server, { method: 'exit' }),
      (server: ChildProcess) => server.kill('SIGTERM'),
    ]) {
      const server = startServer(null);
      await firstOutput(server);
      const ended = once(server, 'exit');
      end(server);
      assert.deepEqual(await ended, [1, null]);
    }
  });
});

const hover = { textDocument: { uri: 'file:///none.onnxtxt' }, position: { line: 0, character: 0 } };

function start(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(child);
  return child;
}

function startServer(processId: number | null | undefined): ChildProcess {
  const server = start(['--import', 'tsx', entry, '--stdio']);
  send(server, { id: 1, method: 'initialize', params: { processId, rootUri: null, capabilities: {} } });
  return server;
}

function send(server: ChildProcess, message: object): void {
  const text = JSON.stringify({ jsonrpc: '2.0', ...message });
  server.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

async function firstOutput(child: ChildProcess): Promise<string> {
  assert.ok(child.stdout);
  const [data] = await once(child.stdout, 'data');
  return String(data);
}

async function ends(processId: number | undefined): Promise<void> {
  const start = performance.now();
  while (exists(processId)) {
    assert.ok(performance.now() - start < limit, `the server is there ${limit} ms later`);
    await setTimeout(20);
  }
}

/** A process that has ended may be listed until its parent takes note. */
function exists(processId: number | undefined): boolean {
  assert.ok(processId);
  try {
    process.kill(processId, 0);
    return process.platform !== 'linux' || !readFileSync(`/proc/${processId}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
