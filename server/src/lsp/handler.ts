/** How a row of the table of handlers (handlers.ts) becomes an answer: one place for cancellation, errors and closed documents. */
import type { NotificationType, RequestType } from 'vscode-jsonrpc';
import {
  type CancellationToken,
  type Connection,
  LSPErrorCodes,
  type ProtocolNotificationType,
  type ProtocolRequestType,
  ResponseError,
} from 'vscode-languageserver/node';
import type { ConfigDocument } from '../config-service.ts';
import type { OnnxDocument } from '../language-service.ts';
import { noteMessage } from './background.ts';
import { messageOf } from './log.ts';
import type { OwnJson } from './messages/own-json.ts';
import type { Session } from './session.ts';

/** Puts a handler on the connection. */
export type Registration = (connection: Connection, session: () => Session) => void;

type Answer<Result> = Result | Promise<Result>;

/** A request of the Language Server Protocol. */
export function request<Params, Result, Partial, ErrorData, Options>(
  type: ProtocolRequestType<Params, Result, Partial, ErrorData, Options>,
  handle: (session: Session, params: Params, token: CancellationToken) => Answer<Result>,
): Registration {
  return onRequest(type.method, handle);
}

/**
 * A request on a document: a model, or, where that means something, a build config. Null where it is not open, or of the other
 * kind.
 */
export function documentRequest<
  Params extends { readonly textDocument: { readonly uri: string } },
  Result,
  Partial,
  ErrorData,
  Options,
>(
  type: ProtocolRequestType<Params, Result | null, Partial, ErrorData, Options>,
  handle: (
    session: Session,
    document: OnnxDocument,
    params: Params,
  ) => Answer<Result | OwnJson<Result> | null | undefined>,
  handleConfig?: (
    session: Session,
    document: ConfigDocument,
    params: Params,
  ) => Answer<Result | null | undefined>,
): Registration {
  return onRequest<Params, Result | OwnJson<Result> | null>(type.method, async (session, params) => {
    const config = session.configs.get(params.textDocument.uri);
    if (config) {
      return (await handleConfig?.(session, config, params)) ?? null;
    }
    const document = session.documents.get(params.textDocument.uri);
    return document ? ((await handle(session, document, params)) ?? null) : null;
  });
}

/** A request of server/src/protocol.ts. */
export function customRequest<Params, Result>(
  type: RequestType<Params, Result, void>,
  handle: (session: Session, params: Params, token: CancellationToken) => Answer<Result>,
): Registration {
  return onRequest(type.method, handle);
}

export function notification<Params, Options>(
  type: ProtocolNotificationType<Params, Options> | NotificationType<Params>,
  handle: (session: Session, params: Params) => Answer<void>,
): Registration {
  return (connection, session) => {
    connection.onNotification(type.method, async (params: Params) => {
      noteMessage();
      try {
        await handle(session(), params);
      } catch (error) {
        session().log.error(`${type.method} failed`, error);
      }
    });
  };
}

function onRequest<Params, Result>(
  method: string,
  handle: (session: Session, params: Params, token: CancellationToken) => Answer<Result>,
): Registration {
  return (connection, session) => {
    connection.onRequest<unknown, void>(method, async (params: Params, token: CancellationToken) => {
      noteMessage();
      if (token.isCancellationRequested) {
        return cancelled();
      }
      try {
        return await handle(session(), params, token);
      } catch (error) {
        if (token.isCancellationRequested) {
          return cancelled();
        }
        if (error instanceof ResponseError) {
          return error;
        }
        session().log.error(`${method} failed`, error);
        return new ResponseError(LSPErrorCodes.RequestFailed, messageOf(error));
      } finally {
        noteMessage();
      }
    });
  };
}

function cancelled(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was cancelled.');
}
