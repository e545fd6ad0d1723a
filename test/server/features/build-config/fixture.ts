/** A config with `¦` at the cursor, in a world of one folder, one model and some installations. */
import assert from 'node:assert/strict';
import type { CompletionItem, LocationLink, Position } from 'vscode-languageserver-types';
import type { RuntimeFacts } from '../../../../server/src/build-config/checks/facts/facts.ts';
import type { ConfigDocument } from '../../../../server/src/config-service.ts';
import { type ConfigService, createConfigService } from '../../../../server/src/config-service.ts';
import { createDocument } from '../../../../server/src/features/document.ts';
import { formatType } from '../../../../server/src/onnx/inference/format.ts';
import type { RuntimeDescription } from '../../../../server/src/protocol.ts';
import { factsOf, wholeModel } from '../../build-config/checks/fixture.ts';

export interface World {
  /** ONNX text. */
  readonly model?: string;
  readonly runtime?: RuntimeFacts;
  /** Paths in /models; a folder ends with `/`. */
  readonly files?: readonly string[];
  readonly runtimes?: readonly RuntimeDescription[];
  readonly engine?: string;
}

export function serviceIn({ model, runtime, files = [], runtimes = [], engine }: World): ConfigService {
  const facts = model === undefined ? undefined : factsOf(model);
  const text =
    model === undefined ? undefined : createDocument('file:///models/net.onnxtxt', 1, wholeModel(model));
  return createConfigService({
    readText: (path) => {
      throw new Error(`${path} does not exist.`);
    },
    circumstances: {
      of: () => ({ ...(facts && { model: facts }), ...(runtime && { runtime }) }),
      exists: () => true,
      entriesOf: (folder) =>
        files
          .map((name) => `/models/${name}`)
          .filter((path) => {
            const rest = path.startsWith(`${folder.replace(/\/$/, '')}/`)
              ? path.slice(folder.replace(/\/$/, '').length + 1)
              : '';
            return rest !== '' && /^[^/]+\/?$/.test(rest);
          })
          .map((path) => ({
            name: path.replace(/\/$/, '').replace(/^.*\//, ''),
            isFolder: path.endsWith('/'),
          })),
      runtimes: () => Promise.resolve(runtimes),
      runtimeText: () => Promise.resolve('TensorRT 10.6, in `/opt/tensorrt`'),
      engineText: () => Promise.resolve(engine ?? 'Not built yet.'),
      typeOf: (_, value) => {
        const type = text?.inference.value(text.inference.root, value)?.type;
        return Promise.resolve(type && formatType(type).replaceAll(', ', ','));
      },
      modelUri: () => text?.uri,
      modelText: () => Promise.resolve(text),
    },
  });
}

export interface AtCursor {
  readonly service: ConfigService;
  readonly document: ConfigDocument;
  readonly position: Position;
}

/** The YAML language service knows texts by URI and version. */
let version = 0;

export function atCursor(marked: string, world: World): AtCursor {
  const before = marked.slice(0, marked.indexOf('¦'));
  assert.ok(marked.includes('¦'));
  const service = serviceIn(world);
  const lines = before.split('\n');
  return {
    service,
    document: service.createDocument('file:///models/net.trt.yaml', ++version, marked.replace('¦', '')),
    position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 },
  };
}

/** Those made of what there is, without what the schema offers. */
export async function offered(marked: string, world: World, snippets = true): Promise<CompletionItem[]> {
  const { service, document, position } = atCursor(marked, world);
  const { items } = await service.completion(document, position, snippets);
  return items.filter(({ sortText }) => sortText?.startsWith('!'));
}

export async function labels(marked: string, world: World): Promise<string[]> {
  return (await offered(marked, world)).map(({ label }) => label);
}

/** The text after an item was chosen, with the snippet's first words in its places. */
export async function completed(marked: string, label: string, world: World): Promise<string> {
  const items = await offered(marked, world, false);
  const item = items.find((candidate) => candidate.label === label);
  assert.ok(
    item?.textEdit && 'range' in item.textEdit,
    `no ${label} in: ${items.map((each) => each.label).join('; ')}`,
  );
  const { document } = atCursor(marked, world);
  const { range, newText } = item.textEdit;
  const { textDocument, text } = document;
  return (
    text.slice(0, textDocument.offsetAt(range.start)) + newText + text.slice(textDocument.offsetAt(range.end))
  );
}

export async function hovered(marked: string, world: World): Promise<string> {
  const { service, document, position } = atCursor(marked, world);
  const contents = (await service.hover(document, position))?.contents;
  return contents && typeof contents === 'object' && 'value' in contents ? contents.value : '';
}

export async function definitions(marked: string, world: World): Promise<LocationLink[]> {
  const { service, document, position } = atCursor(marked, world);
  return service.definition(document, position);
}
