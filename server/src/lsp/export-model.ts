/** onnx/export: writes a model in one of protobuf's own text forms. */
import { basename, join } from 'node:path';
import type { CancellationToken } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { writeProtoText } from '../node/write-proto-text.ts';
import { encodeModelOfAnySize } from '../onnx/binary/writer.ts';
import { byteCount } from '../onnx/model/bytes.ts';
import type { ExportParams, ExportResult } from '../protocol.ts';
import { abortedWith } from './cancellation.ts';
import { assertWhole } from './save-model.ts';
import type { Session } from './session.ts';

/** A longer text is written only when the user wants it: most editors do not open it. Bytes. */
const large = 50_000_000;

/** Characters that a byte of weights takes, on average: escapes like `\003` in the one, base64 in the other. */
const charactersPerByte = { textproto: 3, json: 1.4 } as const;

export async function exportModel(
  { service, files }: Session,
  { text, relativeTo, target: targetUri, format, large: isWanted }: ExportParams,
  token: CancellationToken,
): Promise<ExportResult> {
  const target = URI.parse(targetUri).fsPath;
  const place = URI.file(join(URI.parse(relativeTo).fsPath, basename(target)));
  const document = service.createDocument(place.toString(), 0, text);
  assertWhole(document, target);
  const chunks = encodeModelOfAnySize(document.model.model);
  const bytes = Math.round(byteCount(chunks) * charactersPerByte[format]);
  if (bytes > large && isWanted !== true) return { bytes };
  const lost = await writeProtoText(target, format, chunks, files, abortedWith(token));
  return lost === undefined ? {} : { lost };
}
