/** onnx/save: writes the text form back to its binary file. */
import { basename, dirname, join, relative } from 'node:path';
import { type CancellationToken, DiagnosticSeverity } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { modelDiagnostics } from '../features/diagnostics/model.ts';
import { syntaxDiagnostics } from '../features/diagnostics/syntax.ts';
import { writeModel } from '../node/write-model.ts';
import { ModelReadError, readModel } from '../onnx/binary/reader.ts';
import { encodeModel } from '../onnx/binary/writer.ts';
import type { FileAccess } from '../onnx/model/file-access.ts';
import type { PrintResult, SaveParams } from '../protocol.ts';
import { abortedWith } from './cancellation.ts';
import { textOfModel } from './print-model.ts';
import type { Session } from './session.ts';

/**
 * The file is replaced as a whole, or stays as it is where the text has problems or writing fails. A text that says what the file
 * holds leaves it untouched.
 */
export async function saveModel(
  { service, settings, files }: Session,
  { uri, text, relativeTo }: SaveParams,
  token: CancellationToken,
): Promise<PrintResult> {
  const path = URI.parse(uri).fsPath;
  const folder = relativeTo === undefined ? dirname(path) : URI.parse(relativeTo).fsPath;
  const { maximumInlineElements } = await settings.for(uri);
  const print = () => textOfModel(files, path, dirname(path), maximumInlineElements);
  if (relative(folder, dirname(path)) === '' && isModelFile(files, path) && text === print()) {
    return { text };
  }
  const document = service.createDocument(URI.file(join(folder, basename(path))).toString(), 0, text);
  const [problem, ...others] = [...syntaxDiagnostics(document), ...modelDiagnostics(document)].filter(
    ({ severity }) => severity === DiagnosticSeverity.Error,
  );
  if (problem) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    throw new Error(
      `${basename(path)} was not saved, as its text has problems. Line ${problem.range.start.line + 1}: ${problem.message}${more}`,
    );
  }
  await writeModel(path, encodeModel(document.model.model), abortedWith(token));
  return { text: print() };
}

/** Whether there is a model to compare with; a file that is none is replaced like one that is not there. */
function isModelFile(files: FileAccess, path: string): boolean {
  if (files.size(path) === undefined) {
    return false;
  }
  const source = files.open(path);
  try {
    readModel(source);
    return true;
  } catch (error) {
    if (error instanceof ModelReadError) {
      return false;
    }
    throw error;
  } finally {
    source.close();
  }
}
