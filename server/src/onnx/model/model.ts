/**
 * An ONNX model in memory, as the IR specification names its parts (onnx.proto of IR version 14). Plain immutable data: weights
 * stay where they are and are known by their byte range. Fields that the text form has no word for travel in `otherFields`,
 * so that nothing a model holds is lost.
 *
 * How presence in the protobuf message follows from the interface:
 * - An optional property is written when it is there, even if empty or zero.
 * - A required string, number, enumeration, or nested message is written unless it is empty, zero, or has no content; where a
 *   file holds it empty or zero, its bytes are in `otherFields`. `omitted` names the exceptions, where files commonly hold
 *   what can be left out: an opset's empty domain, an attribute's type and single value are written unless omitted.
 * - `otherFields` are written before the named property of the same field, which wins over an older value among them.
 *
 * Strings: bytes that are no valid UTF-8 appear as lone surrogates U+DC80 to U+DCFF (as Python's "surrogateescape" does) and
 * are written back as the bytes they were; `isWellFormed` from utf8.ts tells.
 */

/** A protobuf int64: a number where it is a safe integer, a bigint beyond. */
export type Int64 = number | bigint;

/** Bytes of a file that have not been read. */
export interface FileRange {
  /** Absolute path. */
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** Bytes in memory or still in their file. */
export type Bytes = Uint8Array | FileRange;

/** StringStringEntryProto. */
export interface StringEntry {
  readonly key: string;
  readonly value: string;
}

/** What every message may hold beyond the properties that the interface names. */
export interface Extensible {
  /**
   * Serialized fields of this message (tags included) that the interface does not name: present-but-empty required ones,
   * training_info, quantization_annotation, unknown fields … The pieces follow each other; each but the big ones is in memory.
   */
  readonly otherFields?: readonly Bytes[];
}

export interface OpsetImport extends Extensible {
  /** Empty: ai.onnx. */
  readonly domain: string;
  /** The empty domain is not written (as PyTorch's exporter does) instead of written as an empty string (as onnx does). */
  readonly omitted?: 'domain';
  readonly version: Int64;
}

export interface Model extends Extensible {
  readonly irVersion?: Int64;
  readonly opsetImports: readonly OpsetImport[];
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly domain?: string;
  readonly modelVersion?: Int64;
  readonly docString?: string;
  readonly graph?: Graph;
  readonly metadata: readonly StringEntry[];
  readonly functions: readonly FunctionDefinition[];
}

export interface Graph extends Extensible {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly initializers: readonly Tensor[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly valueInfos: readonly ValueInfo[];
  readonly docString?: string;
  readonly metadata: readonly StringEntry[];
}

export interface FunctionDefinition extends Extensible {
  readonly name: string;
  readonly domain: string;
  readonly overload?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Names of attribute parameters without a default. */
  readonly attributes: readonly string[];
  /** Attribute parameters with their defaults (attribute_proto). */
  readonly attributeDefaults: readonly Attribute[];
  readonly nodes: readonly Node[];
  readonly opsetImports: readonly OpsetImport[];
  readonly valueInfos: readonly ValueInfo[];
  readonly docString?: string;
  readonly metadata: readonly StringEntry[];
}

export interface Node extends Extensible {
  /** Empty string for an omitted optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly operator: string;
  /** Empty string: ai.onnx. */
  readonly domain: string;
  readonly overload?: string;
  readonly attributes: readonly Attribute[];
  readonly docString?: string;
  readonly metadata: readonly StringEntry[];
}

interface AttributeCommon extends Extensible {
  readonly name: string;
  /**
   * `type`: the file says no AttributeType; the property follows from the one value that is there (IR version 1).
   * `value`: `value` is not written. Either the file has no value field, which means zero or empty, or `otherFields` hold the
   * field because `value` cannot: a NaN of other bits than the default one, a string too long to be read (`value` is empty).
   */
  readonly omitted?: 'type' | 'value';
  readonly docString?: string;
}

/** AttributeProto.AttributeType, by its text-form name. */
export type AttributeType =
  | 'float'
  | 'int'
  | 'string'
  | 'tensor'
  | 'graph'
  | 'sparse_tensor'
  | 'type_proto'
  | 'floats'
  | 'ints'
  | 'strings'
  | 'tensors'
  | 'graphs'
  | 'sparse_tensors'
  | 'type_protos';

export type Attribute = AttributeCommon &
  (
    | { readonly type: 'float'; readonly value: number }
    | { readonly type: 'int'; readonly value: Int64 }
    /** UTF-8 where valid, else the raw bytes. */
    | { readonly type: 'string'; readonly value: string | Uint8Array }
    | { readonly type: 'tensor'; readonly value: Tensor }
    | { readonly type: 'graph'; readonly value: Graph }
    | { readonly type: 'sparse_tensor'; readonly value: SparseTensor }
    | { readonly type: 'type_proto'; readonly value: Type }
    | { readonly type: 'floats'; readonly value: readonly number[] }
    | { readonly type: 'ints'; readonly value: readonly Int64[] }
    | { readonly type: 'strings'; readonly value: readonly (string | Uint8Array)[] }
    | { readonly type: 'tensors'; readonly value: readonly Tensor[] }
    | { readonly type: 'graphs'; readonly value: readonly Graph[] }
    | { readonly type: 'sparse_tensors'; readonly value: readonly SparseTensor[] }
    | { readonly type: 'type_protos'; readonly value: readonly Type[] }
    /** A reference to an attribute parameter of the enclosing function (ref_attr_name). */
    | { readonly type: 'reference'; readonly attributeType?: AttributeType; readonly value: string }
    /** AttributeProto of undefined type: no value at all. */
    | { readonly type: 'undefined' }
  );

/** Where a tensor's elements are. Every `bytes` is little-endian and packed as ONNX packs raw_data unless said otherwise. */
export type TensorData =
  /** TensorProto.raw_data. */
  | { readonly kind: 'raw'; readonly bytes: Bytes }
  /** A typed field. Float and double fields hold IEEE values; the integer fields hold protobuf varints. */
  | { readonly kind: 'typed'; readonly field: TypedDataField; readonly bytes: Bytes }
  /** TensorProto.string_data. */
  | { readonly kind: 'strings'; readonly values: readonly Uint8Array[] }
  /** data_location EXTERNAL: the entries as the model gives them (location, offset, length, checksum …). */
  | { readonly kind: 'external'; readonly entries: readonly StringEntry[] }
  /** No data field at all (a tensor without elements, or a malformed one). */
  | { readonly kind: 'none' };

export type TypedDataField = 'float_data' | 'int32_data' | 'int64_data' | 'double_data' | 'uint64_data';

export interface Tensor extends Extensible {
  readonly name: string;
  /** TensorProto.DataType number; 0 is undefined. See data-types.ts. */
  readonly dataType: number;
  readonly dims: readonly Int64[];
  readonly data: TensorData;
  readonly docString?: string;
  readonly metadata: readonly StringEntry[];
}

export interface SparseTensor extends Extensible {
  readonly values: Tensor;
  readonly indices: Tensor;
  readonly dims: readonly Int64[];
}

export interface ValueInfo extends Extensible {
  readonly name: string;
  readonly type?: Type;
  readonly docString?: string;
  readonly metadata: readonly StringEntry[];
}

export type Type = Extensible & { readonly denotation?: string } & (
    | { readonly kind: 'tensor'; readonly elementType: number; readonly shape?: Shape }
    | { readonly kind: 'sparse_tensor'; readonly elementType: number; readonly shape?: Shape }
    | { readonly kind: 'sequence'; readonly element: Type }
    | { readonly kind: 'optional'; readonly element: Type }
    | { readonly kind: 'map'; readonly key: number; readonly value: Type }
    | { readonly kind: 'opaque'; readonly domain?: string; readonly name?: string }
    /** TypeProto without a value. */
    | { readonly kind: 'undefined' }
  );

export type Shape = readonly Dimension[];

export type Dimension = Extensible & { readonly denotation?: string } & (
    | { readonly kind: 'value'; readonly value: Int64 }
    | { readonly kind: 'parameter'; readonly name: string }
    | { readonly kind: 'unknown' }
  );
