/** onnx/print: the text form of a binary model. */
import { basename, dirname, relative, sep } from 'node:path';
import { URI } from 'vscode-uri';
import { readModel } from '../onnx/binary/reader.ts';
import { isFileRange } from '../onnx/model/bytes.ts';
import type { FileAccess } from '../onnx/model/file-access.ts';
import type { Place, PlaceOf } from '../onnx/text/printer/context.ts';
import { inlineBytesForPrinting, type PrintOptions, printOnnxText } from '../onnx/text/printer/print.ts';
import type { PrintParams, PrintResult } from '../protocol.ts';
import { messageOf } from './log.ts';
import type { Session } from './session.ts';

export async function printModel(
  { settings, files }: Session,
  { uri, relativeTo, places }: PrintParams,
): Promise<PrintResult> {
  const path = URI.parse(uri).fsPath;
  const folder = relativeTo === undefined ? dirname(path) : URI.parse(relativeTo).fsPath;
  if (places === undefined || places === 'none') {
    const { maximumInlineElements } = await settings.for(uri);
    const options: PlaceOptions = places === 'none' ? { weights: 'check' } : {};
    return { text: textOfModel(files, path, folder, maximumInlineElements, options) };
  }
  // Both sides of a comparison elide the same.
  const { maximumInlineElements } = await settings.for(places.of);
  const placeInOther = placesIn(files, URI.parse(places.of).fsPath, maximumInlineElements);
  const place: PlaceOf = (range, check) =>
    placeInOther(range, check) ?? { location: locationIn(folder, path), offset: range.offset };
  return { text: textOfModel(files, path, folder, maximumInlineElements, { place }) };
}

type PlaceOptions = Pick<PrintOptions, 'weights' | 'place'>;

/** Throws an error whose message names the file. References to weights are relative to `folder`. */
export function textOfModel(
  files: FileAccess,
  path: string,
  folder: string,
  inlineElements: number,
  options: PlaceOptions = {},
): string {
  const source = files.open(path);
  try {
    return printOnnxText(readModel(source, { inlineBytes: inlineBytesForPrinting }), {
      location: locationIn(folder, path),
      readBytes: (bytes) => (isFileRange(bytes) ? source.read(bytes.offset, bytes.length) : bytes),
      inlineElements,
      ...options,
    });
  } catch (error) {
    throw new Error(`${basename(path)} cannot be shown as text. ${messageOf(error)}`, { cause: error });
  } finally {
    source.close();
  }
}

function locationIn(folder: string, path: string): string {
  return relative(folder, path).replaceAll(sep, '/');
}

/** The places at which the text of a model in its own folder shows equal bytes; of several, one after the other. Undefined for other bytes. */
function placesIn(files: FileAccess, path: string, inlineElements: number): PlaceOf {
  const known = new Map<string, Place[]>();
  const keyOf = (length: number, check: string) => `${length} ${check}`;
  const location = basename(path);
  textOfModel(files, path, dirname(path), inlineElements, {
    place: ({ offset, length }, check) => {
      const place = { location, offset };
      const key = keyOf(length, check);
      const places = known.get(key);
      if (places) {
        places.push(place);
      } else {
        known.set(key, [place]);
      }
      return place;
    },
  });
  return ({ length }, check) => {
    const places = known.get(keyOf(length, check)) ?? [];
    return places.length > 1 ? places.shift() : places[0];
  };
}
