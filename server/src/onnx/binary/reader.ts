/** ModelProto in protobuf's wire format → Model, by positional reads of what is needed. */
import type { ByteSource } from '../model/file-access.ts';
import type { FunctionDefinition, Int64, Model, OpsetImport } from '../model/model.ts';
import { describeForeignFile } from './foreign-file.ts';
import { ModelReadError } from './model-read-error.ts';
import { appendOthers, type OtherFields, withOther } from './read/other-fields.ts';
import {
  type EntryList,
  entriesOf,
  readEntry,
  readOpsetImport,
  withSerialized,
} from './read/read-entries.ts';
import {
  finishGraph,
  type GraphParts,
  newGraphParts,
  readFunction,
  readGraphFields,
} from './read/read-graph.ts';
import { type ReadLimits, WireCursor } from './read/wire-cursor.ts';

export { ModelReadError } from './model-read-error.ts';
export type { ReadLimits } from './read/wire-cursor.ts';

const defaultLimits: ReadLimits = { inlineBytes: 256, memoryBytes: 2 ** 30 };

/**
 * Reads the structure of a model. Tensors of more than `limits.inlineBytes` stay in the file, as FileRanges of `source.path`.
 * The source stays open. Throws a ModelReadError for anything that is no whole ONNX model, in bounded time and memory.
 */
export function readModel(source: ByteSource, limits: Partial<ReadLimits> = {}): Model {
  if (source.size === 0) throw new ModelReadError('This is not an ONNX model: the file is empty.', 0);
  const cursor = new WireCursor(source, { ...defaultLimits, ...limits });
  const seen: Seen = { graphOrFunction: false };
  try {
    const model = readModelFields(cursor, seen);
    if (seen.graphOrFunction) return model;
  } catch (error) {
    if (!(error instanceof ModelReadError)) throw error;
    const foreign = describeForeignFile(source);
    if (foreign !== undefined) throw notAModel(foreign, error);
    if (seen.graphOrFunction) throw error;
    throw notAModel(`it has no graph, and reading it fails: ${error.message}`, error);
  }
  throw notAModel(describeForeignFile(source) ?? 'it has neither a graph nor functions.');
}

function notAModel(reason: string, cause?: ModelReadError): ModelReadError {
  return new ModelReadError(`This is not an ONNX model: ${reason}`, cause?.offset ?? 0, { cause });
}

/** What has been met so far, for telling a damaged model from something else. */
interface Seen {
  graphOrFunction: boolean;
}

function readModelFields(cursor: WireCursor, seen: Seen): Model {
  const opsetImports: OpsetImport[] = [];
  const functions: FunctionDefinition[] = [];
  let irVersion: Int64 | undefined;
  let producerName: string | undefined;
  let producerVersion: string | undefined;
  let domain: string | undefined;
  let modelVersion: Int64 | undefined;
  let docString: string | undefined;
  let graph: GraphParts | undefined;
  let metadata: EntryList | undefined;
  let other: OtherFields;
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x08: // 1: ir_version
        irVersion = cursor.int64();
        break;
      case 0x12: // 2: producer_name
        producerName = cursor.string();
        break;
      case 0x1a: // 3: producer_version
        producerVersion = cursor.string();
        break;
      case 0x22: // 4: domain
        domain = cursor.string();
        break;
      case 0x28: // 5: model_version
        modelVersion = cursor.int64();
        break;
      case 0x32: // 6: doc_string
        docString = cursor.string();
        break;
      case 0x3a: // 7: graph
        seen.graphOrFunction = true;
        graph ??= newGraphParts();
        cursor.message('graph', -1, readGraphFields, graph);
        break;
      case 0x42: // 8: opset_import
        opsetImports.push(cursor.message('opset import', opsetImports.length, readOpsetImport));
        break;
      case 0x72: // 14: metadata_props
        metadata = readEntry(cursor, 14, metadata);
        break;
      case 0xca: // 25: functions
        seen.graphOrFunction = true;
        functions.push(cursor.message('function', functions.length, readFunction));
        break;
      default:
        cursor.skip(tag);
        other = appendOthers(other, cursor.lastField());
    }
  }
  return {
    ...(irVersion === undefined ? {} : { irVersion }),
    opsetImports,
    ...(producerName === undefined ? {} : { producerName }),
    ...(producerVersion === undefined ? {} : { producerVersion }),
    ...(domain === undefined ? {} : { domain }),
    ...(modelVersion === undefined ? {} : { modelVersion }),
    ...(docString === undefined ? {} : { docString }),
    ...(graph === undefined ? {} : { graph: finishGraph(graph) }),
    metadata: entriesOf(metadata),
    functions,
    ...withOther(withSerialized(other, metadata)),
  };
}
