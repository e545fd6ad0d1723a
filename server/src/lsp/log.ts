/** Lines for the editor's output channels; standard output belongs to the protocol. */
import type { Connection } from 'vscode-languageserver/node';
import type { LogSeverity } from '../../../native-bridge/src/protocol.ts';
import { type LogLine, LogLineNotification } from '../protocol.ts';

export interface Log {
  write(channel: LogLine['channel'], level: LogLine['level'], message: string): void;
  info(message: string): void;
  warning(message: string): void;
  /** With the stack, where there is one. */
  error(message: string, error?: unknown): void;
}

/** Editors other than ours take no LogLineNotification: they get `window/logMessage`. */
export function createLog(connection: Connection, takesLogLines: boolean): Log {
  const write: Log['write'] = (channel, level, message) => {
    if (takesLogLines) {
      connection.sendNotification(LogLineNotification.method, { channel, level, message }).catch(() => {
        // The editor is gone. Telling of that would fail as well, and so on.
      });
      return;
    }
    const line = channel === 'bridge' ? `[TensorRT] ${message}` : message;
    if (level === 'error') {
      connection.console.error(line);
    } else if (level === 'warning') {
      connection.console.warn(line);
    } else {
      connection.console.log(line);
    }
  };
  return {
    write,
    info: (message) => write('server', 'info', message),
    warning: (message) => write('server', 'warning', message),
    error: (message, error) =>
      write('server', 'error', error === undefined ? message : `${message}: ${stackOf(error)}`),
  };
}

/** Levels of lines for TensorRT's severities. */
export const levelOfSeverity = {
  'internal-error': 'error',
  error: 'error',
  warning: 'warning',
  info: 'info',
  verbose: 'trace',
} as const satisfies Record<LogSeverity, LogLine['level']>;

/** The sentence of an error, for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
