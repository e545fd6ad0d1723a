import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { type Names, namesOf } from '../../../../server/src/onnx/analysis/names.ts';
import { checkTree, findingsOn, type TreeChecks } from '../../../../server/src/onnx/checks/check-tree.ts';
import type { Finding } from '../../../../server/src/onnx/checks/finding.ts';
import { inferenceFindings } from '../../../../server/src/onnx/checks/inference-findings.ts';
import { inferModel } from '../../../../server/src/onnx/inference/infer.ts';
import { isFileRange, readBytes } from '../../../../server/src/onnx/model/bytes.ts';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import type { SyntaxTree } from '../../../../server/src/onnx/text/syntax-tree.ts';
import { type ToModelContext, toModel } from '../../../../server/src/onnx/text/to-model/to-model.ts';

export function checksOf(tree: SyntaxTree, previous?: TreeChecks): TreeChecks {
  let names: Names | undefined;
  return checkTree(
    tree,
    () => {
      names ??= namesOf(tree);
      return names;
    },
    previous,
  );
}

/** Everything that is found in a text: by the parser, the conversion, the checks and the inference. */
export function findEverything(
  text: string,
  resolveLocation: ToModelContext['resolveLocation'] = () => undefined,
): { readonly findings: readonly Finding[]; readonly otherErrors: readonly string[] } {
  const tree = parseOnnxText(text);
  const { model, problems } = toModel(tree, { resolveLocation });
  const inference = inferModel(model, {
    readBytes: (bytes) => (isFileRange(bytes) ? readBytes(bytes, nodeFileAccess) : bytes),
  });
  const inferred = findingsOn(
    tree,
    inferenceFindings(tree, () => namesOf(tree), inference),
  );
  const syntax = tree.segments.flatMap((segment) => segment.problems.map((problem) => problem.code));
  const warnings = ['onnx.annotation.unknown', 'onnx.annotation.outdated'];
  const conversion = problems.map(({ code }) => code).filter((code) => !warnings.includes(code));
  return {
    findings: [...checksOf(tree).findings, ...inferred],
    otherErrors: [...syntax, ...conversion],
  };
}
