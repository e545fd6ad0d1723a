import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { createDocument, type OnnxDocument } from '../features/document.ts';
import { nodeFileAccess } from '../node/file-access.ts';
import { decodeText } from '../node/load-model.ts';

/** What stands for standard input on a command line. */
export const standardInput = '-';

/** Text and tree of the ONNX text on standard input; paths in it are relative to the working folder. Throws an error for people. */
export async function readTextDocument(): Promise<OnnxDocument> {
  const text = decodeText('Standard input', await buffer(process.stdin));
  return createDocument(pathToFileURL(path.resolve('standard input')).href, 0, text, nodeFileAccess);
}
