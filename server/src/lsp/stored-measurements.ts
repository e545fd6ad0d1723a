/** Measurements read from files, for the editor: nothing here needs a GPU. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { WorkspaceEdit } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { setSetting } from '../build-config/set-setting.ts';
import { type GraphNode, graphNodes } from '../engine/graph-nodes.ts';
import {
  contextMemoryNotes,
  contextMemorySection,
  readContextMemory,
} from '../engine/measurements/context-memory.ts';
import { adviseBudget, readSweep, sweepSection } from '../engine/measurements/weight-streaming.ts';
import { compareProfiles as profileComparison } from '../engine/profile/comparison.ts';
import { type JoinedProfile, joinProfile } from '../engine/profile/join.ts';
import { profilePage } from '../engine/profile/page.ts';
import { readProfileFile } from '../engine/profile/read.ts';
import { chromeTrace } from '../engine/profile/trace.ts';
import { runtimeName } from '../engine/runtime-fit.ts';
import type { CompareProfilesResult, KeepBudgetResult, Measurement } from '../measure-protocol.ts';
import { loadModel } from '../node/load-model.ts';
import { namedFile } from '../node/named-file.ts';
import { biggestMeasurement, readTextFile } from '../node/read-text-file.ts';
import { readProvenance } from '../tensorrt/build/provenance.ts';
import { messageOf } from './log.ts';
import type { Session } from './session.ts';

/** Throws an error for people where the files are no measurements. */
export function readMeasurement(files: readonly string[]): Measurement {
  const paths = files.map((file) => URI.parse(file).fsPath);
  const [only] = paths;
  const value = only !== undefined && paths.length === 1 ? jsonOf(only) : undefined;
  const sweep = read(only, () => readSweep(value));
  if (sweep) {
    const advice = adviseBudget(sweep);
    return {
      kind: 'weight-streaming',
      title: `${path.basename(sweep.engine)}: latency by weight streaming budget`,
      engine: URI.file(engineOf(sweep.engine, only ?? '')).toString(),
      sweep,
      advice,
      sections: [sweepSection(sweep, advice)],
    };
  }
  const table = read(only, () => readContextMemory(value));
  if (table) {
    return {
      kind: 'context-memory',
      title: `${path.basename(table.engine)}: memory of execution contexts`,
      sections: [contextMemorySection(table)],
      notes: [`Told by ${runtimeName(table.runtime)} on ${table.device.name}.`, ...contextMemoryNotes(table)],
    };
  }
  const profile = readProfiles(files);
  const model = modelOf(profile);
  const { times: _, ...page } = profilePage(profile, model?.nodes);
  if (page.sections.length === 0) {
    throw new Error(`There are no times in ${paths.join(', ')}.`);
  }
  return {
    kind: 'profile',
    title: `Profile: ${paths.map((file) => path.basename(file)).join(', ')}`,
    ...(model && { model: URI.file(model.path).toString() }),
    ...page,
  };
}

/** Several files of one profile. Throws an error for people. */
export function readProfiles(files: readonly string[]): JoinedProfile {
  const profile = joinProfile(
    files.map((file) => {
      const { fsPath } = URI.parse(file);
      const text = readTextFile(fsPath, biggestMeasurement);
      try {
        return readProfileFile(text);
      } catch (error) {
        throw new Error(`${fsPath}: ${messageOf(error)}`, { cause: error });
      }
    }),
  );
  const { model } = profile;
  const found = model === undefined ? undefined : namedFile(model, URI.parse(files[0] ?? '').fsPath);
  return { ...profile, ...(found !== undefined && { model: found }) };
}

export function compareProfiles({
  before,
  after,
}: {
  readonly before: string;
  readonly after: string;
}): CompareProfilesResult {
  const [old, now] = [readProfiles([before]), readProfiles([after])];
  const model = modelOf(now) ?? modelOf(old);
  const { inferences, nodes, layers, conditions, notes } = profileComparison(old, now, model?.nodes);
  return {
    sections: [inferences, nodes, layers, conditions].filter((section) => section !== undefined),
    notes,
  };
}

export function profileTrace(files: readonly string[]): string {
  const profile = readProfiles(files);
  const model = modelOf(profile);
  const { times } = profilePage(profile, model?.nodes);
  return chromeTrace(profile.iterations, profile.layers, times?.mapping.layers);
}

/** Throws an error for people where no config is known for the engine. */
export async function keepBudget(
  { configs }: Session,
  { engine, budget }: { readonly engine: string; readonly budget: string },
): Promise<KeepBudgetResult> {
  const { fsPath } = URI.parse(engine);
  const provenance = await readProvenance(fsPath);
  const file = provenance?.config.file;
  const advice = `Add \`weightStreamingBudget: ${budget}\` to its config yourself.`;
  if (provenance === undefined || file === undefined) {
    throw new Error(
      `${path.basename(fsPath)}.json names no config that ${path.basename(fsPath)} was built with. ${advice}`,
    );
  }
  const uri = URI.file(file).toString();
  const resolved = configs.resolve(uri);
  const build = resolved.builds.find(({ name }) => name === provenance.config.build);
  if (!build) {
    throw new Error(
      `${file} has no build ${provenance.config.build || 'without a name'} any more. ${advice}`,
    );
  }
  const { edits, builds } = setSetting(resolved, build, 'weightStreamingBudget', budget);
  const changes: WorkspaceEdit['changes'] = {};
  for (const { origin, newText } of edits) {
    const of = URI.file(origin.file).toString();
    changes[of] = [...(changes[of] ?? []), { range: origin.range, newText }];
  }
  return {
    edit: { changes },
    config: uri,
    ...(builds.length > 1 && { note: `It is for all ${builds.length} builds of the config.` }),
  };
}

/** A result may have been moved with its engine: then the one beside it counts. */
function engineOf(engine: string, file: string): string {
  const beside = path.join(path.dirname(file), path.basename(engine));
  return !existsSync(engine) && existsSync(beside) ? beside : engine;
}

function modelOf({
  model,
}: JoinedProfile): { readonly path: string; readonly nodes: GraphNode[] } | undefined {
  if (model === undefined || !existsSync(model)) return undefined;
  try {
    return { path: model, nodes: graphNodes(loadModel(model).model) };
  } catch {
    // A model that cannot be read says so where it is opened; the profile is shown by layers.
    return undefined;
  }
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readTextFile(file, biggestMeasurement));
  } catch (error) {
    // trtexec's own files need not be JSON; they are read leniently as profiles.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function read<Value>(file: string | undefined, reading: () => Value): Value {
  try {
    return reading();
  } catch (error) {
    throw new Error(`${file}: ${messageOf(error)}`, { cause: error });
  }
}
