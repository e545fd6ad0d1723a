import { rangeReader } from '../onnx/binary/merge/rope.ts';
import type { Chunk } from '../onnx/binary/writer.ts';
import type { FileAccess } from '../onnx/model/file-access.ts';
import { jsonOf } from '../onnx/proto-text/json.ts';
import { gatherLosses } from '../onnx/proto-text/losses.ts';
import { textprotoOf } from '../onnx/proto-text/textproto.ts';
import { writeModel } from './write-model.ts';

export type ProtoTextFormat = 'textproto' | 'json';

/** Characters that are gathered before they are handed on. */
const pieceLength = 1 << 16;

/**
 * The serialized model in one of protobuf's text forms, with all weights by value, some at a time. `lost` says afterwards what the
 * form cannot say, in sentences.
 */
export function protoText(
  format: ProtoTextFormat,
  chunks: readonly Chunk[],
  files: FileAccess,
): { readonly pieces: Iterable<string>; lost(): string | undefined } {
  const losses = gatherLosses();
  function* pieces(): Generator<string> {
    const reader = rangeReader(files);
    let gathered: string[] = [];
    let length = 0;
    try {
      for (const piece of (format === 'json' ? jsonOf : textprotoOf)(chunks, reader, losses)) {
        gathered.push(piece);
        length += piece.length;
        if (length < pieceLength) continue;
        yield gathered.join('');
        gathered = [];
        length = 0;
      }
      yield gathered.join('');
    } finally {
      reader.close();
    }
  }
  return { pieces: pieces(), lost: losses.sentence };
}

/** Writes it to a file, all or nothing. The answer is what the form has no place for. */
export async function writeProtoText(
  target: string,
  format: ProtoTextFormat,
  chunks: readonly Chunk[],
  files: FileAccess,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { pieces, lost } = protoText(format, chunks, files);
  await writeModel(target, encoded(pieces), signal);
  return lost();
}

function* encoded(pieces: Iterable<string>): Generator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}
