import assert from 'node:assert/strict';
import type { ParserErrorRecord } from '../../../../native-bridge/src/protocol.ts';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import type { SyntaxTree } from '../../../../server/src/onnx/text/syntax-tree.ts';
import { toModel } from '../../../../server/src/onnx/text/to-model/to-model.ts';
import { checkModel, type Verdict } from '../../../../server/src/tensorrt/check.ts';
import { locateErrors, type Place } from '../../../../server/src/tensorrt/locate/locate.ts';
import type { Runtime } from '../../../../server/src/tensorrt/runtimes.ts';

/** Has a runtime judge a model in ONNX text. */
export async function judgeText(
  text: string,
  runtime: Runtime,
): Promise<{ tree: SyntaxTree; verdict: Verdict }> {
  const tree = parseOnnxText(text);
  assert.equal(tree.problemCount, 0, 'the test’s own text is right');
  const { model } = toModel(tree, { resolveLocation: () => undefined });
  return { tree, verdict: await checkModel(model, runtime, { files: nodeFileAccess, directory: '/' }) };
}

/** Each error's place as `text:line`, with the calls that lead to it: `Bernoulli:12 < inner:10 < outer:5`. */
export function placesOf(tree: SyntaxTree, errors: readonly ParserErrorRecord[]): string[] {
  const show = ({ segment, span }: Place) => {
    const start = (tree.starts[segment] ?? 0) + span.start;
    const line = tree.text.slice(0, start).split('\n').length;
    return `${tree.text.slice(start, (tree.starts[segment] ?? 0) + span.end)}:${line}`;
  };
  return locateErrors(tree, errors).map(({ primary, frames }) =>
    [primary, ...frames.toReversed()].map(show).join(' < '),
  );
}
