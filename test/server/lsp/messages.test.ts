import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import type { Message } from 'vscode-jsonrpc/node';
import { JsonBytes } from '../../../server/src/lsp/messages/json-bytes.ts';
import { OwnJson } from '../../../server/src/lsp/messages/own-json.ts';
import { StdioReader } from '../../../server/src/lsp/messages/stdio-reader.ts';
import { StdioWriter } from '../../../server/src/lsp/messages/stdio-writer.ts';

interface Response extends Message {
  readonly id: number;
  readonly result: unknown;
}

/** All that is written for some messages. */
async function written(messages: readonly Response[]): Promise<Buffer> {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  // As the system does it, which has taken what it was given when it says so.
  stream.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
  const writer = new StdioWriter(stream);
  await Promise.all(messages.map((message) => writer.write(message)));
  writer.end();
  return Buffer.concat(chunks);
}

/** The messages in bytes as the protocol frames them. */
function read(bytes: Buffer): unknown[] {
  const messages: unknown[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = bytes.indexOf('\r\n\r\n', at) + 4;
    const length = /^Content-Length: (\d+)\r\n\r\n$/.exec(bytes.toString('latin1', at, start))?.[1];
    assert.ok(length, bytes.toString('latin1', at, at + 60));
    at = start + Number(length);
    assert.ok(at <= bytes.length);
    messages.push(JSON.parse(bytes.toString('utf8', start, at)));
  }
  return messages;
}

/** About a megabyte, with characters of one to four bytes at all distances from where it is cut. */
const long = Array.from({ length: 60_000 }, (_, index) => `ä${'x'.repeat(index % 7)}€😀"\\`).join('');

describe('messages on standard output', () => {
  test('arrive as they were sent, in order, small and big', async () => {
    const messages = ['small', { grüße: '€😀' }, long, null, [1, 2]].map(
      (result, id): Response => ({ jsonrpc: '2.0', id, result }),
    );
    assert.deepEqual(read(await written(messages)), messages);
  });

  test('hold what an answer writes of itself', async () => {
    const pieces = (value: string, write: (text: string) => void) => {
      const json = JSON.stringify(value);
      for (let at = 0; at < json.length; at += 1000) write(json.slice(at, at + 1000));
    };
    const own = new OwnJson(long, pieces);
    const messages = [
      { jsonrpc: '2.0', id: 1, result: own },
      { jsonrpc: '2.0', id: 2, result: new OwnJson('whole', pieces) },
    ];
    const [first, second] = read(await written(messages)) as Response[];
    assert.ok(first?.id === 1 && first.result === long);
    assert.deepEqual(second, { jsonrpc: '2.0', id: 2, result: 'whole' });
    assert.equal(JSON.stringify(own), JSON.stringify(long), 'over another transport');
  });

  test('that cannot be written are reported to whoever sends them', async () => {
    const stream = new PassThrough();
    const writer = new StdioWriter(stream);
    const errors: string[] = [];
    writer.onError(([error]) => errors.push(error.message));
    const circular: { self?: unknown } = {};
    circular.self = circular;
    await assert.rejects(writer.write({ jsonrpc: '2.0', id: 1, result: circular } as Message), /circular/);
    stream.destroy(new Error('nobody reads'));
    await assert.rejects(writer.write({ jsonrpc: '2.0', id: 2, result: 1 } as Message));
    assert.match(errors.join('\n'), /circular[\s\S]*nobody reads/);
  });
});

describe('messages from standard input', () => {
  /** What a reader makes of bytes that arrive in pieces of a size. */
  async function received(bytes: Buffer, size: number): Promise<{ messages: Message[]; errors: string[] }> {
    const stream = new PassThrough();
    const reader = new StdioReader(stream);
    const [messages, errors]: [Message[], string[]] = [[], []];
    reader.onError((error) => errors.push(error.message));
    reader.listen((message) => messages.push(message));
    for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size));
    stream.end();
    await once(stream, 'end');
    return { messages, errors };
  }

  test('are read however they arrive in pieces, small and big', async () => {
    const results = ['small', { grüße: '€😀' }, long, 'x'.repeat(65_500), null, [1, 2]];
    const sent = results.map((result, id): Response => ({ jsonrpc: '2.0', id, result }));
    const bytes = await written(sent);
    for (const size of [7, 1000, 65_536, bytes.length]) {
      const { messages, errors } = await received(bytes, size);
      assert.deepEqual(errors, []);
      assert.equal(JSON.stringify(messages) === JSON.stringify(sent), true, `pieces of ${size}`);
    }
  });

  test('with other header fields, in any case, are read; broken ones are reported and take no other with them', async () => {
    const message = { jsonrpc: '2.0', id: 1, result: 1 };
    const json = JSON.stringify(message);
    const whole = `Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length: ${json.length}\r\n\r\n${json}`;
    const { messages, errors } = await received(
      Buffer.from(`${whole}Content-Length: 3\r\n\r\n{]}${whole}Content-Type: x\r\n\r\n`),
      1000,
    );
    assert.deepEqual(messages, [message, message]);
    assert.equal(errors.length, 2);
    assert.match(errors[1] ?? '', /no Content-Length/);
  });
});

test('JSON in bytes is that of the whole text, however it came in pieces', () => {
  for (const size of [1, 3, 1023, 16_383, 16_384, 40_000, long.length]) {
    const bytes = new JsonBytes();
    for (let at = 0; at < long.length; at += size) bytes.add(long.slice(at, at + size));
    assert.ok(bytes.bytes().equals(Buffer.from(long)), `pieces of ${size}`);
    bytes.release();
  }
});
