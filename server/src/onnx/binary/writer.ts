/** Model → ModelProto in protobuf's wire format. */
import { byteCount } from '../model/bytes.ts';
import type { Bytes, Model } from '../model/model.ts';
import { encodeModelFields } from './write/encode-model.ts';
import { encodeFields } from './write/field-sink.ts';

/** What follows in the written file: bytes, or a range of another file that is copied without going through memory. */
export type Chunk = Bytes;

/** The model cannot be written as one protobuf message; the message is a sentence for people. */
export class ModelWriteError extends Error {
  override readonly name = 'ModelWriteError';
}

/** Protobuf's limit for a message, in bytes. */
export const largestMessage = 2 ** 31 - 1;

/**
 * The serialized model, in the order of the file. Weights that are ranges of a file stay ranges.
 * Throws a ModelWriteError where the model is longer than protobuf allows.
 */
export function encodeModel(model: Model): Chunk[] {
  const chunks = encodeModelOfAnySize(model);
  const length = byteCount(chunks);
  if (length > largestMessage) {
    throw new ModelWriteError(
      `The model would be ${length} bytes long, and no ONNX file can be longer than ${largestMessage} (2 GiB, protobuf's limit). Keep its largest tensors in external data.`,
    );
  }
  return chunks;
}

/** As encodeModel, for what is compared or changed before it is written: a message that is too long is not refused. */
export function encodeModelOfAnySize(model: Model): Chunk[] {
  return encodeFields((sink) => encodeModelFields(sink, model));
}
