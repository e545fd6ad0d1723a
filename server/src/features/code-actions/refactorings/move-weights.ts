/**
 * Moves weights out of the model, into a file of external data beside it, and back: all initializers that are worth it, or the
 * tensor at the cursor, which may be the value of a constant. The text says where the bytes are; the model follows when it is saved.
 */
import { URI, Utils } from 'vscode-uri';
import { externalBytes } from '../../../onnx/binary/external-data.ts';
import { byteLength, dataTypeOfName } from '../../../onnx/model/data-types.ts';
import { externalLocations } from '../../../onnx/model/external-data.ts';
import type { FileAccess } from '../../../onnx/model/file-access.ts';
import { fingerprint } from '../../../onnx/model/fingerprint.ts';
import type { FileRange, Model, StringEntry } from '../../../onnx/model/model.ts';
import { tensorsToExternalData } from '../../../onnx/model/move-to-external-data.ts';
import { quoted } from '../../../onnx/text/printer/literals.ts';
import type { TensorDataSyntax, TypeSyntax } from '../../../onnx/text/syntax-tree.ts';
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
import { brokenText, counted } from './phrases.ts';
import { type TensorPlace, tensorPlaces, writtenTensor } from './tensor-places.ts';

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
        edit: () => movedOut(document, files, ({ isInitializer }) => isInitializer, threshold),
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
  const written = place && writtenTensor(place);
  if (!written) {
    return [];
  }
  const { data, base, title } = written;
  const isThis = (other: TensorPlace) => other.data === data && other.base === base;
  if (isExternal(data)) {
    return [
      {
        id: 'in',
        title: `Move ${title} into the model`,
        kind: cursorKind,
        edit: () => movedIn(document, files, isThis),
      },
    ];
  }
  if ((bytesOf(written.type) ?? 0) < threshold) {
    return [];
  }
  return [
    {
      id: 'out',
      title: `Move ${title} to external data`,
      kind: cursorKind,
      edit: () => movedOut(document, files, isThis, 0),
    },
  ];
}

/** External data in the model's own sense: not a reference to where the model's bytes are. */
function isExternal(data: TensorDataSyntax): boolean {
  return data.kind === 'external' && !data.entries.some(({ key }) => key.name === 'field');
}

function bytesOf(type: TypeSyntax): number | undefined {
  const dataType = type.kind === 'tensor' ? dataTypeOfName(type.element.name)?.number : undefined;
  const dims =
    type.kind === 'tensor'
      ? (type.dims ?? []).flatMap((dim) => (dim.kind === 'value' ? [dim.value] : []))
      : [];
  return dataType === undefined ? undefined : byteLength(dataType, dims);
}

function movedOut(
  document: OnnxDocument,
  files: FileAccess,
  isWanted: (place: TensorPlace) => boolean,
  least: number,
): ActionResult {
  const problem = unmovable(document);
  const folder = folderOf(document);
  if (problem || folder === undefined) {
    return problem ?? refused('The text is in no folder that weights could be moved to. Save it first.');
  }
  const { model } = document.model;
  const location = freeLocation(document, folder, model, files);
  const wanted = [...tensorPlaces(document)].filter(isWanted);
  const moved = tensorsToExternalData(
    wanted.map(({ tensor }) => tensor),
    { location, threshold: least },
  );
  if (moved.data.length === 0) {
    return least > 0
      ? editOf(document, [], `No initializer that could move has ${least} bytes or more.`)
      : refused(
          'Its data cannot move: the integers of a typed field are written differently in external data.',
        );
  }
  const changes = wanted.flatMap((place, index) => {
    const data = moved.tensors[index]?.data;
    return data?.kind === 'external' && place.tensor.data !== data ? [change(place, data.entries)] : [];
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
  isWanted: (place: TensorPlace) => boolean,
): ActionResult {
  const problem = unmovable(document);
  const folder = folderOf(document);
  if (problem || folder === undefined) {
    return (
      problem ?? refused('The text is in no folder that external data could be found from. Save it first.')
    );
  }
  const wanted = [...tensorPlaces(document)].filter((place) => isExternal(place.data) && isWanted(place));
  const locate = externalBytes(files, folder);
  const changes: TextChange[] = [];
  for (const place of wanted) {
    const { tensor } = place;
    const range = locate(tensor);
    if (!range || tensor.data.kind !== 'external') {
      const what = tensor.name === '' ? 'a constant' : `"${tensor.name}"`;
      return refused(
        `Nothing was moved, as the external data of ${what} is not where the model says, or does not fit its type.`,
      );
    }
    const location = tensor.data.entries.find(({ key }) => key === 'location')?.value ?? '';
    const entries = {
      location,
      offset: String(range.offset),
      length: String(range.length),
      check: fingerprintOf(files, range),
      source: 'external',
      field: 'raw_data',
    };
    changes.push(
      change(
        place,
        Object.entries(entries).map(([key, value]) => ({ key, value })),
      ),
    );
  }
  const message =
    changes.length === 0
      ? 'The model has no external data.'
      : `${counted(changes.length, 'tensor')} will be in the model when it is saved. The files of external data stay where they are.`;
  return editOf(document, changes, message);
}

function fingerprintOf(files: FileAccess, range: FileRange): string {
  const source = files.open(range.path);
  try {
    return fingerprint(range.length, (offset, length) => source.read(range.offset + offset, length));
  } finally {
    source.close();
  }
}

function change({ data, base }: TensorPlace, entries: readonly StringEntry[]): TextChange {
  const text = `[${entries.map(({ key, value }) => `${quoted(key)}: ${quoted(value)}`).join(', ')}]`;
  return { start: base + data.start, end: base + data.end, text };
}

/** Weights of a text with mistakes may be somewhere else than it says. */
function unmovable(document: OnnxDocument): ActionResult | undefined {
  const [problem] = document.model.problems.filter(({ code }) => code.startsWith('onnx.reference.'));
  return brokenText(document) ?? (problem && refused(problem.message));
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
