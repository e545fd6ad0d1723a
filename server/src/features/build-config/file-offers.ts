/** Files that a setting may name, by the ends of their names, and folders on the way to them. */
import path from 'node:path';
import { CompletionItemKind } from 'vscode-languageserver-types';
import { scalarText } from '../../build-config/emit.ts';
import type { ConfigKey } from '../../build-config/flags/index.ts';
import { resolvePath } from '../../build-config/paths.ts';
import { matches } from '../completion/match.ts';
import type { Circumstances } from './circumstances.ts';
import type { ConfigCursor } from './cursor.ts';
import type { Offer } from './offer.ts';

const libraries = /\.(so(\.\d+)*|dll)$/i;
const models = /\.(onnx|onnxtxt|onnxtext)$/i;
const engines = /\.(engine|plan|trt)$/i;
const caches = /\.(cache|json)$/i;

/** All files where a setting is not among them. */
const endings: Partial<Readonly<Record<ConfigKey, RegExp>>> = {
  model: models,
  refitFromOnnx: models,
  engine: engines,
  loadEngine: engines,
  extends: /\.trt\.(ya?ml|json)$/i,
  calib: /\.(cache|calib|bin)$/i,
  timingCacheFile: caches,
  tuningCacheFile: caches,
  staticPlugins: libraries,
  dynamicPlugins: libraries,
  setPluginsToSerialize: libraries,
  leanDLLPath: libraries,
  exportTimes: /\.json$/i,
  exportOutput: /\.json$/i,
  exportProfile: /\.json$/i,
  exportLayerInfo: /\.json$/i,
};

const mostFiles = 500;

export function filesOffered(cursor: ConfigCursor, { entriesOf }: Circumstances): Offer[] {
  const { place, typed, style } = cursor;
  const { file } = place.word.origin;
  // A config that is in no file has no folder.
  if (typed.includes('${{') || !path.isAbsolute(resolvePath('.', file))) return [];
  const slash = Math.max(typed.lastIndexOf('/'), path.sep === '\\' ? typed.lastIndexOf('\\') : -1);
  const [folder, start] = [typed.slice(0, slash + 1), typed.slice(slash + 1)];
  const ending = endings[place.setting];
  const wantsFolder = place.setting === 'tempdir';
  const fitting = entriesOf(resolvePath(folder === '' ? '.' : folder, file)).filter(
    ({ name, isFolder }) =>
      matches(name, start) &&
      (start.startsWith('.') || !name.startsWith('.')) &&
      (isFolder || (!wantsFolder && (ending?.test(name) ?? true))) &&
      path.basename(file) !== name,
  );
  return fitting
    .toSorted(
      (first, second) =>
        Number(first.isFolder) - Number(second.isFolder) || (first.name < second.name ? -1 : 1),
    )
    .slice(0, mostFiles)
    .map(({ name, isFolder }) => {
      const whole = `${folder}${name}${isFolder ? '/' : ''}`;
      const startsList = style === 'block' && place.path.length === 0 && isList(place.setting);
      return {
        label: `${name}${isFolder ? '/' : ''}`,
        kind: isFolder ? CompletionItemKind.Folder : CompletionItemKind.File,
        insert: [`${startsList ? '- ' : ''}${scalarText(whole)}`],
        filter: whole,
      };
    });
}

function isList(setting: ConfigKey): boolean {
  return setting === 'staticPlugins' || setting === 'dynamicPlugins' || setting === 'setPluginsToSerialize';
}
