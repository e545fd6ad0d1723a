/**
 * Messages from standard input. As vscode-jsonrpc's own reader, but the bytes of a big message, such as the text of a big model, are
 * in memory that goes back to the system at once. Of one buffer of 20 MB that is freed, glibc's malloc learns to keep as much.
 */
import type { Readable } from 'node:stream';
import {
  AbstractMessageReader,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
} from 'vscode-jsonrpc/node';
import { GrowingBytes } from './growing-bytes.ts';

export class StdioReader extends AbstractMessageReader implements MessageReader {
  readonly #stream: Readable;
  /** What has arrived of the next header or of a small message. */
  #pending: Buffer = Buffer.alloc(0);
  /** Bytes of the message that is arriving; undefined where a header is due. */
  #expected: number | undefined;
  /** What has arrived of a big message. */
  #big: GrowingBytes | undefined;

  constructor(stream: Readable) {
    super();
    this.#stream = stream;
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer) => {
      try {
        this.#receive(chunk, callback);
      } catch (error) {
        // Where the next message begins, nobody knows; what comes next is tried.
        this.#expected = undefined;
        this.#pending = Buffer.alloc(0);
        this.#big?.release();
        this.#big = undefined;
        this.fireError(error);
      }
    };
    this.#stream.on('data', onData);
    this.#stream.on('error', (error: Error) => this.fireError(error));
    this.#stream.on('close', () => this.fireClose());
    return { dispose: () => this.#stream.off('data', onData) };
  }

  #receive(chunk: Buffer, callback: DataCallback): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#expected === undefined) {
        const bytes = this.#pending.length > 0 ? Buffer.concat([this.#pending, rest]) : rest;
        const end = bytes.indexOf('\r\n\r\n');
        this.#pending = end < 0 ? bytes : Buffer.alloc(0);
        if (end < 0) return;
        rest = bytes.subarray(end + 4);
        this.#expected = contentLength(bytes.toString('latin1', 0, end));
        if (this.#expected > bigMessage) this.#big = new GrowingBytes();
      } else {
        rest = this.#receiveBody(rest, this.#expected, callback);
      }
    }
  }

  /** What of the bytes is behind the message. */
  #receiveBody(bytes: Buffer, expected: number, callback: DataCallback): Buffer {
    const missing = expected - (this.#big?.length ?? this.#pending.length);
    const part = bytes.subarray(0, missing);
    if (this.#big) this.#big.append(part);
    else this.#pending = this.#pending.length > 0 ? Buffer.concat([this.#pending, part]) : part;
    if (part.length === missing) {
      const text = (this.#big?.bytes() ?? this.#pending).toString('utf8');
      this.#big?.release();
      this.#big = undefined;
      this.#pending = Buffer.alloc(0);
      this.#expected = undefined;
      this.#deliver(text, callback);
    }
    return bytes.subarray(missing);
  }

  /** One that is broken takes none of those behind it with it. */
  #deliver(text: string, callback: DataCallback): void {
    try {
      callback(JSON.parse(text) as Message);
    } catch (error) {
      this.fireError(error);
    }
  }
}

/** Bytes. */
const bigMessage = 2 ** 16;

/** LSP, base protocol: the only header field that matters; the other says UTF-8, which there is no alternative to. */
function contentLength(header: string): number {
  const length = /^content-length: *(\d+) *$/im.exec(header)?.[1];
  if (length === undefined) throw new Error(`A message has no Content-Length:\n${header}`);
  return Number(length);
}
