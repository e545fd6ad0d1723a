import type { MarkupContent } from 'vscode-languageserver-types';
import type { Annotation } from '../../onnx/text/syntax-tree.ts';
import { code, markdown } from '../markdown.ts';

/** Annotations of docs/onnx-text.md. */
export const annotationKeys: ReadonlyMap<string, string> = new Map([
  ['doc_string', 'Description for people, of what follows.'],
  ['metadata_props', 'Named values of metadata, of what follows.'],
  [
    'raw_data',
    'The model (or this tensor) keeps the elements that are shown in `raw_data`, not in the typed field that ONNX text stands for.',
  ],
  [
    'typed_data',
    'This tensor keeps its elements in the field of its type, whatever the annotation of the model says.',
  ],
  ['empty_fields', 'Optional fields that the model has, though they are empty.'],
  ['absent_fields', "Exceptions from the model's `empty_fields`."],
  ['bytes', 'Exact bytes of strings that are not UTF-8, in base64, by the index of the string.'],
  ['nan_bits', 'Exact bits of a NaN other than the default one, by the index of the element.'],
  [
    'fields',
    'Protobuf fields that nothing else in the text says, such as unknown ones: their bytes in base64, or where they are in the model file.',
  ],
  ['fields_at', 'Protobuf fields of a part that has no line of its own, by its path.'],
]);

/** `#@ key`: what the official syntax has no word for. */
export function annotationHover(annotation: Annotation): MarkupContent | undefined {
  const description = annotationKeys.get(annotation.key);
  return markdown([
    `${code(`#@ ${annotation.key}`)}, annotation`,
    description ?? '**No such annotation is known: it is kept as a comment, and lost in the binary model.**',
  ]);
}
