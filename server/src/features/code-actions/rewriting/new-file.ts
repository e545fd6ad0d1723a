/** A file that a refactoring makes. */
import { URI, Utils } from 'vscode-uri';
import type { FileAccess } from '../../../onnx/model/file-access.ts';

export type NewFile =
  | { readonly kind: 'free'; readonly uri: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** `NAME-part.onnxtxt` in the folder of the document (of its model, where it is the text of a binary one), or `NAME-part2` … */
export function newFileBeside(documentUri: string, suffix: string, files: FileAccess): NewFile {
  const document = URI.parse(documentUri);
  if (document.scheme !== 'file' && document.scheme !== 'onnx') {
    return {
      kind: 'refused',
      reason: 'The new model is made beside this one, which is in no file yet. Save this text first.',
    };
  }
  const file = URI.file(document.with({ scheme: 'file' }).fsPath);
  const name = Utils.basename(file).replace(/\.(?:onnx|onnxtxt|onnxtext)$/i, '');
  for (let count = 1; count <= 1000; count++) {
    const uri = Utils.joinPath(
      Utils.dirname(file),
      `${name}-${suffix}${count === 1 ? '' : String(count)}.onnxtxt`,
    );
    try {
      if (files.size(uri.fsPath) === undefined) {
        return { kind: 'free', uri: uri.toString() };
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { kind: 'refused', reason: `The folder of this model cannot be looked into: ${why}` };
    }
  }
  return {
    kind: 'refused',
    reason: `There are a thousand files named ${name}-${suffix} already. Delete or rename some first.`,
  };
}
