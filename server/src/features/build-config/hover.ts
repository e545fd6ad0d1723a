/** textDocument/hover in configs: what a value comes to here and now, before what the documentation says of its key. */
import path from 'node:path';
import { type Hover, MarkupKind, type Position } from 'vscode-languageserver-types';
import { fitsName, fitsPattern, isPattern } from '../../build-config/checks/names.ts';
import { keyDefinitions } from '../../build-config/flags/index.ts';
import type { BuildConfig, ResolvedConfig } from '../../build-config/model.ts';
import { enginePath, modelPath } from '../../build-config/paths.ts';
import { parseSize } from '../../build-config/values/sizes.ts';
import { byteSize, code, codeBlock, grouped, nameText as onnxName } from '../markdown.ts';
import type { Circumstances } from './circumstances.ts';
import type { ConfigDocument } from './document.ts';
import { buildsAt, portText } from './known-models.ts';
import { type NamesOfModel, namesAt } from './names-of-model.ts';
import { type Place, placeAt } from './place.ts';
import { yamlService } from './yaml-service.ts';

/** Builds that a hover tells of. */
const mostTold = 8;
/** Names of layers that a pattern fits, and ports of a model. */
const mostListed = 10;

export async function configHover(
  document: ConfigDocument,
  position: Position,
  config: ResolvedConfig,
  circumstances: Circumstances | undefined,
): Promise<Hover | undefined> {
  const place = placeAt(document.config.root, position);
  const known = place && (await textAt(place, config, circumstances));
  // Of a name from the model, the key around it says nothing.
  if (place && known !== undefined && namesAt(place) !== undefined) {
    return { contents: { kind: MarkupKind.Markdown, value: known }, range: place.word.origin.range };
  }
  const documented = (await (await yamlService()).doHover(document.textDocument, position)) ?? undefined;
  if (known === undefined || !place) return documented;
  const rest = documented && textOf(documented);
  return {
    contents: {
      kind: MarkupKind.Markdown,
      value: rest === undefined || rest === '' ? known : `${known}\n\n---\n\n${rest}`,
    },
    range: place.word.origin.range,
  };
}

function textOf({ contents }: Hover): string {
  if (typeof contents === 'string') return contents;
  return Array.isArray(contents)
    ? contents.map((part) => (typeof part === 'string' ? part : part.value)).join('\n\n')
    : contents.value;
}

async function textAt(
  place: Place,
  config: ResolvedConfig,
  circumstances: Circumstances | undefined,
): Promise<string | undefined> {
  const size = sizeText(place);
  if (size !== undefined || !circumstances) return size;
  const builds = buildsAt(place, config);
  if (namesAt(place) !== undefined) return await nameText(place, builds, circumstances);
  if (place.path.length > 0) return undefined;
  switch (place.setting) {
    case 'runtime':
      return await ofEach(builds, (build) => circumstances.runtimeText(build));
    case 'engine':
      return await ofEach(
        builds,
        async (build) => `${code(enginePath(build))}  \n${await circumstances.engineText(build)}`,
      );
    case 'model':
      return await ofEach(builds, (build) => Promise.resolve(modelText(build, circumstances)));
    default:
      return undefined;
  }
}

/** Equal texts once; with the names of the builds where they differ. */
async function ofEach(
  builds: readonly BuildConfig[],
  textOfBuild: (build: BuildConfig) => Promise<string>,
): Promise<string | undefined> {
  const told = builds.slice(0, mostTold);
  const texts = await Promise.all(told.map(textOfBuild));
  const different = [...new Set(texts)];
  if (different.length <= 1) return different[0];
  const lines = told.map(({ name }, index) => `**${name}**: ${texts[index] ?? ''}`);
  const more = builds.length - told.length;
  return [...lines, ...(more > 0 ? [`… and ${more} more builds`] : [])].join('\n\n');
}

/** Of sizes: in bytes. */
function sizeText({ setting, path, role, word }: Place): string | undefined {
  const { kind } = keyDefinitions[setting].value;
  if (role !== 'value' || path.length !== (kind === 'pools' ? 1 : 0)) return undefined;
  if (kind !== 'pools' && kind !== 'bytes' && kind !== 'budget') return undefined;
  const parsed = parseSize(word.text, kind === 'pools' ? 'MiB' : 'B');
  return parsed.kind === 'size' ? byteSize(parsed.size.bytes) : undefined;
}

async function nameText(
  place: Place,
  builds: readonly BuildConfig[],
  { of, typeOf }: Circumstances,
): Promise<string | undefined> {
  const source = namesAt(place);
  const name = place.word.text;
  for (const build of builds) {
    const { model } = of(build);
    if (!model || source === undefined) continue;
    if (source === 'layers' || isPattern(name)) {
      const all =
        source === 'inputs' || source === 'outputs'
          ? model[source].map((port) => port.name)
          : [...model[source]];
      const fits = source === 'weights' ? fitsPattern : fitsName;
      const found = all.filter((candidate) => candidate !== '' && fits(name, candidate));
      if (found.length > 0) return `${countText(found.length, source)} of the model: ${listText(found)}`;
      continue;
    }
    const port = [...model.inputs, ...model.outputs].find((candidate) => candidate.name === name);
    const type = (await typeOf(build, name)) ?? (port && portText(port));
    const isWeight = source === 'weights' && (model.weights.has(name) || model.innerWeights.has(name));
    if (!port && !isWeight && !model.values.has(name)) continue;
    const isInput = model.inputs.some((input) => input.name === name);
    const what = isInput ? 'input' : port ? 'output' : isWeight ? 'weight' : 'tensor';
    const isShape = model.inputs.some((input) => input.name === name && input.isShapeTensor);
    return [
      codeBlock(`${type === undefined ? '' : `${type} `}${onnxName(name)}`),
      `${what} of ${code(path.basename(modelPath(build)))}${isShape ? '. Its values decide on shapes: a profile gives them, not its dimensions' : ''}`,
    ].join('\n\n');
  }
  return undefined;
}

function countText(count: number, source: NamesOfModel): string {
  const [one, many] = {
    inputs: ['input', 'inputs'],
    outputs: ['output', 'outputs'],
    layers: ['layer', 'layers'],
    values: ['tensor', 'tensors'],
    weights: ['weight', 'weights'],
  }[source];
  return count === 1 ? `1 ${one}` : `${grouped(count)} ${many}`;
}

function listText(names: readonly string[]): string {
  const shown = names.slice(0, mostListed).map(code).join(', ');
  return names.length > mostListed ? `${shown} …` : shown;
}

function modelText(build: BuildConfig, { of }: Circumstances): string {
  const { model, modelProblem } = of(build);
  const file = code(modelPath(build));
  if (modelProblem !== undefined) return `${file}  \n${modelProblem}`;
  if (!model) return file;
  const list = (ports: typeof model.inputs | typeof model.outputs) =>
    ports
      .slice(0, mostListed)
      .map((port) => `- ${code(port.name)} ${portText(port)}`)
      .join('\n');
  return `${file}\n\nInputs:\n${list(model.inputs)}\n\nOutputs:\n${list(model.outputs)}`;
}
