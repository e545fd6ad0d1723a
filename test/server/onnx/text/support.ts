/** What tests of the text form share. */
import assert from 'node:assert/strict';
import type { ByteSource, FileAccess } from '../../../../server/src/onnx/model/file-access.ts';
import type { Bytes, Model } from '../../../../server/src/onnx/model/model.ts';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import type { SyntaxTree } from '../../../../server/src/onnx/text/syntax-tree.ts';
import {
  type ModelProblem,
  type ToModelContext,
  toModel,
} from '../../../../server/src/onnx/text/to-model/to-model.ts';

/** Files in memory, in the folder `/models`. */
export function filesInMemory(contents: Readonly<Record<string, Uint8Array>>): FileAccess {
  return {
    open(path): ByteSource {
      const bytes = contents[path];
      if (bytes === undefined) throw new Error(`${path} does not exist.`);
      return {
        path,
        size: bytes.length,
        read(offset, length) {
          if (offset + length > bytes.length) throw new RangeError('past the end');
          return bytes.slice(offset, offset + length);
        },
        close() {},
      };
    },
    size: (path) => contents[path]?.length,
  };
}

export function inModels(files?: FileAccess): ToModelContext {
  return { resolveLocation: (location) => `/models/${location}`, ...(files && { files }) };
}

/** A tree of text that has no syntax problems. */
export function parsed(text: string): SyntaxTree {
  const tree = parseOnnxText(text);
  assert.deepEqual(
    tree.segments.flatMap(({ problems }) => problems),
    [],
  );
  return tree;
}

/** The model of a text that has no problems at all. */
export function modelOf(text: string, context: ToModelContext = inModels()): Model {
  const { model, problems } = toModel(parsed(text), context);
  assert.deepEqual(problems, []);
  return model;
}

/** Each problem as its code, the text that it is pinned on, and its message. */
export function problemsOf(text: string, context: ToModelContext = inModels()): [string, string, string][] {
  const tree = parsed(text);
  return toModel(tree, context).problems.map((problem) => [
    problem.code,
    pinnedText(tree, problem),
    problem.message,
  ]);
}

function pinnedText(tree: SyntaxTree, { segment, span }: ModelProblem): string {
  const start = tree.starts[segment] ?? 0;
  return tree.text.slice(start + span.start, start + span.end);
}

export function inMemory(bytes: Bytes): Uint8Array {
  assert.ok(bytes instanceof Uint8Array, 'nothing in a test is in a file');
  return bytes;
}
