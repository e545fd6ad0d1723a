/**
 * Messages on standard output. As vscode-jsonrpc's own writer, but with one write for a small message, where that has two, and
 * with answers that write their JSON themselves.
 */
import type { Writable } from 'node:stream';
import { AbstractMessageWriter, type Message, type MessageWriter } from 'vscode-jsonrpc/node';
import { JsonBytes } from './json-bytes.ts';
import { OwnJson } from './own-json.ts';

export class StdioWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #stream: Writable;
  #errorCount = 0;

  constructor(stream: Writable) {
    super();
    this.#stream = stream;
    stream.on('error', (error: Error) => this.fireError(error));
    stream.on('close', () => this.fireClose());
  }

  async write(message: Message): Promise<void> {
    try {
      const own = 'result' in message && message.result instanceof OwnJson ? message.result : undefined;
      if (own) await this.#writeOwn(message, own);
      else await this.#writeText(JSON.stringify(message));
    } catch (error) {
      this.#errorCount++;
      this.fireError(error, message, this.#errorCount);
      throw error;
    }
  }

  end(): void {
    this.#stream.end();
  }

  #writeText(text: string): Promise<void> {
    return this.#send(`${header(Buffer.byteLength(text))}${text}`);
  }

  async #writeOwn(message: Message, own: OwnJson<unknown>): Promise<void> {
    const bytes = new JsonBytes();
    // Its end is what the result goes in front of.
    const rest = JSON.stringify({ ...message, result: undefined });
    bytes.add(`${rest.slice(0, -1)},"result":`);
    own.writeTo((text) => bytes.add(text));
    bytes.add('}');
    const buffer = bytes.bytes();
    // One behind the other without a pause, so that no other message comes between.
    this.#stream.write(header(buffer.length));
    await this.#send(buffer);
    bytes.release();
  }

  #send(data: string | Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(data, (error) => (error ? reject(error) : resolve()));
    });
  }
}

function header(length: number): string {
  return `Content-Length: ${length}\r\n\r\n`;
}
