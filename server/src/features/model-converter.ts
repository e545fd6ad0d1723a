/** Text to model for the versions of one document: what an edit did not touch is kept from the version before. */
import { resolve } from 'node:path';
import type { Steps } from '../onnx/analysis/steps.ts';
import type { FileAccess } from '../onnx/model/file-access.ts';
import type { SyntaxTree } from '../onnx/text/syntax-tree.ts';
import { createModelCache, type ToModelResult, toModelInSteps } from '../onnx/text/to-model/to-model.ts';

export type ModelConverter = (tree: SyntaxTree) => Steps<ToModelResult>;

/** `folder` is what locations of references are relative to. */
export function createModelConverter(
  folder: string | undefined,
  files: FileAccess | undefined,
): ModelConverter {
  let cache = createModelCache();
  // Sizes of the files that references led to. A file that appears, vanishes or grows makes the cache's answers old.
  const sizes = new Map<string, number | undefined>();
  return (tree) => {
    if (files && [...sizes].some(([path, size]) => sizeOf(files, path) !== size)) {
      cache = createModelCache();
      sizes.clear();
    }
    return toModelInSteps(tree, {
      resolveLocation: (location) => {
        if (folder === undefined) {
          return undefined;
        }
        const path = resolve(folder, location);
        if (files && !sizes.has(path)) {
          sizes.set(path, sizeOf(files, path));
        }
        return path;
      },
      ...(files && { files }),
      cache,
    });
  };
}

/** A file that cannot be looked at counts as missing here; opening it says what is wrong. */
function sizeOf(files: FileAccess, path: string): number | undefined {
  try {
    return files.size(path);
  } catch {
    return undefined;
  }
}
