/** A model that the parser refuses when it is to be built: as the check of the model explains it. */
import type { ParserErrorRecord } from '../../../../../native-bridge/src/protocol.ts';
import { explain } from '../../messages/explain.ts';
import { nodeName } from './layer-names.ts';
import type { BuildProblem, FailedBuild } from './problem.ts';

/** More would hide the first, which is mostly the cause. */
const shownErrors = 20;

export function explainParserErrors(
  { model: { model } }: Pick<FailedBuild, 'model'>,
  errors: readonly ParserErrorRecord[],
  runtime: string,
): readonly BuildProblem[] {
  const problems = errors.slice(0, shownErrors).map((record): BuildProblem => {
    const { code, explanation, advice, parserWords } = explain(record, runtime);
    const top = model.graph?.nodes[record.nodeIndex];
    const node = record.nodeName || (top && nodeName(top));
    return {
      code,
      message: `${explanation}\nThe parser's words: ${parserWords}`,
      advice,
      ...(node && { nodes: [node] }),
    };
  });
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
