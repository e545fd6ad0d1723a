/** One version of an ONNX text document: immutable, and what follows from its text is worked out when first asked for. */
import type { Range } from 'vscode-languageserver-types';
import { URI, Utils } from 'vscode-uri';
import { type Names, namesOf } from '../onnx/analysis/names.ts';
import { checkTree, type TreeChecks } from '../onnx/checks/check-tree.ts';
import { type Inference, inferModel } from '../onnx/inference/infer.ts';
import { isFileRange, readBytes } from '../onnx/model/bytes.ts';
import type { FileAccess } from '../onnx/model/file-access.ts';
import type { Bytes } from '../onnx/model/model.ts';
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
  /** What the rules of ONNX say of the text, without shapes. */
  readonly checks: TreeChecks;
  /** The model that the text means, and what keeps it from being one. */
  readonly model: ToModelResult;
  /** Types and shapes that follow from the model. Takes a second for 100,000 nodes, and a tenth of it after an edit. */
  readonly inference: Inference;
  /** The inference of the newest version that has one; costs nothing. */
  readonly recentInference: Inference | undefined;
}

/** `files` is for checking references to weights; without it they are taken as they are. */
export function createDocument(uri: string, version: number, text: string, files?: FileAccess): OnnxDocument {
  return documentOf(uri, version, sourceText(text), createLineage(uri, files), {});
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
  const { lineage, newest } = histories.get(document) ?? { lineage: createLineage(document.uri), newest: {} };
  return documentOf(document.uri, version, source, lineage, { ...newest, tree });
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

/** What the versions of a document share. */
interface Lineage {
  readonly converter: ModelConverter;
  readonly readBytes: (bytes: Bytes) => Uint8Array;
}

function createLineage(uri: string, files?: FileAccess): Lineage {
  return {
    converter: createModelConverter(folderOf({ uri }), files),
    readBytes: (bytes) => {
      if (!isFileRange(bytes)) {
        return bytes;
      }
      if (!files) {
        throw new Error('Files cannot be read here.');
      }
      return readBytes(bytes, files);
    },
  };
}

/** The newest of each derived value that some version has worked out: the next version builds on it. */
interface Newest {
  names?: Names;
  checks?: TreeChecks;
  inference?: Inference;
}

const histories = new WeakMap<OnnxDocument, { readonly lineage: Lineage; readonly newest: Newest }>();

function documentOf(
  uri: string,
  version: number,
  source: SourceText,
  lineage: Lineage,
  { tree: knownTree, ...newest }: Newest & { tree?: SyntaxTree },
): OnnxDocument {
  let tree = knownTree;
  let names: Names | undefined;
  let checks: TreeChecks | undefined;
  let model: ToModelResult | undefined;
  let inference: Inference | undefined;
  const document: OnnxDocument = {
    uri,
    version,
    source,
    get tree() {
      tree ??= parseOnnxText(source.text);
      return tree;
    },
    get names() {
      names ??= newest.names = namesOf(document.tree, newest.names);
      return names;
    },
    get checks() {
      checks ??= newest.checks = checkTree(document.tree, () => document.names, newest.checks);
      return checks;
    },
    get model() {
      model ??= lineage.converter(document.tree);
      return model;
    },
    get inference() {
      const { readBytes } = lineage;
      inference ??= newest.inference = inferModel(document.model.model, { readBytes }, newest.inference);
      return inference;
    },
    get recentInference() {
      return inference ?? newest.inference;
    },
  };
  histories.set(document, { lineage, newest });
  return document;
}
