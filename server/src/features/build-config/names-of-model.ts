/** Which names of the model a setting is about. */
import type { ConfigKey } from '../../build-config/flags/index.ts';
import { keyDefinitions } from '../../build-config/flags/index.ts';
import type { Place } from './place.ts';

export type NamesOfModel = 'inputs' | 'outputs' | 'layers' | 'values' | 'weights';

const sources: Partial<Readonly<Record<ConfigKey, NamesOfModel>>> = {
  profiles: 'inputs',
  shapesCalib: 'inputs',
  shapes: 'inputs',
  inputIOFormats: 'inputs',
  loadInputs: 'inputs',
  outputIOFormats: 'outputs',
  loadRefOutputs: 'outputs',
  layerPrecisions: 'layers',
  layerOutputTypes: 'layers',
  layerDeviceTypes: 'layers',
  decomposableAttentions: 'layers',
  markDebug: 'values',
  markOutputs: 'values',
  saveDebugTensors: 'values',
  refitIndividual: 'weights',
};

/** Where a place takes names of the model; undefined where it takes something else. */
export function namesAt({ setting, path, role }: Place): NamesOfModel | undefined {
  if (role === 'setting') return undefined;
  if (setting === 'refPairs') {
    const [, part, ...rest] = path;
    const isName = rest.length === 0 && (part === 'loadInputs' || part === 'loadRefOutputs');
    return isName ? (part === 'loadInputs' ? 'inputs' : 'outputs') : undefined;
  }
  const source = sources[setting];
  if (source === undefined) return undefined;
  const { kind } = keyDefinitions[setting].value;
  if (kind === 'names' || kind === 'weights')
    return role === 'value' && path.length <= 1 ? source : undefined;
  if (kind === 'ioFormats' && typeof path[0] === 'number') return undefined;
  // The first step into profiles is their number.
  return path.length === (kind === 'profiles' ? 1 : 0) ? source : undefined;
}
