/** textDocument/codeAction and codeAction/resolve: offered at once, worked out when chosen. See code-actions/. */
import type { CodeAction, CodeActionContext, Range } from 'vscode-languageserver-types';
import type { FileAccess } from '../onnx/model/file-access.ts';
import type { ActionResult, CodeActionProvider, OfferedAction } from './code-actions/code-action.ts';
import { providers } from './code-actions/index.ts';
import type { OnnxDocument } from './document.ts';
import { offsetAt } from './source-text.ts';
import type { NetworkTypes } from './values.ts';

export interface CodeActionOptions {
  readonly files: FileAccess;
  readonly network?: NetworkTypes | undefined;
  /** Whether the editor applies edits that create files. */
  readonly createsFiles?: boolean | undefined;
}

/** What finds an action again when it is to be applied. */
export interface CodeActionData {
  readonly uri: string;
  readonly version: number;
  readonly range: Range;
  readonly context: CodeActionContext;
  readonly id: string;
}

/** All kinds that may be offered, for the server's capabilities. */
export const codeActionKinds: readonly string[] = [...new Set(providers.flatMap(({ kinds }) => kinds))];

/** Without their edits; `data` is for resolveCodeAction. */
export function codeActions(
  document: OnnxDocument,
  range: Range,
  context: CodeActionContext,
  options: CodeActionOptions,
): CodeAction[] {
  return offered(document, range, context, options).map(({ title, kind, diagnostics, isPreferred, id }) => ({
    title,
    kind,
    ...(diagnostics && { diagnostics: [...diagnostics] }),
    ...(isPreferred && { isPreferred }),
    data: {
      uri: document.uri,
      version: document.version,
      range,
      context,
      id,
    } satisfies CodeActionData,
  }));
}

/** What the action does to the document. */
export function resolveCodeAction(
  document: OnnxDocument,
  { version, range, context, id }: CodeActionData,
  options: CodeActionOptions,
): ActionResult {
  const action =
    document.version === version
      ? offered(document, range, context, options).find((other) => other.id === id)
      : undefined;
  return (
    action?.edit() ?? {
      kind: 'refused',
      reason: 'The text has changed since this action was offered. Ask for the actions again.',
    }
  );
}

function offered(
  document: OnnxDocument,
  range: Range,
  { diagnostics, only }: CodeActionContext,
  options: CodeActionOptions,
): OfferedAction[] {
  const request = {
    document,
    range,
    start: offsetAt(document.source, range.start),
    end: offsetAt(document.source, range.end),
    diagnostics,
    only,
    network: options.network,
    files: options.files,
    createsFiles: options.createsFiles === true,
  };
  const isWanted = (kind: string) =>
    only === undefined || only.some((wanted) => kind === wanted || kind.startsWith(`${wanted}.`));
  return providers.flatMap((provider: CodeActionProvider, index) =>
    provider.kinds.some(isWanted)
      ? Array.from(provider.offer(request), (action) => ({ ...action, id: `${index}:${action.id}` })).filter(
          ({ kind }) => isWanted(kind),
        )
      : [],
  );
}
