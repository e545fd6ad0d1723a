/** Code actions on the connection: with their edits for editors that don't ask for them later, refusals as errors. */
import { unlink } from 'node:fs/promises';
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  CodeActionTriggerKind,
  type Diagnostic,
  type ExecuteCommandParams,
  LSPErrorCodes,
  type Position,
  type Range,
  ResponseError,
} from 'vscode-languageserver/node';
import type { ActionResult, CodeActionData, OnnxDocument } from '../language-service.ts';
import { writeModel } from '../node/write-model.ts';
import type { Session } from './session.ts';

export function answerCodeActions(
  { service, checks, client }: Session,
  document: OnnxDocument,
  { range, context }: CodeActionParams,
): CodeAction[] {
  if (!client.takesCodeActions) {
    return [];
  }
  const network = checks.networkOf(document);
  const unpublished = checks.unpublished(document).filter((problem) => touches(problem.range, range));
  const known = { ...context, diagnostics: [...context.diagnostics, ...unpublished] };
  const actions = service
    .codeActions(document, range, known, network)
    .map((action) => ofShownProblems(action, context.diagnostics));
  if (client.resolvesCodeActions) {
    return actions;
  }
  // What works on the whole model is not worked out with every move of the cursor, but when it is asked for.
  const isAskedFor = context.only?.some((kind) => kind.startsWith(CodeActionKind.Source)) === true;
  return actions.flatMap(({ data, ...action }) => {
    if (!isAskedFor && action.kind?.startsWith(CodeActionKind.Source)) {
      return [];
    }
    const result = service.resolveCodeAction(document, data, network);
    if (result.kind !== 'edit') {
      return [];
    }
    return [{ ...action, ...(result.writes ? commandFor(action.title, data) : { edit: result.edit }) }];
  });
}

/** A fix of a problem that is not shown is one of the problem that is shown in its place. */
function ofShownProblems<Action extends CodeAction>(action: Action, shown: readonly Diagnostic[]): Action {
  if (!action.diagnostics) {
    return action;
  }
  const diagnostics = action.diagnostics.flatMap((problem) =>
    shown.includes(problem) ? [problem] : shown.filter(({ range }) => touches(range, problem.range)),
  );
  return { ...action, diagnostics };
}

function touches(one: Range, other: Range): boolean {
  return !isBefore(one.end, other.start) && !isBefore(other.end, one.start);
}

function isBefore(one: Position, other: Position): boolean {
  return one.line < other.line || (one.line === other.line && one.character < other.character);
}

export function answerResolvedCodeAction(session: Session, action: CodeAction): CodeAction {
  const { connection, client } = session;
  // Those of build configs come with their edits.
  if (action.data === undefined) {
    return action;
  }
  const data: CodeActionData = action.data;
  const { document, result } = worked(session, data);
  if (result.writes) {
    return { ...action, ...commandFor(action.title, data) };
  }
  // On saving, nobody has asked what there was to do.
  const isSilent =
    action.kind?.startsWith(CodeActionKind.Source) &&
    data.context.triggerKind === CodeActionTriggerKind.Automatic;
  if (result.message !== undefined && !isSilent) {
    connection.window.showInformationMessage(result.message);
  }
  return {
    ...action,
    edit: result.edit,
    ...(client.isOurExtension && commandAfter(document, result)),
  };
}

/** The command of an action that writes files: only once it is chosen, and not when an editor asks for a preview. */
export const applyActionCommand = 'tensorrt.applyCodeAction';

function commandFor(title: string, data: CodeActionData): Pick<CodeAction, 'command'> {
  return { command: { title, command: applyActionCommand, arguments: [data] } };
}

/** workspace/executeCommand: writes the files of an action, and has the editor make its edit. */
export async function executeCommand(
  session: Session,
  { command, arguments: [data] = [] }: ExecuteCommandParams,
): Promise<null> {
  if (command !== applyActionCommand || !isActionData(data)) {
    throw new ResponseError(
      LSPErrorCodes.RequestFailed,
      `There is no command ${command} with such arguments.`,
    );
  }
  const { result } = worked(session, data);
  const files = result.writes ?? [];
  for (const { path, content } of files) {
    if (session.files.size(path) !== undefined) {
      throw new ResponseError(
        LSPErrorCodes.RequestFailed,
        `${path} is there already. Ask for the actions again.`,
      );
    }
    await writeModel(path, content);
  }
  const { applied } = await session.connection.workspace.applyEdit(result.edit);
  if (!applied) {
    // They were not there before.
    await Promise.all(files.map(({ path }) => unlink(path)));
    throw new ResponseError(
      LSPErrorCodes.RequestFailed,
      'The editor did not make the edit; nothing was changed.',
    );
  }
  if (result.message !== undefined) {
    session.connection.window.showInformationMessage(result.message);
  }
  return null;
}

function isActionData(data: unknown): data is CodeActionData {
  return typeof data === 'object' && data !== null && 'uri' in data && 'version' in data && 'id' in data;
}

function worked(
  { service, documents, checks }: Session,
  data: CodeActionData,
): { readonly document: OnnxDocument; readonly result: Extract<ActionResult, { kind: 'edit' }> } {
  const document = documents.get(data.uri);
  if (!document) {
    throw new ResponseError(LSPErrorCodes.RequestFailed, 'The document is no longer open.');
  }
  const result = service.resolveCodeAction(document, data, checks.networkOf(document));
  if (result.kind === 'refused') {
    throw new ResponseError(LSPErrorCodes.RequestFailed, result.reason);
  }
  return { document, result };
}

/** What our extension does once the edit is made. */
function commandAfter(
  document: OnnxDocument,
  { rename, show }: Extract<ActionResult, { kind: 'edit' }>,
): Pick<CodeAction, 'command'> {
  if (rename) {
    const given = [document.uri, rename];
    return { command: { title: 'Rename', command: 'tensorrt.renameAt', arguments: given } };
  }
  return show === undefined
    ? {}
    : { command: { title: 'Show', command: 'tensorrt.showDocument', arguments: [show] } };
}
