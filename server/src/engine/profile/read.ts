/** Profiles from files: trtexec's `--exportTimes`, `--exportProfile` and `--exportLayerInfo`, and our own. */
import type { IterationTimes } from '../../../../native-bridge/src/engine-protocol.ts';
import { type LayerInformation, readLayerInformation } from '../layer-information.ts';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  LenientJsonError,
  parseLenientJson,
} from '../lenient-json.ts';
import { type RunConditions, readConditions } from './conditions.ts';
import { type ProfiledLayer, profiledLayer } from './profile.ts';

export type ProfileFile =
  | { readonly kind: 'times'; readonly iterations: readonly IterationTimes[] }
  | { readonly kind: 'layer-times'; readonly layers: readonly ProfiledLayer[]; readonly runs: number }
  | { readonly kind: 'layer-information'; readonly information: LayerInformation }
  /** What `onnx-trt profile --export` writes, and the bridge's own answer to a run. */
  | {
      readonly kind: 'profile';
      readonly iterations: readonly IterationTimes[];
      readonly layers: readonly ProfiledLayer[];
      readonly runs: number;
      readonly conditions: RunConditions;
      readonly information?: LayerInformation;
      /** File names or paths; absent where the file does not say. */
      readonly engine?: string;
      readonly model?: string;
    };

/** Throws an error for people, half of whose sentence is the file's name: "is …". */
export function readProfileFile(text: string): ProfileFile {
  if (text.trim() === '') throw new Error('The file is empty.');
  let value: JsonValue;
  try {
    value = parseLenientJson(text);
  } catch (error) {
    if (error instanceof LenientJsonError) throw error;
    throw new Error('It is not JSON.', { cause: error });
  }
  if (Array.isArray(value)) {
    const objects = value.filter(isJsonObject);
    if (objects.some((entry) => 'startComputeMs' in entry)) {
      return { kind: 'times', iterations: objects.map(iterationOf) };
    }
    if (objects.some((entry) => 'averageMs' in entry || 'timeMs' in entry)) return layerTimes(objects);
  }
  if (isJsonObject(value)) {
    if ('Layers' in value) return { kind: 'layer-information', information: readLayerInformation(text) };
    if ('iterations' in value || 'layers' in value) return ownProfile(value);
  }
  throw new Error(
    'It is no profile: trtexec’s --exportTimes, --exportProfile and --exportLayerInfo write some, and so does onnx-trt profile.',
  );
}

function layerTimes(entries: readonly JsonObject[]): ProfileFile {
  const count = entries.map((entry) => numberOf(entry, 'count')).find((value) => value !== undefined);
  const layers = entries
    .filter((entry) => typeof entry['name'] === 'string')
    .map((entry): ProfiledLayer => {
      const total = numberOf(entry, 'timeMs') ?? 0;
      const average = numberOf(entry, 'averageMs') ?? (count ? total / count : total);
      return {
        name: String(entry['name']),
        total,
        average,
        median: numberOf(entry, 'medianMs') ?? average,
      };
    });
  return { kind: 'layer-times', layers, runs: count ?? 1 };
}

function ownProfile(value: JsonObject): ProfileFile {
  const layers = listOf(value['layers']).map((layer) => {
    const runs = layer['milliseconds'];
    return profiledLayer(
      typeof layer['name'] === 'string' ? layer['name'] : '',
      Array.isArray(runs) ? runs.filter((run) => typeof run === 'number') : [],
    );
  });
  const information = value['layerInformation'];
  const [engine, model] = [value['engine'], value['model']];
  return {
    kind: 'profile',
    iterations: listOf(value['iterations']).map(iterationOf),
    layers,
    runs: layers.reduce((most, { runs }) => Math.max(most, runs?.length ?? 0), 0),
    conditions: readConditions(value),
    ...(typeof information === 'string' && { information: readLayerInformation(information) }),
    ...(typeof engine === 'string' && { engine }),
    ...(typeof model === 'string' && { model }),
  };
}

/**
 * trtexec's derived figures follow from the others. Old versions say `In` and `Out` for the copies; without copies they take no time
 * before and after the computation, as trtexec itself writes it.
 */
function iterationOf(entry: JsonObject): IterationTimes {
  const at = (key: string) => numberOf(entry, key);
  const [startComputeMs, endComputeMs] = [at('startComputeMs') ?? 0, at('endComputeMs') ?? 0];
  return {
    startEnqMs: at('startEnqMs') ?? 0,
    endEnqMs: at('endEnqMs') ?? 0,
    startH2dMs: at('startH2dMs') ?? at('startInMs') ?? startComputeMs,
    endH2dMs: at('endH2dMs') ?? at('endInMs') ?? startComputeMs,
    startComputeMs,
    endComputeMs,
    startD2hMs: at('startD2hMs') ?? at('startOutMs') ?? endComputeMs,
    endD2hMs: at('endD2hMs') ?? at('endOutMs') ?? endComputeMs,
  };
}

function numberOf(entry: JsonObject, key: string): number | undefined {
  const value = entry[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
