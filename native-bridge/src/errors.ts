import { BridgeErrorCode } from './protocol.ts';

export type BridgeErrorName = keyof typeof BridgeErrorCode;

/** An error with a sentence for people; it crosses the protocol as a ResponseError of its code. */
export class BridgeError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(name: BridgeErrorName, message: string, data?: unknown) {
    super(message);
    this.name = name;
    this.code = BridgeErrorCode[name];
    this.data = data;
  }
}
