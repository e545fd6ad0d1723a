/** Names of the model's inputs, outputs, layers, tensors and weights, with what follows such a name in its setting. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import type { InputFacts, ModelFacts, PortFacts } from '../../build-config/checks/facts/facts.ts';
import { scalarText } from '../../build-config/emit.ts';
import { keyDefinitions } from '../../build-config/flags/index.ts';
import { matches } from '../completion/match.ts';
import type { ConfigCursor } from './cursor.ts';
import { type KnownModels, portText } from './known-models.ts';
import { type NamesOfModel, namesAt } from './names-of-model.ts';
import type { Offer, Piece } from './offer.ts';
import { profileEntry, shapeEntry } from './shape-offers.ts';

/** More are no help; editors ask again as more is typed. */
const mostNames = 200;

/** Undefined where the place takes no names. */
export function nameOffers(
  cursor: ConfigCursor,
  known: KnownModels,
): { readonly offers: readonly Offer[]; readonly isIncomplete: boolean } | undefined {
  const source = namesAt(cursor.place);
  if (source === undefined) return undefined;
  const given = new Set(
    cursor.place.map?.entries.filter(({ key }) => key !== cursor.place.word).map(({ key }) => key.text),
  );
  const offers: Offer[] = [];
  const names = new Set<string>();
  for (const model of known.models) {
    for (const [name, port] of namesOf(model, source)) {
      if (given.has(name) || names.has(name) || !matches(name, cursor.typed)) continue;
      if (offers.length >= mostNames) return { offers, isIncomplete: true };
      names.add(name);
      offers.push(offerOf(name, port, source, cursor, known));
    }
  }
  return { offers, isIncomplete: false };
}

function* namesOf(
  model: ModelFacts,
  source: NamesOfModel,
): Generator<readonly [string, PortFacts | InputFacts | undefined]> {
  if (source === 'inputs' || source === 'outputs') {
    for (const port of model[source]) yield [port.name, port];
  } else {
    for (const name of model[source]) if (name !== '') yield [name, undefined];
  }
}

const kinds = {
  inputs: CompletionItemKind.Variable,
  outputs: CompletionItemKind.Variable,
  layers: CompletionItemKind.Function,
  values: CompletionItemKind.Field,
  weights: CompletionItemKind.Constant,
} as const;

function offerOf(
  name: string,
  port: PortFacts | InputFacts | undefined,
  source: NamesOfModel,
  cursor: ConfigCursor,
  { takesTypes }: KnownModels,
): Offer {
  const detail = port && portText(port);
  return {
    label: name,
    kind: kinds[source],
    insert: insertOf(name, port, cursor, takesTypes),
    ...(detail !== undefined && detail !== '' && { detail }),
  };
}

function insertOf(
  name: string,
  port: PortFacts | InputFacts | undefined,
  { place, style, hasColon }: ConfigCursor,
  takesTypes: boolean,
): readonly Piece[] {
  const word = scalarText(name);
  if (hasColon) return [word];
  const { kind } = keyDefinitions[place.setting].value;
  if (kind === 'names' || kind === 'weights') {
    // A list is begun where a line of its own is; items and single names are words.
    return style === 'block' && place.path.length === 0 ? [`- ${word}`] : [word];
  }
  const entry = entryOf(word, port, place.setting === 'refPairs' ? 'pathByName' : kind, takesTypes);
  return place.role === 'value' && style !== 'block' ? ['{ ', ...entry, ' }'] : entry;
}

function entryOf(
  word: string,
  port: PortFacts | InputFacts | undefined,
  kind: string,
  takesTypes: boolean,
): readonly Piece[] {
  if (port && 'isShapeTensor' in port) {
    if (kind === 'profiles' || kind === 'profile') return profileEntry(port);
    if (kind === 'shapes') return [`${word}: `, ...shapeEntry(port, 1)];
  }
  if (kind !== 'ioFormats') return [`${word}: `];
  const type = takesTypes || port?.type === undefined ? [] : [{ text: port.type, place: 'type' }, ':'];
  return [`${word}: `, ...type, { text: 'chw', place: 'format' }];
}
