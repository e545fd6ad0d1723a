import { constants } from 'node:buffer';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isWholeModel } from '../features/diagnostics/model.ts';
import { createDocument, type OnnxDocument } from '../features/document.ts';
import { readModel } from '../onnx/binary/reader.ts';
import { isFileRange } from '../onnx/model/bytes.ts';
import type { ByteSource } from '../onnx/model/file-access.ts';
import type { Bytes, Model } from '../onnx/model/model.ts';
import { inlineBytesForPrinting, printOnnxText } from '../onnx/text/printer/print.ts';
import { nodeFileAccess } from './file-access.ts';
import { inTurns } from './in-turns.ts';
import { problemsOf, TextProblemsError } from './text-problems.ts';

/** A model file, binary or text. */
export interface LoadedModel {
  /** As it was given. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly model: Model;
  readonly isText: boolean;
  /** The model's text form, made when it is first needed. */
  document(): OnnxDocument;
}

/** Throws an error for people, a TextProblemsError where a text has problems. */
export function loadModel(name: string): LoadedModel {
  return isTextFile(name) ? loadText(name) : loadBinary(name);
}

/** The same, but others have their turn while a text becomes a model. Rejects with the signal's reason, too. */
export async function loadModelInTurns(name: string, signal: AbortSignal): Promise<LoadedModel> {
  if (!isTextFile(name)) return loadBinary(name);
  const document = loadTextDocument(name);
  await inTurns(document.work.model, signal);
  return modelOfText(name, document);
}

export function isTextFile(name: string): boolean {
  return /\.(?:onnxtxt|onnxtext)$/i.test(name);
}

/** Text and tree of an ONNX text file. Throws an error for people. */
export function loadTextDocument(name: string): OnnxDocument {
  const absolute = path.resolve(name);
  const source = nodeFileAccess.open(absolute);
  try {
    assertShortEnough(name, source.size);
    const bytes = source.read(0, source.size);
    return createDocument(pathToFileURL(absolute).href, 0, decodeText(name, bytes), nodeFileAccess);
  } finally {
    source.close();
  }
}

/** The longest text there can be in a program of JavaScript, half a gigabyte. */
export const longestText = constants.MAX_STRING_LENGTH;

function assertShortEnough(name: string, bytes: number): void {
  if (bytes <= longestText) return;
  throw new Error(
    `${name} is not read: it is ${Math.ceil(bytes / 2 ** 20)} MiB long, and ONNX text has at most 512 MiB. Text printed without --weights inline refers to big weights instead of showing them. Is it a binary model with a wrong name?`,
  );
}

/** Throws an error for people where it is not UTF-8, or too long. */
export function decodeText(name: string, bytes: Uint8Array): string {
  assertShortEnough(name, bytes.length);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Error(`${name} is not ONNX text: it is not UTF-8. Is it a binary model with a wrong name?`, {
      cause,
    });
  }
}

function loadText(name: string): LoadedModel {
  return modelOfText(name, loadTextDocument(name));
}

function modelOfText(name: string, document: OnnxDocument): LoadedModel {
  if (!isWholeModel(document)) throw new TextProblemsError(name, document, problemsOf(document));
  const { model } = document.model;
  return { name, path: path.resolve(name), model, isText: true, document: () => document };
}

function loadBinary(name: string): LoadedModel {
  const absolute = path.resolve(name);
  const source = nodeFileAccess.open(absolute);
  let model: Model;
  try {
    model = readModel(source, { inlineBytes: inlineBytesForPrinting });
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    source.close();
  }
  let document: OnnxDocument | undefined;
  return {
    name,
    path: absolute,
    model,
    isText: false,
    document: () => {
      if (!document) {
        const text = textOf(model, path.basename(absolute));
        document = createDocument(pathToFileURL(absolute).href, 0, text, nodeFileAccess);
      }
      return document;
    },
  };
}

/** Text form with big weights elided; `location` is what references call the model's file. */
export function textOf(model: Model, location: string): string {
  const files = openFiles();
  try {
    return printOnnxText(model, { location, readBytes: files.read });
  } finally {
    files.close();
  }
}

/** Reads bytes of files that stay open until `close`: a print reads many small tensors of one file. */
export function openFiles(): { read(bytes: Bytes): Uint8Array; close(): void } {
  const sources = new Map<string, ByteSource>();
  return {
    read: (bytes) => {
      if (!isFileRange(bytes)) return bytes;
      const source = sources.get(bytes.path) ?? nodeFileAccess.open(bytes.path);
      sources.set(bytes.path, source);
      return source.read(bytes.offset, bytes.length);
    },
    close: () => {
      for (const source of sources.values()) source.close();
    },
  };
}
