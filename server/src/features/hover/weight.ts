import { resolve } from 'node:path';
import type { MarkupContent } from 'vscode-languageserver-types';
import { byteLength, dataTypeOfName, elementCount } from '../../onnx/model/data-types.ts';
import type { FileAccess } from '../../onnx/model/file-access.ts';
import type {
  TensorDataSyntax,
  TensorSyntax,
  TypeSyntax,
  ValueDeclaration,
} from '../../onnx/text/syntax-tree.ts';
import { folderOf, textOf } from '../document.ts';
import type { Place } from '../elements.ts';
import type { HoverContext } from '../hover.ts';
import { byteSize, code, codeBlock, grouped, markdown, nameText } from '../markdown.ts';

/** A tensor's type and size, and where its elements lie. */
export function tensorHover(context: HoverContext, place: Place): MarkupContent | undefined {
  const tensor = tensorAround(place);
  if (!tensor) {
    return undefined;
  }
  const type = tensor.type && textOf(context.document, place.segment, tensor.type).replace(/\s+/g, '');
  return markdown([
    type && codeBlock(tensor.name ? `${type} ${nameText(tensor.name.name)}` : type),
    dataNote(context, tensor),
  ]);
}

type TensorLike = TensorSyntax | ValueDeclaration;

function tensorAround(place: Place): TensorLike | undefined {
  for (const element of place.path.toReversed()) {
    if (element.kind === 'tensor' || element.kind === 'declaration') {
      return element.node;
    }
    if (element.kind === 'segment' && element.node.kind === 'value-declaration') {
      return element.node;
    }
  }
  return undefined;
}

/** `512,000 elements, 2,048,000 bytes (1.95 MiB)` and the place, for a tensor whose elements are shown or referred to. */
export function dataNote(context: HoverContext, tensor: TensorLike): string | undefined {
  const { data } = tensor;
  if (!data) {
    return undefined;
  }
  const place = data.kind === 'external' ? placeNote(context, data) : undefined;
  return [sizeNote(tensor.type), place].filter((part) => part !== undefined).join('\n\n');
}

function sizeNote(type: TypeSyntax | undefined): string | undefined {
  if (type?.kind !== 'tensor') {
    return undefined;
  }
  const dims = (type.dims ?? []).flatMap((dim) => (dim.kind === 'value' ? [dim.value] : []));
  const dataType = dataTypeOfName(type.element.name);
  if (dims.length !== (type.dims?.length ?? 0) || !dataType) {
    return undefined;
  }
  const count = elementCount(dims);
  const bytes = byteLength(dataType.number, dims);
  return count === undefined
    ? undefined
    : `${grouped(count)} ${count === 1 ? 'element' : 'elements'}${bytes === undefined ? '' : `, ${byteSize(bytes)}`}.`;
}

function placeNote(
  { document, files }: HoverContext,
  data: TensorDataSyntax & { kind: 'external' },
): string | undefined {
  const entries = new Map(data.entries.map(({ key, value }) => [key.name, value.name]));
  const location = entries.get('location');
  if (location === undefined) {
    return '**The `location` of this external data is missing.**';
  }
  const field = entries.get('field');
  const offset = Number(entries.get('offset') ?? 0);
  const length = entries.get('length');
  const stored = length === undefined ? 'All bytes' : byteSize(Number(length));
  const folder = folderOf(document);
  const kind = field === undefined ? 'External data' : `Elements left in the model's ${code(field)}`;
  return [
    `${kind}: ${stored} at offset ${grouped(offset)} of ${code(location)}.`,
    ...(folder === undefined
      ? []
      : fileProblem(files, resolve(folder, location), offset + Number(length ?? 0))),
  ].join('\n\n');
}

/** What is wrong with the file that the bytes up to `end` should be in. */
function fileProblem(files: FileAccess, path: string, end: number): string[] {
  try {
    const size = files.size(path);
    if (size === undefined) {
      return [`**There is no file ${code(path)}.**`];
    }
    return end > size ? [`**The file ends before that: it has ${byteSize(size)}.**`] : [];
  } catch (error) {
    return [
      `**${code(path)} cannot be looked at: ${error instanceof Error ? error.message : String(error)}**`,
    ];
  }
}
