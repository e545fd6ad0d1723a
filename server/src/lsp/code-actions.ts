/** Code actions on the connection: with their edits for editors that don't ask for them later, refusals as errors. */
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  CodeActionTriggerKind,
  LSPErrorCodes,
  ResponseError,
} from 'vscode-languageserver/node';
import type { ActionResult, CodeActionData, OnnxDocument } from '../language-service.ts';
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
  const actions = service.codeActions(document, range, context, network);
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
    return result.kind === 'edit' ? [{ ...action, edit: result.edit }] : [];
  });
}

export function answerResolvedCodeAction(
  { connection, service, documents, checks, client }: Session,
  action: CodeAction,
): CodeAction {
  // Those of build configs come with their edits.
  if (action.data === undefined) {
    return action;
  }
  const data: CodeActionData = action.data;
  const document = documents.get(data.uri);
  if (!document) {
    throw new ResponseError(LSPErrorCodes.RequestFailed, 'The document is no longer open.');
  }
  const result: ActionResult = service.resolveCodeAction(document, data, checks.networkOf(document));
  if (result.kind === 'refused') {
    throw new ResponseError(LSPErrorCodes.RequestFailed, result.reason);
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
