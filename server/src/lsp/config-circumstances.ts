/** What the features of configs know of this machine: models, files, installations and engines. */
import { readdirSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { URI } from 'vscode-uri';
import type { BuildConfig } from '../build-config/model.ts';
import { enginePath, modelPath } from '../build-config/paths.ts';
import type { Circumstances, FolderEntry } from '../features/build-config/circumstances.ts';
import type { OnnxDocument } from '../features/document.ts';
import { byteSize, code } from '../features/markdown.ts';
import { isTextFile, loadTextDocument } from '../node/load-model.ts';
import { formatType } from '../onnx/inference/format.ts';
import { runtimeWish } from '../tensorrt/build/choose-runtime.ts';
import { readProvenance } from '../tensorrt/build/provenance.ts';
import { seemsCurrent } from '../tensorrt/build/seems-current.ts';
import { displayName } from '../tensorrt/installations/installation.ts';
import { type ConfigFacts, pathOf, stampOf } from './config-facts.ts';
import { messageOf } from './log.ts';
import { textOfModel } from './print-model.ts';
import type { Session } from './session.ts';

type Parts = Pick<Session, 'client' | 'documents' | 'files' | 'runtimes' | 'service' | 'settings' | 'trust'>;

/** Bytes of a model's file; what is bigger is not read while somebody waits for an answer. */
const biggestFile = 64 * 2 ** 20;
/** Segments of a text whose types are inferred while somebody waits for an answer. */
const biggestInference = 20_000;

export function createCircumstances(parts: Parts, facts: ConfigFacts): Circumstances {
  const texts = new ModelTexts(parts);
  return {
    of: facts.of,
    exists: facts.exists,
    entriesOf,
    runtimes: () => parts.runtimes.list(false),
    runtimeText: async (build) => {
      try {
        const { installation } = await parts.runtimes.forBuild(wishOf(build, parts));
        const known = facts.of(build).runtime;
        const gpu = known?.device && `on ${known.device.name}`;
        const mode = known?.mode === 'cpu-only' ? 'without a GPU' : gpu;
        return `${displayName(installation)}${mode === undefined ? '' : ` ${mode}`}, in ${code(installation.directory)}`;
      } catch (error) {
        return messageOf(error);
      }
    },
    engineText: (build) => engineText(build, parts),
    typeOf: async (build, value) => {
      const document = await texts.of(build);
      if (!document) return undefined;
      const { inference } = document.work;
      if (!inference.ready && document.tree.segments.length > biggestInference) return undefined;
      const { root } = document.inference;
      const type = document.inference.value(root, value)?.type;
      return type && formatType(type).replaceAll(', ', ',');
    },
    modelUri: (build) => texts.uriOf(build),
    modelText: (build) => texts.of(build),
  };
}

function wishOf(build: BuildConfig, { trust }: Parts): string | undefined {
  return runtimeWish(build, trust.isGranted);
}

function entriesOf(folder: string): FolderEntry[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const isFolder = entry.isSymbolicLink()
        ? statSync(path.join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() === true
        : entry.isDirectory();
      return { name: entry.name, isFolder };
    });
  } catch {
    // No folder, or one that may not be read: nothing to offer.
    return [];
  }
}

async function engineText(build: BuildConfig, parts: Parts): Promise<string> {
  const engine = enginePath(build);
  const file = await stat(engine).catch(() => undefined);
  if (!file) return 'Not built yet.';
  const size = byteSize(file.size);
  const known = await readProvenance(engine);
  if (!known)
    return `${size}. What it was built of is not known: there is no ${code(`${path.basename(engine)}.json`)}.`;
  const { runtime, device, milliseconds, built } = known;
  const name = runtime.product === 'TensorRT' ? 'TensorRT' : 'TensorRT for RTX';
  const seconds = Object.values(milliseconds).reduce((sum, each) => sum + each, 0) / 1000;
  const where = device ? ` on ${device.name}` : ' without a GPU';
  return [
    `${size}, built by ${name} ${runtime.version}${where} in ${seconds.toFixed(1)} s, ${built.slice(0, 16).replace('T', ' ')} UTC.`,
    await stateText(build, parts),
  ].join(' ');
}

async function stateText(build: BuildConfig, parts: Parts): Promise<string> {
  try {
    const { installation } = await parts.runtimes.forBuild(wishOf(build, parts));
    return (await seemsCurrent(build, installation))
      ? 'Up to date.'
      : 'Not up to date: the model, the settings or the TensorRT have changed since, or the engine has.';
  } catch (error) {
    return messageOf(error);
  }
}

/** Texts of models, the last one kept while its file stays as it is. */
class ModelTexts {
  readonly #parts: Parts;
  #last: { readonly key: string; readonly document: OnnxDocument } | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A binary model is shown as text by our extension alone. */
  uriOf(build: BuildConfig): string | undefined {
    const file = modelPath(build);
    const open = this.#open(file);
    if (open) return open.uri;
    if (stampOf(file) === undefined) return undefined;
    const uri = URI.file(file);
    if (isTextFile(file)) return uri.toString();
    return this.#parts.client.isOurExtension ? uri.with({ scheme: 'onnx' }).toString() : undefined;
  }

  async of(build: BuildConfig): Promise<OnnxDocument | undefined> {
    const file = modelPath(build);
    const open = this.#open(file);
    if (open) return open;
    const stamp = stampOf(file);
    if (stamp === undefined || (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > biggestFile) {
      return undefined;
    }
    const key = `${stamp} ${file}`;
    if (this.#last?.key === key) return this.#last.document;
    try {
      const document = isTextFile(file) ? loadTextDocument(file) : await this.#printed(file);
      if (document.tree.segments.length <= biggestInference) this.#last = { key, document };
      return document;
    } catch {
      // Why it cannot be read is told of where the config names it.
      return undefined;
    }
  }

  #open(file: string): OnnxDocument | undefined {
    return this.#parts.documents.all().find(({ uri }) => pathOf(uri) === file);
  }

  /** The text that the editor shows, so that places in it are the same. */
  async #printed(file: string): Promise<OnnxDocument> {
    const uri = URI.file(file).with({ scheme: 'onnx' }).toString();
    const { maximumInlineElements } = await this.#parts.settings.for(uri);
    const text = textOfModel(this.#parts.files, file, path.dirname(file), maximumInlineElements);
    return this.#parts.service.createDocument(uri, 0, text);
  }
}
