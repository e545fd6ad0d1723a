/** One version of an ONNX text document: immutable, and what follows from its text is worked out when first asked for. */
import type { Range } from 'vscode-languageserver-types';
import { URI, Utils } from 'vscode-uri';
import { type Names, namesOf } from '../onnx/analysis/names.ts';
import type { FileAccess } from '../onnx/model/file-access.ts';
import { parseOnnxText, reparse } from '../onnx/text/parse.ts';
import type { Span, SyntaxTree } from '../onnx/text/syntax-tree.ts';
import type { ToModelResult } from '../onnx/text/to-model/to-model.ts';
import { createModelConverter, type ModelConverter } from './model-converter.ts';
import { rangeOf, type SourceText, sourceText, type TextChange, withChange } from './source-text.ts';

export interface OnnxDocument {
  readonly uri: string;
  readonly version: number;
  readonly source: SourceText;
  readonly tree: SyntaxTree;
  readonly names: Names;
  /** The model that the text means, and what keeps it from being one. */
  readonly model: ToModelResult;
}

/** `files` is for checking references to weights; without it they are taken as they are. */
export function createDocument(uri: string, version: number, text: string, files?: FileAccess): OnnxDocument {
  const converter = createModelConverter(folderOf({ uri }), files);
  return documentOf(uri, version, sourceText(text), undefined, undefined, converter);
}

/** The document after edits, each relative to the text that the one before it left. Shares what they did not touch. */
export function changedDocument(
  document: OnnxDocument,
  version: number,
  changes: readonly TextChange[],
): OnnxDocument {
  const source = changes.reduce(withChange, document.source);
  const tree = reparse(
    document.tree,
    source.text,
    changes.map(({ start, end, text }) => ({ start, end, newEnd: start + text.length })),
  );
  const names = computedNames.get(document);
  return documentOf(document.uri, version, source, tree, names, converterOf(document));
}

/** Folder that relative paths of external data start from; undefined for documents that are in no file. */
export function folderOf(document: { readonly uri: string }): string | undefined {
  const uri = URI.parse(document.uri);
  return uri.scheme === 'file' || uri.scheme === 'onnx'
    ? Utils.dirname(uri.with({ scheme: 'file' })).fsPath
    : undefined;
}

/** Text of a span whose offsets are relative to a segment. */
export function textOf(document: OnnxDocument, segment: number, span: Span): string {
  const start = document.tree.starts[segment] ?? 0;
  return document.source.text.slice(start + span.start, start + span.end);
}

/** LSP range of a span whose offsets are relative to a segment. */
export function rangeInSegment(document: OnnxDocument, segment: number, span: Span): Range {
  const start = document.tree.starts[segment] ?? 0;
  return rangeOf(document.source, start + span.start, start + span.end);
}

const computedNames = new WeakMap<OnnxDocument, Names>();
const converters = new WeakMap<OnnxDocument, ModelConverter>();

/** The versions of a document share one. */
function converterOf(document: OnnxDocument): ModelConverter {
  return converters.get(document) ?? createModelConverter(folderOf(document), undefined);
}

function documentOf(
  uri: string,
  version: number,
  source: SourceText,
  knownTree: SyntaxTree | undefined,
  previousNames: Names | undefined,
  converter: ModelConverter,
): OnnxDocument {
  let tree = knownTree;
  let model: ToModelResult | undefined;
  const document: OnnxDocument = {
    uri,
    version,
    source,
    get tree() {
      tree ??= parseOnnxText(source.text);
      return tree;
    },
    get names() {
      const names = computedNames.get(document) ?? namesOf(document.tree, previousNames);
      computedNames.set(document, names);
      return names;
    },
    get model() {
      model ??= converter(document.tree);
      return model;
    },
  };
  converters.set(document, converter);
  return document;
}
