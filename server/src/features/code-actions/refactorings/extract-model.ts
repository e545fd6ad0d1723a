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
import { type Body, bodyOf, type Statement, statementsIn } from '../rewriting/body.ts';
import { coneOf, constantsFor, isMadeByNode } from '../rewriting/cone.ts';
import { newFileBeside } from '../rewriting/new-file.ts';
import { partOfModel } from '../rewriting/part-of-model.ts';
import { brokenText, counted, enumerated } from './phrases.ts';

const kind = 'refactor.extract.model';

export const extractModel: CodeActionProvider = {
  kinds: [kind],
  offer: (request) => [...ofSelection(request), ...ofValue(request)],
};

function* ofSelection(request: CodeActionRequest): Generator<OfferedAction> {
  const { document, start, end } = request;
  const selection = start < end ? statementsIn(document, start, end) : undefined;
  if (selection) {
    const { body, count, statements } = selection;
    yield {
      id: 'selection',
      title: `Extract ${counted(count, 'node')} as a new model`,
      kind,
      edit: () => extracted(request, body, constantsFor(document, body, statements())),
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
  const body = bodyOf(document, { declaration, graphs }, value.segment);
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
  const broken = brokenText(document);
  if (broken) {
    return broken;
  }
  const uri = newFileBeside(document.uri, 'part', files);
  if (uri.kind === 'refused') {
    return uri;
  }
  const part = partOfModel(document, body, statements, network, result);
  if (part.kind === 'refused') {
    return part;
  }
  const { text, untyped, shapeless } = part;
  const message = openEnds(untyped, shapeless);
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
    ...(message !== undefined && { message }),
  };
}

/** What is left to the user. */
function openEnds(untyped: readonly string[], shapeless: readonly string[]): string | undefined {
  const sentences = [
    ...(untyped.length > 0
      ? [
          `Nothing says the ${plural('type', untyped)} of ${named(untyped)}: write ${them(untyped)} before the name.`,
        ]
      : []),
    ...(shapeless.length > 0
      ? [
          `Nothing says the ${plural('shape', shapeless)} of ${named(shapeless)}: write ${them(shapeless)} in the brackets.`,
        ]
      : []),
  ];
  return sentences.length === 0
    ? undefined
    : `${sentences.join(' ')} ONNX asks for them on inputs and outputs of a model.`;
}

function plural(word: string, names: readonly string[]): string {
  return names.length === 1 ? word : `${word}s`;
}

function them(names: readonly string[]): string {
  return names.length === 1 ? 'it' : 'them';
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`);
  return enumerated(names.length > 5 ? [...shown, `${names.length - 5} more`] : shown);
}
