/** Completions of values from what there is: names of the model, shapes, files, installations of TensorRT. */
import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver-types';
import { keyDefinitions } from '../../build-config/flags/index.ts';
import type { BuildConfig, ResolvedConfig } from '../../build-config/model.ts';
import type { Circumstances } from './circumstances.ts';
import type { ConfigCursor } from './cursor.ts';
import { filesOffered } from './file-offers.ts';
import { buildsAt, knownModels } from './known-models.ts';
import { nameOffers } from './name-offers.ts';
import { itemOf, type Offer } from './offer.ts';
import { runtimeOffers } from './runtime-offers.ts';
import { shapeOffers } from './shape-offers.ts';

export interface ValueItems {
  readonly items: readonly CompletionItem[];
  /** More fit than were offered: to be asked again when more is typed. */
  readonly isIncomplete: boolean;
}

export async function valueItems(
  cursor: ConfigCursor,
  config: ResolvedConfig,
  circumstances: Circumstances,
  snippets: boolean,
): Promise<ValueItems> {
  const builds = buildsAt(cursor.place, config);
  const { offers, isIncomplete = false } = await offersAt(cursor, builds, circumstances);
  return { items: offers.map((offer, index) => itemOf(offer, cursor, snippets, index)), isIncomplete };
}

interface Offers {
  readonly offers: readonly Offer[];
  readonly isIncomplete?: boolean;
}

async function offersAt(
  cursor: ConfigCursor,
  builds: readonly BuildConfig[],
  circumstances: Circumstances,
): Promise<Offers> {
  const { place } = cursor;
  const { setting, path } = place;
  const { kind } = keyDefinitions[setting].value;
  const models = knownModels(builds, circumstances);
  const shapes = shapeOffers(cursor, models);
  if (shapes.length > 0) return { offers: shapes };
  const names = nameOffers(cursor, models);
  if (names) return names;
  if (place.role !== 'value') return { offers: [] };
  if (setting === 'runtime') return { offers: runtimeOffers(await circumstances.runtimes()) };
  if (setting === 'useProfile' || setting === 'calibProfile') return { offers: profileNumbers(builds) };
  const isFile =
    setting === 'extends' ||
    kind === 'path' ||
    kind === 'paths' ||
    (kind === 'pathByName' && path.length === 1) ||
    (setting === 'refPairs' && path.length === 3);
  return isFile ? { offers: filesOffered(cursor, circumstances) } : { offers: [] };
}

function profileNumbers(builds: readonly BuildConfig[]): Offer[] {
  const counts = builds.map((build) => build.get('profiles')?.value.length ?? 0);
  return Array.from({ length: Math.max(0, ...counts) }, (_, index) => ({
    label: String(index),
    kind: CompletionItemKind.Value,
    insert: [String(index)],
    detail: `profile ${index + 1} of ${Math.max(...counts)}`,
  }));
}
