/**
 * Moves weights out of the model, into a file of external data beside it, and back: all initializers of the graph that are worth it,
 * or the one at the cursor. The text says where the bytes are; the model follows when it is saved.
 */
import { URI, Utils } from 'vscode-uri';
import { externalBytes } from '../../../onnx/binary/external-data.ts';
import { byteLength, dataTypeOfName } from '../../../onnx/model/data-types.ts';
import { externalLocations } from '../../../onnx/model/external-data.ts';
import type { FileAccess } from '../../../onnx/model/file-access.ts';
import { fingerprint } from '../../../onnx/model/fingerprint.ts';
import type { Graph, Model, StringEntry, Tensor } from '../../../onnx/model/model.ts';
import { moveToExternalData } from '../../../onnx/model/move-to-external-data.ts';
import { quoted } from '../../../onnx/text/printer/literals.ts';
import type { TensorDataSyntax, ValueDeclaration } from '../../../onnx/text/syntax-tree.ts';
import { folderOf, type OnnxDocument } from '../../document.ts';
import { placeAt } from '../../elements.ts';
import type { TextChange } from '../../source-text.ts';
import {
  type ActionResult,
  type CodeActionProvider,
  type CodeActionRequest,
  type OfferedAction,
  refused,
} from '../code-action.ts';
import { editOf, textEdits } from '../edits.ts';
import type { Entry } from '../rewriting/body.ts';
import { bodiesOf } from './bodies.ts';
import { brokenText, counted } from './phrases.ts';

const sourceKinds = { out: 'source.moveWeightsOut.onnx', in: 'source.moveWeightsIn.onnx' } as const;
const cursorKind = 'refactor.move.weights';

/** Smaller tensors stay in the model: they are most of a model's tensors and none of its size. Bytes. */
const threshold = 1024;

export const moveWeights: CodeActionProvider = {
  kinds: [sourceKinds.out, sourceKinds.in, cursorKind],
  offer: (request) => {
    const { document, files } = request;
    if (folderOf(document) === undefined) {
      return [];
    }
    return [
      {
        id: 'all out',
        title: 'Move All Weights to External Data',
        kind: sourceKinds.out,
        edit: () => movedOut(document, files, () => true, threshold),
      },
      {
        id: 'all in',
        title: 'Move All External Data into the Model',
        kind: sourceKinds.in,
        edit: () => movedIn(document, files, () => true),
      },
      ...atCursor(request),
    ];
  },
};

function atCursor({ document, files, start }: CodeActionRequest): OfferedAction[] {
  const place = placeAt(document.tree, start);
  const declaration = place?.path
    .map(({ node }) => node)
    .findLast((node): node is ValueDeclaration => 'kind' in node && node.kind === 'value-declaration');
  const name = declaration?.name.name ?? '';
  const { data } = declaration ?? {};
  // Graphs inside nodes keep theirs: the rest of the world looks for external data in the main graph.
  if (!declaration || !data || name === '' || place?.path.some(({ kind }) => kind === 'graph')) {
    return [];
  }
  const isThis = (tensor: Tensor) => tensor.name === name;
  if (isExternal(data)) {
    const title = `Move "${name}" into the model`;
    return [{ id: `in ${name}`, title, kind: cursorKind, edit: () => movedIn(document, files, isThis) }];
  }
  if ((bytesOf(declaration) ?? 0) < threshold) {
    return [];
  }
  const title = `Move "${name}" to external data`;
  return [{ id: `out ${name}`, title, kind: cursorKind, edit: () => movedOut(document, files, isThis, 0) }];
}

/** External data in the model's own sense: not a reference to where the model's bytes are. */
function isExternal(data: TensorDataSyntax): boolean {
  return data.kind === 'external' && !data.entries.some(({ key }) => key.name === 'field');
}

function bytesOf({ type }: ValueDeclaration): number | undefined {
  const dataType = type?.kind === 'tensor' ? dataTypeOfName(type.element.name)?.number : undefined;
  const dims =
    type?.kind === 'tensor'
      ? (type.dims ?? []).flatMap((dim) => (dim.kind === 'value' ? [dim.value] : []))
      : [];
  return dataType === undefined ? undefined : byteLength(dataType, dims);
}

function movedOut(
  document: OnnxDocument,
  files: FileAccess,
  isWanted: (tensor: Tensor) => boolean,
  least: number,
): ActionResult {
  const problem = unmovable(document);
  const folder = folderOf(document);
  const { model } = document.model;
  const { graph } = model;
  if (problem || !graph || folder === undefined) {
    return problem ?? refused('There is no graph whose weights could be moved.');
  }
  const location = freeLocation(document, folder, model, files);
  const wanted = graph.initializers.filter(isWanted);
  const moved = moveToExternalData(withInitializers(model, graph, wanted), { location, threshold: least });
  if (moved.data.length === 0) {
    return least > 0
      ? editOf(document, [], `No initializer of the graph that could move has ${least} bytes or more.`)
      : refused(
          'Its data cannot move: the integers of a typed field are written differently in external data.',
        );
  }
  const after = moved.model.graph?.initializers ?? [];
  const changes = changesOf(document, wanted, (index) => {
    const data = after[index]?.data;
    return data?.kind === 'external' && wanted[index]?.data !== data ? data.entries : undefined;
  });
  return {
    kind: 'edit',
    edit: { changes: { [document.uri]: textEdits(document, changes) } },
    writes: [{ path: `${folder}/${location}`, content: moved.data }],
    message: `${counted(changes.length, 'tensor')} moved to ${location}. Save the model to have it without them.`,
  };
}

function movedIn(
  document: OnnxDocument,
  files: FileAccess,
  isWanted: (tensor: Tensor) => boolean,
): ActionResult {
  const problem = unmovable(document);
  const folder = folderOf(document);
  const { graph } = document.model.model;
  if (problem || !graph || folder === undefined) {
    return problem ?? refused('There is no graph that weights could be moved into.');
  }
  const wanted = graph.initializers.filter((tensor) => tensor.data.kind === 'external' && isWanted(tensor));
  const locate = externalBytes(files, folder);
  const missing = wanted.find((tensor) => locate(tensor) === undefined);
  if (missing) {
    return refused(
      `Nothing was moved, as the external data of "${missing.name}" is not where the model says, or does not fit its type.`,
    );
  }
  const changes = changesOf(document, wanted, (index) => {
    const tensor = wanted[index];
    const range = tensor && locate(tensor);
    if (!tensor || !range || tensor.data.kind !== 'external') {
      return undefined;
    }
    const source = files.open(range.path);
    try {
      const check = fingerprint(range.length, (offset, length) => source.read(range.offset + offset, length));
      const location = tensor.data.entries.find(({ key }) => key === 'location')?.value ?? '';
      return Object.entries({
        location,
        offset: String(range.offset),
        length: String(range.length),
        check,
        source: 'external',
        field: 'raw_data',
      }).map(([key, value]) => ({ key, value }));
    } finally {
      source.close();
    }
  });
  const message =
    changes.length === 0
      ? 'The model has no external data.'
      : `${counted(changes.length, 'tensor')} will be in the model when it is saved. The files of external data stay where they are.`;
  return editOf(document, changes, message);
}

/** Weights of a text with mistakes may be somewhere else than it says. */
function unmovable(document: OnnxDocument): ActionResult | undefined {
  const [problem] = document.model.problems.filter(({ code }) => code.startsWith('onnx.reference.'));
  return brokenText(document) ?? (problem && refused(problem.message));
}

function withInitializers(model: Model, graph: Graph, initializers: readonly Tensor[]): Model {
  return { ...model, graph: { ...graph, initializers } };
}

/** The entries that take the place of the data of these initializers; undefined where it stays. */
function changesOf(
  document: OnnxDocument,
  tensors: readonly Tensor[],
  entriesOf: (index: number) => readonly StringEntry[] | undefined,
): TextChange[] {
  const graph = bodiesOf(document.tree).find(({ kind }) => kind === 'graph');
  const declared = new Map<string, Entry>();
  for (const placed of [...(graph?.inputs ?? []), ...(graph?.values ?? [])]) {
    if (placed.declaration.data) {
      declared.set(placed.declaration.name.name, placed);
    }
  }
  return tensors.flatMap(({ name }, index) => {
    const entries = entriesOf(index);
    const place = declared.get(name);
    if (!entries || !place?.declaration.data) {
      return [];
    }
    const { start, end } = place.declaration.data;
    const text = `[${entries.map(({ key, value }) => `${quoted(key)}: ${quoted(value)}`).join(', ')}]`;
    return [{ start: place.base + start, end: place.base + end, text }];
  });
}

/** `model.onnx.data`, or with a number where that is there already. */
function freeLocation({ uri }: OnnxDocument, folder: string, model: Model, files: FileAccess): string {
  const name = Utils.basename(URI.parse(uri)).replace(/\.(?:onnxtxt|onnxtext)$/i, '.onnx');
  const used = new Set(externalLocations(model));
  for (let number = 1; ; number++) {
    const location = number === 1 ? `${name}.data` : `${name}-${number}.data`;
    if (!used.has(location) && files.size(`${folder}/${location}`) === undefined) {
      return location;
    }
  }
}
