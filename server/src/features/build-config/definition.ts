/** textDocument/definition in configs: configs and models to their files, names to where the model's text declares them. */
import type { LocationLink, Position, Range } from 'vscode-languageserver-types';
import type { ResolvedConfig } from '../../build-config/model.ts';
import { modelPath, resolvePath } from '../../build-config/paths.ts';
import { hasPlaceholder } from '../../build-config/resolve/placeholders.ts';
import { type OnnxDocument, rangeInSegment } from '../document.ts';
import type { Circumstances } from './circumstances.ts';
import { uriOfFile } from './diagnostics.ts';
import type { ConfigDocument } from './document.ts';
import { buildsAt } from './known-models.ts';
import { type NamesOfModel, namesAt } from './names-of-model.ts';
import { type Place, placeAt } from './place.ts';
import { yamlService } from './yaml-service.ts';

const beginning: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

export async function configDefinition(
  document: ConfigDocument,
  position: Position,
  config: ResolvedConfig,
  circumstances: Circumstances | undefined,
): Promise<LocationLink[]> {
  const { textDocument, uri } = document;
  const place = placeAt(document.config.root, position);
  const own = place && circumstances ? await targetsAt(place, config, circumstances) : [];
  if (own.length > 0) return own;
  // From an alias to its anchor.
  return (await yamlService()).doDefinition(textDocument, { position, textDocument: { uri } }) ?? [];
}

async function targetsAt(
  place: Place,
  config: ResolvedConfig,
  circumstances: Circumstances,
): Promise<LocationLink[]> {
  const { setting, role, word } = place;
  const { range, file } = word.origin;
  const source = namesAt(place);
  if (source !== undefined) return await declarations(place, source, config, circumstances);
  if (role !== 'value' || word.text === '' || hasPlaceholder(word)) return [];
  if (setting === 'extends') {
    const target = resolvePath(word.text, file);
    return circumstances.exists(target) ? [linkTo(uriOfFile(target), beginning, range)] : [];
  }
  if (setting === 'model') {
    const build = buildsAt(place, config).find((each) => modelPath(each) === resolvePath(word.text, file));
    const uri = build && circumstances.modelUri(build);
    return uri === undefined ? [] : [linkTo(uri, beginning, range)];
  }
  return [];
}

async function declarations(
  place: Place,
  source: NamesOfModel,
  config: ResolvedConfig,
  circumstances: Circumstances,
): Promise<LocationLink[]> {
  const { word } = place;
  const links = new Map<string, LocationLink>();
  for (const build of buildsAt(place, config)) {
    const path = modelPath(build);
    if (links.has(path)) continue;
    const text = await circumstances.modelText(build);
    const range = text && declarationOf(text, word.text, source);
    if (range) links.set(path, linkTo(text.uri, range, word.origin.range));
  }
  return [...links.values()];
}

/** Of the graph's own values before those of functions, as the graph stands first in nearly all texts. */
function declarationOf(document: OnnxDocument, name: string, source: NamesOfModel): Range | undefined {
  for (const [segment, node] of document.tree.segments.entries()) {
    if (node.kind === 'value-declaration' && source === 'weights' && node.data && node.name.name === name) {
      return rangeInSegment(document, segment, node.name);
    }
    if (node.kind === 'graph-signature' && source !== 'layers') {
      const ports = source === 'outputs' ? node.outputs : [...node.inputs, ...node.outputs];
      const port = ports.find((value) => value.name.name === name);
      // Outputs are made by nodes, but declared with their types here.
      if (port) return rangeInSegment(document, segment, port.name);
    }
    if (node.kind !== 'node-statement') continue;
    const found =
      source === 'layers'
        ? ((node.label?.name === name ? node.label : undefined) ??
          (node.label === undefined && `node_of_${node.outputs[0]?.name ?? ''}` === name
            ? node.outputs[0]
            : undefined))
        : node.outputs.find((output) => output.name === name);
    if (found) return rangeInSegment(document, segment, found);
  }
  return undefined;
}

function linkTo(targetUri: string, target: Range, originSelectionRange: Range): LocationLink {
  return { targetUri, targetRange: target, targetSelectionRange: target, originSelectionRange };
}
