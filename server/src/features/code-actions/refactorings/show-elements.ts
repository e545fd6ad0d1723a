/** Writes the elements of a weight that the text only refers to, so that they can be read and edited. */
import { readBytes } from '../../../onnx/model/bytes.ts';
import { elementCount } from '../../../onnx/model/data-types.ts';
import type { FileAccess } from '../../../onnx/model/file-access.ts';
import { shownElements } from '../../../onnx/text/printer/tensors.ts';
import type { TypeSyntax } from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import { placeAt } from '../../elements.ts';
import { type ActionResult, type CodeActionProvider, refused } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { brokenText } from './phrases.ts';
import { type TensorPlace, tensorPlaces, writtenTensor } from './tensor-places.ts';

const kind = 'refactor.inline.weights';

/** More are no text that anybody edits. */
const mostElements = 10_000;

export const showElements: CodeActionProvider = {
  kinds: [kind],
  offer: ({ document, files, start }) => {
    const place = placeAt(document.tree, start);
    const written = place && writtenTensor(place);
    const isReference =
      written?.data.kind === 'external' && written.data.entries.some(({ key }) => key.name === 'field');
    if (!written || !isReference || (countOf(written.type) ?? Number.POSITIVE_INFINITY) > mostElements) {
      return [];
    }
    const { data, base, title } = written;
    return [
      {
        id: 'show',
        title: `Show the elements of ${title}`,
        kind,
        edit: () => shown(document, files, (other) => other.data === data && other.base === base),
      },
    ];
  },
};

function countOf(type: TypeSyntax): number | undefined {
  return type.kind === 'tensor'
    ? elementCount((type.dims ?? []).flatMap((dim) => (dim.kind === 'value' ? [dim.value] : [])))
    : undefined;
}

function shown(
  document: OnnxDocument,
  files: FileAccess,
  isThis: (place: TensorPlace) => boolean,
): ActionResult {
  const [problem] = document.model.problems.filter(({ code }) => code.startsWith('onnx.reference.'));
  const obstacle = brokenText(document) ?? (problem && refused(problem.message));
  const found = obstacle ? undefined : [...tensorPlaces(document)].find(isThis);
  const { data } = found?.tensor ?? {};
  if (!found || (data?.kind !== 'raw' && data?.kind !== 'typed')) {
    return obstacle ?? refused('This weight is no tensor of the model, so it has no elements to show.');
  }
  const start = found.base + found.type.start;
  const line = lineBefore(document, start);
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  const elements = shownElements(
    found.tensor,
    readBytes(data.bytes, files),
    isRawByDefault(document),
    indent,
  );
  if (!elements) {
    return refused('The bytes of this weight are no elements of its type.');
  }
  // An annotation has a line of its own.
  const flags = elements.flags.map((flag) => `${flag}\n${indent}`).join('');
  const text = flags !== '' && line.trim() !== '' ? `\n${indent}${flags}` : flags;
  return editOf(document, [
    ...(text === '' ? [] : [{ start, end: start, text }]),
    { start: found.base + found.data.start, end: found.base + found.data.end, text: elements.text },
  ]);
}

/** The line up to an offset; of a very long one its end. */
function lineBefore({ source }: OnnxDocument, offset: number): string {
  return (
    source.text
      .slice(Math.max(0, offset - 1000), offset)
      .split('\n')
      .at(-1) ?? ''
  );
}

function isRawByDefault({ tree }: OnnxDocument): boolean {
  const header = tree.header === undefined ? undefined : tree.segments[tree.header];
  return header?.annotations.some(({ key }) => key === 'raw_data') ?? false;
}
