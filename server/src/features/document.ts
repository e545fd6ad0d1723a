/** One version of an ONNX text document: immutable, and what follows from its text is worked out when first asked for. */
import type { Range } from 'vscode-languageserver-types';
import { URI, Utils } from 'vscode-uri';
import { changedPart } from '../onnx/analysis/changed-part.ts';
import { type Names, namesInSteps } from '../onnx/analysis/names.ts';
import { partOf, type Steps, type Stepwise, stepwise } from '../onnx/analysis/steps.ts';
import { externalBytes } from '../onnx/binary/external-data.ts';
import { checkInSteps, type TreeChecks } from '../onnx/checks/check-tree.ts';
import { type Inference, type InferenceSoFar, inferInSteps } from '../onnx/inference/infer.ts';
import { isFileRange, readBytes } from '../onnx/model/bytes.ts';
import type { FileAccess } from '../onnx/model/file-access.ts';
import type { Bytes, Tensor } from '../onnx/model/model.ts';
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
  /** Types and shapes that follow from the model. Takes a second for 100,000 nodes. */
  readonly inference: Inference;
  /** The inference of the newest version that has one; costs nothing. */
  readonly recentInference: Inference | undefined;
  /** The tree of the version that `recentInference` is of. */
  readonly recentlyInferred: SyntaxTree | undefined;
  /** The same values, for those who cannot wait for them: what takes long is done bit by bit. */
  readonly work: DocumentWork;
}

export interface DocumentWork {
  readonly names: Stepwise<Names>;
  readonly checks: Stepwise<TreeChecks>;
  readonly model: Stepwise<ToModelResult>;
  readonly inference: Stepwise<Inference, InferenceSoFar | undefined>;
}

/** `files` is for checking references to weights; without it they are taken as they are. */
export function createDocument(uri: string, version: number, text: string, files?: FileAccess): OnnxDocument {
  return documentOf(uri, version, sourceText(text), createLineage(uri, files));
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
  const lineage = lineages.get(document) ?? createLineage(document.uri);
  // Asked for each version, it takes no time for any; after many edits in one go it would.
  const inferred = lineage.inference.newest?.tree;
  if (inferred) changedPart(inferred.segments, tree.segments);
  return documentOf(document.uri, version, source, lineage, tree);
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
  readonly external: ((tensor: Tensor) => Bytes | undefined) | undefined;
  /** Number of versions. */
  versions: number;
  readonly names: Track<Names>;
  readonly checks: Track<TreeChecks>;
  readonly model: Track<ToModelResult>;
  readonly inference: Track<Inference, InferenceSoFar | undefined>;
}

function createLineage(uri: string, files?: FileAccess): Lineage {
  const folder = folderOf({ uri });
  return {
    versions: 0,
    names: {},
    checks: {},
    model: {},
    inference: {},
    converter: createModelConverter(folder, files),
    external: files && folder !== undefined ? externalBytes(files, folder) : undefined,
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

/** What the versions have of one derived value: each builds on the newest one. */
interface Track<Value extends object, SoFar = undefined> {
  newest?: { readonly value: Value; readonly version: number; readonly tree: SyntaxTree };
  /** The first one, as long as it is being worked out. Edits meanwhile do not make it begin again. */
  first?: Stepwise<Value, SoFar>;
}

/** Work on one version, on from the newest value that there is when it begins. */
function onTrack<Value extends object, SoFar = undefined>(
  track: Track<Value, SoFar>,
  version: number,
  tree: () => SyntaxTree,
  start: (previous: Value | undefined) => Steps<Value, SoFar>,
  nothingYet: SoFar,
): Stepwise<Value, SoFar> {
  const own: Stepwise<Value, SoFar> = stepwise(function* () {
    if (!track.newest && track.first) yield* partOf(track.first, nothingYet);
    if (!track.newest) track.first = own;
    try {
      const value = yield* start(track.newest?.value);
      if (!track.newest || track.newest.version < version) {
        track.newest = { value, version, tree: tree() };
      }
      return value;
    } finally {
      if (track.first === own) delete track.first;
    }
  });
  return own;
}

const lineages = new WeakMap<OnnxDocument, Lineage>();

function documentOf(
  uri: string,
  version: number,
  source: SourceText,
  lineage: Lineage,
  knownTree?: SyntaxTree,
): OnnxDocument {
  let tree = knownTree;
  const place = lineage.versions++;
  const { readBytes, external } = lineage;
  const ownTree = () => document.tree;
  const names = onTrack(
    lineage.names,
    place,
    ownTree,
    (previous) => namesInSteps(document.tree, previous),
    undefined,
  );
  const checks = onTrack(
    lineage.checks,
    place,
    ownTree,
    function* (previous) {
      yield* partOf(names, undefined);
      return yield* checkInSteps(document.tree, () => names.value, previous);
    },
    undefined,
  );
  const model = onTrack(lineage.model, place, ownTree, () => lineage.converter(document.tree), undefined);
  const inference = onTrack(
    lineage.inference,
    place,
    ownTree,
    function* (previous) {
      const converted = yield* partOf(model, undefined);
      return yield* inferInSteps(converted.model, { readBytes, external }, previous);
    },
    undefined,
  );
  const document: OnnxDocument = {
    uri,
    version,
    source,
    get tree() {
      tree ??= parseOnnxText(source.text);
      return tree;
    },
    get names() {
      return names.value;
    },
    get checks() {
      return checks.value;
    },
    get model() {
      return model.value;
    },
    get inference() {
      return inference.value;
    },
    get recentInference() {
      return inference.ready ?? lineage.inference.newest?.value;
    },
    get recentlyInferred() {
      return inference.ready ? document.tree : lineage.inference.newest?.tree;
    },
    work: { names, checks, model, inference },
  };
  lineages.set(document, lineage);
  return document;
}
