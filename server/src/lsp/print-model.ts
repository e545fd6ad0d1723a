/** onnx/print: the text form of a binary model. */
import { basename, dirname, relative, sep } from 'node:path';
import { URI } from 'vscode-uri';
import { readModel } from '../onnx/binary/reader.ts';
import { isFileRange } from '../onnx/model/bytes.ts';
import type { FileAccess } from '../onnx/model/file-access.ts';
import { inlineBytesForPrinting, printOnnxText } from '../onnx/text/printer/print.ts';
import type { PrintParams, PrintResult } from '../protocol.ts';
import { messageOf } from './log.ts';
import type { Session } from './session.ts';

export async function printModel(
  { settings, files }: Session,
  { uri, relativeTo }: PrintParams,
): Promise<PrintResult> {
  const path = URI.parse(uri).fsPath;
  const folder = relativeTo === undefined ? dirname(path) : URI.parse(relativeTo).fsPath;
  const { maximumInlineElements } = await settings.for(uri);
  return { text: textOfModel(files, path, folder, maximumInlineElements) };
}

/** Throws an error whose message names the file. References to weights are relative to `folder`. */
export function textOfModel(files: FileAccess, path: string, folder: string, inlineElements: number): string {
  const source = files.open(path);
  try {
    return printOnnxText(readModel(source, { inlineBytes: inlineBytesForPrinting }), {
      location: relative(folder, path).replaceAll(sep, '/'),
      readBytes: (bytes) => (isFileRange(bytes) ? source.read(bytes.offset, bytes.length) : bytes),
      inlineElements,
    });
  } catch (error) {
    throw new Error(`${basename(path)} cannot be shown as text. ${messageOf(error)}`, { cause: error });
  } finally {
    source.close();
  }
}
