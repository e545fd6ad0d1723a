import assert from 'node:assert/strict';
import { formatDim, formatType } from '../../../../server/src/onnx/inference/format.ts';
import { type Inference, inferModel } from '../../../../server/src/onnx/inference/infer.ts';
import type { Bytes, Model } from '../../../../server/src/onnx/model/model.ts';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import { toModel } from '../../../../server/src/onnx/text/to-model/to-model.ts';

/** The model of a text without any problem. A text that starts with a graph gets a header of this opset version. */
export function modelFrom(text: string, opset = 21): Model {
  const header = `<ir_version: 10, opset_import: ["" : ${opset}, "ai.onnx.ml" : 3, "local" : 1]>\n`;
  const tree = parseOnnxText(text.trimStart().startsWith('<') ? text : header + text);
  assert.deepEqual(
    tree.segments.flatMap((segment) => segment.problems.map((problem) => problem.code)),
    [],
  );
  const { model, problems } = toModel(tree, { resolveLocation: () => undefined });
  assert.deepEqual(problems, []);
  return model;
}

export const context = {
  readBytes: (bytes: Bytes): Uint8Array => {
    assert.ok(bytes instanceof Uint8Array);
    return bytes;
  },
};

export function infer(text: string, opset?: number): Inference {
  return inferModel(modelFrom(text, opset), context);
}

/** The type of a value of the model's graph, as ONNX text writes it. */
export function typeIn(inference: Inference, name: string): string {
  return formatType(inference.value(inference.root, name)?.type);
}

export function dataIn(inference: Inference, name: string): string[] | undefined {
  return inference.value(inference.root, name)?.data?.map(formatDim);
}

/** `code: message` of each problem. */
export function problemsOf(inference: Inference): string[] {
  return inference.problems().map(({ code, message }) => `${code}: ${message}`);
}
