/** Engines and profiles for the editor. */
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { compareSections } from '../engine/compare-engines.ts';
import { describeEngine } from '../engine/describe-engine.ts';
import { graphNodes } from '../engine/graph-nodes.ts';
import { profilePage } from '../engine/profile/page.ts';
import { refitRules } from '../engine/refit/refit-rules.ts';
import { isStripped } from '../engine/ship-size.ts';
import type {
  CompareEnginesParams,
  CompareEnginesResult,
  EngineNeeds,
  EngineTrust,
  InspectEngineParams,
  InspectEngineResult,
  ProfileOnModelParams,
  ProfileOnModelResult,
  RefitOffer,
} from '../engine-protocol.ts';
import { profileHeat } from '../features/profile-heat.ts';
import { loadModel } from '../node/load-model.ts';
import { namedFile } from '../node/named-file.ts';
import type { Provenance } from '../tensorrt/build/provenance.ts';
import {
  type EngineFile,
  inspectEngineFile,
  runtimeForEngine,
  withLoadedEngine,
} from '../tensorrt/engines/inspect-engine.ts';
import type { Session } from './session.ts';
import { readProfiles } from './stored-measurements.ts';

export async function inspectEngine(
  { runtimes, trust: workspace }: Session,
  { uri, load, trust }: InspectEngineParams,
): Promise<InspectEngineResult> {
  const { fsPath } = URI.parse(uri);
  if (load) workspace.requireForEngines();
  const found = await runtimes.found();
  const file = await inspectEngineFile(fsPath, found);
  const loaded = load
    ? await withLoadedEngine(
        fsPath,
        await runtimeForEngine(file, found, undefined),
        loadingWith(file, trust),
        async (engine) => engine,
      )
    : undefined;
  const known = loaded ? await inspectEngineFile(fsPath, found, { device: loaded.runtime.device }) : file;
  const { header, compatibility, provenance, notes } = known;
  const layers = loaded?.layers ?? known.layers;
  const nodes = layers && provenance ? nodesOf(provenance, fsPath) : undefined;
  return {
    runs: compatibility.runs,
    summary: compatibility.summary,
    sections: describeEngine({
      header,
      compatibility,
      ...(provenance && { provenance }),
      ...(loaded && { description: loaded.description }),
      ...(layers && { layers }),
      ...(nodes && { nodes }),
    }),
    canLoad: loaded === undefined && compatibility.runs !== 'no',
    needs: needsOf(known),
    refit: refitOffer(known),
    notes,
  };
}

/** What the user has allowed; nothing else of what came with an engine is loaded. */
export function loadingWith(
  { provenance }: Pick<EngineFile, 'provenance'>,
  trust: EngineTrust | undefined,
): { readonly hostCodeAllowed: boolean; readonly pluginLibraries: readonly string[] } {
  return {
    hostCodeAllowed: trust?.hostCode === true,
    pluginLibraries: trust?.plugins === true ? (provenance?.request.pluginLibraries ?? []) : [],
  };
}

function needsOf({ compatibility, provenance }: EngineFile): EngineNeeds {
  const [best] = compatibility.runtimes;
  return {
    hostCode: best?.fits !== 'no' && best?.runsHostCode === true,
    plugins: provenance?.request.pluginLibraries ?? [],
  };
}

/** As far as the flags of its build tell: whether the weights of a model fit is looked at when it is refitted. */
function refitOffer({ path: engine, provenance }: EngineFile): RefitOffer {
  const flags = provenance?.request.settings.flags ?? [];
  const known = { flags: provenance && flags, refit: provenance?.refit, individual: provenance?.individual };
  const [rule] = refitRules({ ...known, sameWeights: 'later', assumesSame: false });
  const model = provenance && namedFile(provenance.model.path, engine);
  return {
    isPossible: rule?.answer ?? 'unknown',
    sentence: rule?.sentence ?? '',
    ...(model !== undefined && { modelUri: URI.file(model).toString() }),
    isStripped: provenance !== undefined && isStripped(provenance),
  };
}

/** Undefined where the model is not there any more: the layers tell their nodes' names all the same. */
function nodesOf({ model }: Provenance, engine: string) {
  try {
    return graphNodes(loadModel(namedFile(model.path, engine) ?? model.path).model);
  } catch {
    return undefined;
  }
}

export async function compareEngines(
  session: Session,
  { before, after, load }: CompareEnginesParams,
): Promise<CompareEnginesResult> {
  const inspect = (uri: string, trust: EngineTrust | undefined) =>
    inspectEngine(session, { uri, load: trust !== undefined, ...(trust && { trust }) });
  // One after the other: both have the GPU to themselves.
  const left = await inspect(before, load?.before);
  const right = await inspect(after, load?.after);
  return {
    differences: compareSections(left.sections, right.sections),
    canLoad: left.canLoad && right.canLoad,
    needs: { before: left.needs, after: right.needs },
  };
}

export function profileOnModel(
  { documents }: Session,
  { uri, files }: ProfileOnModelParams,
): ProfileOnModelResult {
  const document = documents.get(uri);
  if (!document) throw failure('The model is not open in the editor.');
  const profile = readProfiles(files);
  if (profile.layers.length === 0) {
    throw failure(
      'There are no times of layers in it. trtexec writes them with --exportProfile, onnx-trt profile with --export or --export-profile.',
    );
  }
  const { times, ...page } = profilePage(profile, graphNodes(document.model.model));
  return { nodes: times ? profileHeat(document, times) : [], ...page };
}

function failure(message: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, message);
}
