import type { BridgeProcess } from '../../../../native-bridge/src/client-transport.ts';
import {
  InitializeRequest,
  type InitializeResult,
  type LibraryPaths,
  type LogSeverity,
  protocolVersion,
} from '../../../../native-bridge/src/protocol.ts';
import { BridgeConnection, type BridgeConnectionOptions } from './bridge-connection.ts';

export type { RequestOptions } from './bridge-connection.ts';

export interface BridgeSessionOptions extends BridgeConnectionOptions {
  readonly launch: (libraries: LibraryPaths) => BridgeProcess;
  /** Which of TensorRT's messages are told of: this severity and worse. Warnings by default. */
  readonly logSeverity?: LogSeverity;
}

/** A bridge process that parses and builds. */
export class BridgeSession extends BridgeConnection {
  /** Rejects with a BridgeError when the process or its TensorRT does not start. */
  readonly initialized: Promise<InitializeResult>;

  constructor(libraries: LibraryPaths, options: BridgeSessionOptions) {
    super(options.launch(libraries), options);
    const { logSeverity } = options;
    this.initialized = this.start(InitializeRequest, {
      protocolVersion,
      libraries,
      ...(logSeverity !== undefined && { logSeverity }),
    });
    // Whoever awaits it gets the error; nobody may be waiting yet.
    this.initialized.catch(() => undefined);
  }
}
