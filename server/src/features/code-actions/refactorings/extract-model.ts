/**
 * Writes some nodes as a model of their own into a new text beside the document: the selected ones, or all that a value depends
 * on. The document itself stays as it is.
 */
import { placeAt } from '../../elements.ts';
import { graphsAround, valueAt } from '../../values.ts';
import {
  type ActionResult,
  type CodeActionProvider,
  type CodeActionRequest,
  type OfferedAction,
  refused,
} from '../code-action.ts';
import { type Body, type Statement, statementsIn } from '../rewriting/body.ts';
import { coneOf, constantsFor, isMadeByNode } from '../rewriting/cone.ts';
import { newFileBeside } from '../rewriting/new-file.ts';
import { partOfModel } from '../rewriting/part-of-model.ts';
import { brokenStatements } from '../rewriting/refusals.ts';
import { counted, enumerated } from './phrases.ts';

const kind = 'refactor.extract.model';

export const extractModel: CodeActionProvider = {
  kinds: [kind],
  offer: (request) => [...ofSelection(request), ...ofValue(request)],
};

function* ofSelection(request: CodeActionRequest): Generator<OfferedAction> {
  const { document, start, end } = request;
  const selection = start < end ? statementsIn(document, start, end) : undefined;
  if (selection) {
    const { body, statements } = selection;
    yield {
      id: 'selection',
      title: `Extract ${counted(statements.length, 'node')} as a new model`,
      kind,
      edit: () => extracted(request, body, constantsFor(document, body, statements)),
    };
  }
}

function* ofValue(request: CodeActionRequest): Generator<OfferedAction> {
  const { document, start, end } = request;
  const place = placeAt(document.tree, start);
  const value = place && valueAt(document, place);
  const name = place?.path.at(-1)?.node;
  if (!place || !value || !name || end > place.start + name.end || !isMadeByNode(document, value)) {
    return;
  }
  const graphs = graphsAround(place.path).filter((graph) => value.scope.graphs.includes(graph));
  const { declaration } = value.scope;
  const signature = document.tree.declarations[declaration]?.signature ?? 0;
  const body: Body = {
    scope: { declaration, graphs },
    segment: graphs.length > 0 ? value.segment : signature,
  };
  yield {
    id: 'value',
    title: `Extract the nodes leading to "${value.name}" as a new model`,
    kind,
    edit: () => extracted(request, body, coneOf(document, body, value.name), value.name),
  };
}

function extracted(
  { document, files, network, createsFiles }: CodeActionRequest,
  body: Body,
  statements: readonly Statement[],
  result?: string,
): ActionResult {
  if (!createsFiles) {
    return refused(
      'This editor does not let a refactoring create files (the workspace edits of the Language Server Protocol can). Copy the nodes into a new file by hand, or use another editor.',
    );
  }
  const broken = brokenStatements(document, statements);
  if (broken !== undefined) {
    return refused(broken);
  }
  const uri = newFileBeside(document.uri, 'part', files);
  if (uri.kind === 'refused') {
    return uri;
  }
  const part = partOfModel(document, body, statements, network, result);
  if (part.kind === 'refused') {
    return part;
  }
  const { text, untyped } = part;
  return {
    kind: 'edit',
    edit: {
      documentChanges: [
        { kind: 'create', uri: uri.uri, options: { overwrite: false, ignoreIfExists: false } },
        {
          textDocument: { uri: uri.uri, version: null },
          edits: [
            { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, newText: text },
          ],
        },
      ],
    },
    show: uri.uri,
    ...(untyped.length > 0 && { message: untypedMessage(untyped) }),
  };
}

function untypedMessage(names: readonly string[]): string {
  const values = enumerated(names.map((name) => `"${name}"`));
  return names.length === 1
    ? `The type of ${values} is not known. ONNX needs it: write it before the name.`
    : `The types of ${values} are not known. ONNX needs them: write them before the names.`;
}
