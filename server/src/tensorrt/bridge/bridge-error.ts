export type BridgeErrorKind =
  /** The process could not be started at all. */
  | 'not-started'
  /** The process ended while it was needed; TensorRT crashed or was killed. */
  | 'died'
  /** No answer in time; the process was ended. */
  | 'timed-out'
  /** The bridge answered with an error: `code` is one of BridgeErrorCode. */
  | 'refused';

/** How a process ended, at which work, and what it printed last. */
export interface Death {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What the bridge announced last: `building an engine of /models/detector.onnx`. */
  readonly operation?: string;
  /** Trimmed; may be empty. */
  readonly lastWords: string;
}

/** Why TensorRT gave no answer, as a sentence for people. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly kind: BridgeErrorKind;
  /** BridgeErrorCode or a JSON-RPC code, where `kind` is `refused`. */
  readonly code: number | undefined;
  /** Of a process that ended by itself, where `kind` is `died`; undefined for one that was ended. */
  readonly death: Death | undefined;

  constructor(
    kind: BridgeErrorKind,
    message: string,
    options: { code?: number; cause?: unknown; death?: Death } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.code = options.code;
    this.death = options.death;
  }
}

/** The words of a process that died: how it ended, at which work, and what it printed last. */
export function deathSentence(name: string, { exitCode, signal, operation, lastWords }: Death): string {
  const how = signal ? `signal ${signal}` : `exit code ${exitCode}`;
  const during = operation ? ` during “${operation}”` : '';
  return `${name} ended unexpectedly (${how})${during}${lastWords ? `. Its last words: ${lastLines(lastWords)}` : '.'}`;
}

/** What a process printed since; both are ends of all that it printed, the later one may have lost the beginning of the earlier. */
export function newWords(earlier: string, later: string): string {
  const end = earlier.slice(-256);
  const index = end === '' ? -1 : later.lastIndexOf(end);
  return index < 0 ? later : later.slice(index + end.length);
}

/** The end of what a process printed, without the frames of a stack trace, which would push out the message above them. */
function lastLines(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
  const end = lines.slice(-12).join('\n');
  return end.length > 1500 ? `…${end.slice(-1500)}` : end;
}
