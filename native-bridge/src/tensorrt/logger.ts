import { enumName } from '../abi/enums.ts';
import type { Abi } from '../abi/families.ts';
import type { Pointer } from '../abi/methods.ts';
import { createCallbackObject } from '../native/callback-object.ts';
import koffi from '../native/koffi.ts';
import type { LogRecord, LogSeverity } from '../protocol.ts';

const severities: Readonly<Record<string, LogSeverity>> = {
  kINTERNAL_ERROR: 'internal-error',
  kERROR: 'error',
  kWARNING: 'warning',
  kINFO: 'info',
  kVERBOSE: 'verbose',
};

/** From worst to most talkative, as TensorRT counts. */
const severityOrder = Object.values(severities);

/** Whether a message is at least as bad as a severity. */
export function isAtLeastAsBad(severity: LogSeverity, than: LogSeverity): boolean {
  return severityOrder.indexOf(severity) <= severityOrder.indexOf(than);
}

/** How many errors are kept for a sentence about what failed. */
const keptErrors = 3;

/** nvinfer1::ILogger: hands on messages up to a severity. It lives as long as the process. */
export class Logger {
  readonly address: Pointer;
  #errors: string[] = [];
  #isHeard = true;
  readonly #listeners = new Set<(record: LogRecord) => void>();

  constructor(abi: Abi, most: LogSeverity) {
    const mostNumber = severityOrder.indexOf(most);
    this.address = createCallbackObject(
      abi,
      'ILogger',
      {
        log: (severity: number, message: number) => {
          // Most messages are verbose ones that nobody wants: they are dropped before they become a string. That costs 1 to
          // 8 % of a parse over a native function that does nothing, which would lose the warnings.
          if (severity > mostNumber || message === 0 || !this.#isHeard) {
            return;
          }
          const name = enumName(abi, 'Severity', severity) ?? 'kERROR';
          this.#receive({
            severity: severities[name] ?? 'error',
            message: koffi.decode.string(BigInt(message)),
          });
        },
      },
      (error) => console.error('A log message was lost:', error),
    );
  }

  /** Hears messages until the answer is called. */
  listen(listener: (record: LogRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * TensorRT's words of severity error and worse since this was last called: why it answered null or false. The first says
   * most (`Unable to load library: …`), later ones only that something failed.
   */
  takeErrors(): string {
    return this.recentErrors() || 'it gives no reason';
  }

  /** As takeErrors; empty where TensorRT said nothing. */
  recentErrors(): string {
    const errors = this.#errors;
    this.#errors = [];
    return errors.join('; ');
  }

  /** Nobody hears, nor remembers, what TensorRT says of something whose answer it logs as an error, too. */
  unheard<Value>(ask: () => Value): Value {
    this.#isHeard = false;
    try {
      return ask();
    } finally {
      this.#isHeard = true;
    }
  }

  #receive(record: LogRecord): void {
    if (isAtLeastAsBad(record.severity, 'error') && this.#errors.length < keptErrors) {
      this.#errors.push(record.message);
    }
    for (const listener of this.#listeners) {
      listener(record);
    }
  }
}
