/** Refits for the editor. */
import path from 'node:path';
import type { CancellationToken } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { missingSection, rulesSection } from '../engine/refit/describe-refit.ts';
import { byteText } from '../engine/sizes.ts';
import type { RefitEngineParams, RefitEngineResult } from '../engine-protocol.ts';
import { loadModel } from '../node/load-model.ts';
import { inspectEngineFile } from '../tensorrt/engines/inspect-engine.ts';
import { type RefitOutcome, refitEngine as refit } from '../tensorrt/engines/refit/refit-engine.ts';
import { abortedWith } from './cancellation.ts';
import { loadingWith } from './engines.ts';
import { withProgress } from './progress.ts';
import type { Session } from './session.ts';

export async function refitEngine(
  { connection, runtimes, trust: workspace, buildProblems }: Session,
  params: RefitEngineParams,
  token: CancellationToken,
): Promise<RefitEngineResult> {
  workspace.requireForEngines();
  const engine = URI.parse(params.uri).fsPath;
  const model = loadModel(URI.parse(params.model).fsPath);
  const found = await runtimes.found();
  const file = await inspectEngineFile(engine, found);
  const { output, weights, keepStripped = false, assumesSame = false, trust } = params;
  const wish = {
    engine,
    model,
    weights,
    output: output === undefined ? undefined : URI.parse(output).fsPath,
    force: true,
    keepStripped,
    assumesSame,
  };
  const outcome = await withProgress(connection, `Refitting ${path.basename(engine)}`, (report) =>
    refit(wish, found, {
      ...loadingWith(file, trust),
      signal: abortedWith(token),
      onStep: (step) => report(step),
    }),
  );
  const problems = outcome.kind === 'refused' ? outcome.problems : [];
  buildProblems.refitEnded(model.path, engine, problems, outcome.runtime);
  return answerOf(outcome, engine, model.path);
}

function answerOf(outcome: RefitOutcome, engine: string, model: string): RefitEngineResult {
  const { notes, rules, weights } = outcome;
  const name = path.basename(engine);
  if (outcome.kind === 'refused') {
    const { message, missing, problems } = outcome;
    return {
      outcome: 'refused',
      message: `${name} was not refitted. ${message}`,
      sections: [
        ...(missing.length > 0 ? [missingSection(missing, weights)] : []),
        ...(problems.length > 0
          ? [
              {
                kind: 'table' as const,
                title: 'Refused by TensorRT’s parser',
                columns: ['Nodes', 'Why', 'What to do'],
                rows: problems.map(({ nodes = [], message: why, advice = '' }) => [
                  nodes.join(', '),
                  why,
                  advice,
                ]),
              },
            ]
          : []),
        rulesSection(rules),
      ],
      notes,
      mayBeSame: rules.some(({ mayAssume }) => mayAssume === true),
      mayReplace: rules.flatMap((rule) => rule.mayReplace ?? []),
    };
  }
  const { output, replaced } = outcome;
  const isPart = rules.some(({ rule }) => rule === 'kREFIT_INDIVIDUAL');
  const what = replaced !== 'all' ? replaced.join(', ') : isPart ? 'the refittable weights' : 'all weights';
  const unsure = rules.flatMap(({ rule, answer, sentence }) =>
    rule === 'kREFIT_INDIVIDUAL' && answer === 'unknown' ? [sentence] : [],
  );
  const done = `${name} ${output ? 'was refitted' : 'can be refitted'} with ${what} of ${path.basename(model)}`;
  return {
    outcome: 'refitted',
    message: [
      output
        ? `${done}: ${path.basename(output.path)}, ${byteText(output.bytes)}.`
        : `${done}. Nothing was written.`,
      ...unsure,
    ].join(' '),
    ...(output && { outputUri: URI.file(output.path).toString() }),
    sections: [],
    notes,
    mayBeSame: false,
    mayReplace: [],
  };
}
