/** onnx/save: writes the text form back to its binary file. */
import { basename, dirname, join, relative } from 'node:path';
import { type CancellationToken, DiagnosticSeverity } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { modelDiagnostics } from '../features/diagnostics/model.ts';
import { syntaxDiagnostics } from '../features/diagnostics/syntax.ts';
import type { OnnxDocument } from '../features/document.ts';
import type { TextChange } from '../features/source-text.ts';
import {
  freeDataFile,
  isModelFile,
  ModelTooLargeError,
  type Original,
  saveModelFile,
} from '../node/save-model-file.ts';
import { tensorsOf } from '../onnx/model/external-data.ts';
import type { Model } from '../onnx/model/model.ts';
import { rangesIn } from '../onnx/model/move-to-external-data.ts';
import { elementField } from '../onnx/model/tensor-values.ts';
import type { SaveParams, SaveResult } from '../protocol.ts';
import { abortedWith } from './cancellation.ts';
import { textOfModel } from './print-model.ts';
import type { Session } from './session.ts';

/** The editor asks for a threshold nowhere: what is smaller than this is not what makes a model too large. */
const movedBytes = 1024;

/**
 * The file is replaced as a whole, or stays as it is where the text has problems or writing fails. A text that says what the file
 * holds leaves it untouched.
 */
export async function saveModel(
  session: Session,
  { uri, text, relativeTo, original: originalUri, externalData }: SaveParams,
  token: CancellationToken,
): Promise<SaveResult> {
  const { service, settings, files } = session;
  const path = URI.parse(uri).fsPath;
  const folder = relativeTo === undefined ? dirname(path) : URI.parse(relativeTo).fsPath;
  const { maximumInlineElements } = await settings.for(uri);
  const from = originalUri === undefined ? path : URI.parse(originalUri).fsPath;
  const print = (file: string) => textOfModel(files, file, dirname(file), maximumInlineElements);
  const before = isModelFile(files, from) ? print(from) : undefined;
  if (from === path && relative(folder, dirname(path)) === '' && text === before) return { text };
  const place = URI.file(join(folder, basename(path))).toString();
  const opened =
    before === undefined ? undefined : service.createDocument(URI.file(from).toString(), 0, before);
  // What the two texts have in common need not be read twice.
  const isThere = opened !== undefined && before !== undefined && relative(folder, dirname(from)) === '';
  const original = opened && { path: from, model: opened.model.model };
  const document = isThere
    ? service.changedDocument(opened, 1, [changeBetween(before, text)])
    : service.createDocument(place, 0, text);
  assertWhole(document, path);
  const { model } = document.model;
  if (original !== undefined && from === path) await keepLeavingWeights(session, original, model);
  const dataFile = freeDataFile(path, files);
  try {
    const signal = abortedWith(token);
    const moved = await saveModelFile({
      target: path,
      model,
      original,
      files,
      ...(externalData === true && { externalData: { path: dataFile, threshold: movedBytes } }),
      ...(signal && { signal }),
    });
    session.weights.remember(
      path,
      moved.map(({ tensor, offset, length }) => ({
        field: elementField(tensor),
        range: { path: dataFile, offset, length },
      })),
      files,
    );
  } catch (error) {
    if (!(error instanceof ModelTooLargeError) || externalData === true) throw error;
    return { tooLarge: { message: error.message, externalData: basename(dataFile) } };
  }
  return { text: print(path) };
}

/** Throws an error that names the first problem. */
export function assertWhole(document: OnnxDocument, path: string): void {
  const [problem, ...others] = [...syntaxDiagnostics(document), ...modelDiagnostics(document)].filter(
    ({ severity }) => severity === DiagnosticSeverity.Error,
  );
  if (problem === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new Error(
    `${basename(path)} was not saved, as its text has problems. Line ${problem.range.start.line + 1}: ${problem.message}${more}`,
  );
}

/** One change that makes the second text of the first. */
function changeBetween(before: string, after: string): TextChange {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  while (
    same < shorter - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  ) {
    same++;
  }
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}

/** For an undo after the save. */
async function keepLeavingWeights(
  { files, log, weights }: Session,
  original: Original,
  model: Model,
): Promise<void> {
  const staying = new Set(
    rangesIn(tensorsOf(model)).map(({ range }) => `${range.path} ${range.offset} ${range.length}`),
  );
  const leaving = rangesIn(tensorsOf(original.model)).filter(
    ({ range }) => !staying.has(`${range.path} ${range.offset} ${range.length}`),
  );
  try {
    await weights.keep(
      original.path,
      leaving.map(({ tensor, range }) => ({ field: elementField(tensor), range })),
      files,
    );
  } catch (error) {
    log.error('Weights that a save removes could not be kept for an undo', error);
  }
}
