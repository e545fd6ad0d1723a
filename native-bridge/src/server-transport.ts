/**
 * The bridge's side of the pipes in `client-transport.ts`. Messages are written synchronously: an operation announced
 * before a native call has left the process when that call brings it down.
 */
import { writeSync } from 'node:fs';
import {
  AbstractMessageWriter,
  createMessageConnection,
  type Message,
  type MessageConnection,
  type MessageWriter,
  StreamMessageReader,
} from 'vscode-jsonrpc/node';
import { endProcess } from './native/process-end.ts';

const answersDescriptor = 3;

/** The connection to the server; the process ends when the server goes away. */
export function connectToServer(): MessageConnection {
  const connection = createMessageConnection(new StreamMessageReader(process.stdin), new SynchronousWriter());
  connection.onClose(() => endProcess());
  return connection;
}

class SynchronousWriter extends AbstractMessageWriter implements MessageWriter {
  write(message: Message): Promise<void> {
    const body = Buffer.from(JSON.stringify(message), 'utf8');
    try {
      writeAll(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`, 'ascii'), body]));
    } catch (error) {
      if (isBrokenPipe(error)) {
        // The server is gone: there is nobody left to work for.
        endProcess();
      }
      throw error;
    }
    return Promise.resolve();
  }

  end(): void {}
}

function writeAll(bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(answersDescriptor, bytes, written);
    } catch (error) {
      if (!isWouldBlock(error)) {
        throw error;
      }
      // Some parents hand over a non-blocking pipe; wait for the server to read on.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function isBrokenPipe(error: unknown): boolean {
  return hasCode(error, 'EPIPE') || hasCode(error, 'EOF');
}

function isWouldBlock(error: unknown): boolean {
  return hasCode(error, 'EAGAIN');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
