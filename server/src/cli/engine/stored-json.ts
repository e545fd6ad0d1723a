import path from 'node:path';
import { biggestMeasurement, readTextFile } from '../../node/read-text-file.ts';

/**
 * What a file with results says, which is shown again; undefined for an engine or a config, also one in JSON. Throws an error for
 * people where it is no JSON.
 */
export function storedJson(name: string): object | undefined {
  if (!/\.json$/i.test(name) || /\.trt\.json$/i.test(name)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readTextFile(path.resolve(name), biggestMeasurement));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Error(`${name} is no JSON: ${error.message}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null) throw new Error(`${name} has no results in it.`);
  return value;
}
