/**
 * What is known of the models, runtimes and files that the open configs name. Nothing waits for it: what is being read is unknown, or
 * as it was before, and the configs are checked again when it is there. Unsaved texts of models count.
 */
import { existsSync, statSync } from 'node:fs';
import { URI } from 'vscode-uri';
import type { CheckFacts } from '../build-config/checks/check.ts';
import type { BuildFacts, ModelFacts, RuntimeFacts } from '../build-config/checks/facts/facts.ts';
import { modelFactsInSteps } from '../build-config/checks/facts/model-facts.ts';
import type { BuildConfig } from '../build-config/model.ts';
import { modelPath } from '../build-config/paths.ts';
import { isWholeModel } from '../features/diagnostics/model.ts';
import type { OnnxDocument } from '../language-service.ts';
import { loadModel } from '../node/load-model.ts';
import { stepwise } from '../onnx/analysis/steps.ts';
import type { Model } from '../onnx/model/model.ts';
import { runtimeWish } from '../tensorrt/build/choose-runtime.ts';
import { inBackground } from './background.ts';
import { messageOf } from './log.ts';
import type { Session } from './session.ts';

type Parts = Pick<Session, 'documents' | 'runtimes' | 'trust' | 'log'>;

/** Milliseconds between two looks at files, and at what TensorRT has said of itself since. */
const lookInterval = 2000;

interface KnownModel {
  /** The version of the file or open text that the facts are of, or are being worked out of. */
  source: OnnxDocument | string;
  facts: ModelFacts | undefined;
  problem: string | undefined;
  reading: AbortController | undefined;
}

export class ConfigFacts implements CheckFacts {
  readonly #parts: Parts;
  readonly #changed: () => void;
  readonly #models = new Map<string, KnownModel>();
  /** By the wish; undefined facts are those of a runtime that nothing is known of. */
  readonly #runtimes = new Map<string | undefined, RuntimeFacts | undefined>();
  readonly #files = new Map<string, boolean>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  /** `changed`: called when something else is known than was answered before. */
  constructor(parts: Parts, changed: () => void) {
    this.#parts = parts;
    this.#changed = changed;
  }

  /** Whether changes are looked for; everything is forgotten otherwise. */
  watch(on: boolean): void {
    if (on) {
      this.#timer ??= setInterval(() => this.look(), lookInterval).unref();
      return;
    }
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const { reading } of this.#models.values()) reading?.abort();
    this.#models.clear();
    this.#runtimes.clear();
    this.#files.clear();
  }

  /** Finds out whether something has changed. */
  look(): void {
    if (this.#timer === undefined) return;
    for (const path of this.#models.keys()) this.#readIfNew(path);
    let isNew = false;
    for (const [path, wasThere] of this.#files) {
      const isThere = existsSync(path);
      this.#files.set(path, isThere);
      isNew ||= isThere !== wasThere;
    }
    if (isNew) this.#changed();
    this.#lookAtRuntimes().catch((error: unknown) =>
      this.#parts.log.error('What is known of TensorRT cannot be found out', error),
    );
  }

  readonly exists = (path: string): boolean => {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const isThere = existsSync(path);
    this.#files.set(path, isThere);
    return isThere;
  };

  readonly of = (build: BuildConfig): BuildFacts => {
    const path = modelPath(build);
    this.#readIfNew(path);
    const model = this.#models.get(path);
    const runtime = this.#runtimeOf(build);
    return {
      ...(model?.facts && { model: model.facts }),
      ...(model?.problem !== undefined && { modelProblem: model.problem }),
      ...(runtime && { runtime }),
    };
  };

  #runtimeOf(build: BuildConfig): RuntimeFacts | undefined {
    let wish: string | undefined;
    try {
      wish = runtimeWish(build, this.#parts.trust.isGranted);
    } catch {
      // A folder in a workspace that is not trusted: it is not looked into.
      return undefined;
    }
    if (!this.#runtimes.has(wish)) {
      this.#runtimes.set(wish, undefined);
      this.look();
    }
    return this.#runtimes.get(wish);
  }

  async #lookAtRuntimes(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    let isNew = false;
    try {
      for (const [wish, known] of this.#runtimes) {
        const facts = await this.#parts.runtimes.factsForBuild(wish);
        if (JSON.stringify(facts) === JSON.stringify(known) || !this.#runtimes.has(wish)) continue;
        this.#runtimes.set(wish, facts);
        isNew = true;
      }
    } finally {
      this.#looking = false;
    }
    if (isNew) this.#changed();
  }

  #readIfNew(path: string): void {
    const open = this.#parts.documents.all().find(({ uri }) => pathOf(uri) === path);
    const source = open ?? stampOf(path);
    const known = this.#models.get(path);
    if (source === undefined) {
      // That the file is not there is told of by itself.
      if (known?.facts || known?.problem !== undefined) this.#changed();
      known?.reading?.abort();
      this.#models.set(path, { source: '', facts: undefined, problem: undefined, reading: undefined });
      return;
    }
    if (known?.source === source) return;
    known?.reading?.abort();
    const reading = new AbortController();
    const model: KnownModel = { source, facts: known?.facts, problem: known?.problem, reading };
    this.#models.set(path, model);
    const work = open
      ? this.#readDocument(open, model, reading.signal)
      : this.#readFile(path, model, reading.signal);
    work.catch((error: unknown) => this.#parts.log.error(`${path} cannot be read for its config`, error));
  }

  /** A text that is being edited is no model now and then; what was known before stays. */
  async #readDocument(document: OnnxDocument, model: KnownModel, signal: AbortSignal): Promise<void> {
    if (!(await inBackground(document.work.model, signal)) || !isWholeModel(document)) return;
    await this.#takeFacts(model, document.model.model, signal);
  }

  async #readFile(path: string, model: KnownModel, signal: AbortSignal): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) return;
    try {
      await this.#takeFacts(model, loadModel(path).model, signal);
    } catch (error) {
      model.facts = undefined;
      model.problem = messageOf(error);
      this.#changed();
    }
  }

  async #takeFacts(known: KnownModel, model: Model, signal: AbortSignal): Promise<void> {
    const work = stepwise(() => modelFactsInSteps(model));
    if (!(await inBackground(work, signal))) return;
    known.facts = work.value;
    known.problem = undefined;
    this.#changed();
  }
}

/** Of documents that stand for a file: texts, and binary models that are shown as text. */
export function pathOf(uri: string): string | undefined {
  const parsed = URI.parse(uri);
  return parsed.scheme === 'file' || parsed.scheme === 'onnx'
    ? parsed.with({ scheme: 'file' }).fsPath
    : undefined;
}

/** Tells versions of a file apart; undefined where there is no file. */
export function stampOf(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  return status?.isFile() ? `${status.mtimeMs} ${status.size}` : undefined;
}
