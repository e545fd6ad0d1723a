/** The open build configs: each the newest version of its text, and its diagnostics. */
import type { Diagnostic, DidChangeTextDocumentParams, TextDocumentItem } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import type { PortFacts } from '../build-config/checks/facts/facts.ts';
import type { BuildConfig, ResolvedConfig } from '../build-config/model.ts';
import { parseBuildConfig } from '../build-config/parse.ts';
import { resolveBuildConfig } from '../build-config/resolve/resolve.ts';
import type { Port, ToTrtexecOptions } from '../build-config/trtexec/to-trtexec.ts';
import { type ConfigDocument, type ConfigService, createConfigService } from '../config-service.ts';
import { withDocumentation } from '../features/diagnostics/diagnostic.ts';
import { readTextFile } from '../node/read-text-file.ts';
import { fileOfModel } from './build-problems.ts';
import { createCircumstances } from './config-circumstances.ts';
import { ConfigFacts } from './config-facts.ts';
import { textChanges } from './documents.ts';
import type { Session } from './session.ts';

type Parts = Pick<
  Session,
  | 'connection'
  | 'client'
  | 'log'
  | 'docsUri'
  | 'documents'
  | 'files'
  | 'runtimes'
  | 'service'
  | 'settings'
  | 'trust'
  | 'buildProblems'
>;

/** By its language, or by its name in editors that know it as YAML only. */
export function isConfig({ languageId, uri }: TextDocumentItem): boolean {
  return languageId === 'tensorrt-config' || /\.trt\.ya?ml$/i.test(uri);
}

export class Configs {
  readonly service: ConfigService;
  readonly #parts: Parts;
  readonly #open = new Map<string, ConfigDocument>();
  readonly #facts: ConfigFacts;
  #publishing: NodeJS.Immediate | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#facts = new ConfigFacts(parts, () => this.#publishSoon());
    parts.buildProblems.listen(() => this.#publishSoon());
    this.service = createConfigService({
      readText: (path) => this.readText(path),
      circumstances: createCircumstances(parts, this.#facts),
    });
  }

  get(uri: string): ConfigDocument | undefined {
    return this.#open.get(uri);
  }

  /** A config as the editor shows it, or as it is on disk. Throws an error for people where it cannot be read. */
  resolve(uri: string): ResolvedConfig {
    const open = this.#open.get(uri);
    if (open) return this.service.resolve(open);
    const file = URI.parse(uri).fsPath;
    return resolveBuildConfig(parseBuildConfig(this.readText(file), file), (path) => this.readText(path));
  }

  open({ uri, version, text }: TextDocumentItem): void {
    this.#open.set(uri, this.service.createDocument(uri, version, text));
    this.#facts.watch(true);
    this.#publishSoon();
  }

  change({ textDocument, contentChanges }: DidChangeTextDocumentParams): void {
    const document = this.#open.get(textDocument.uri);
    if (document) {
      const changes = textChanges(document.source, contentChanges);
      const changed = this.service.changedDocument(document, textDocument.version, changes);
      this.#open.set(document.uri, changed);
      this.#parts.buildProblems.configChanged(document.file, contentChanges);
      this.#publishSoon();
    }
  }

  close(uri: string): void {
    if (this.#open.delete(uri)) {
      void this.#parts.connection.sendDiagnostics({ uri, diagnostics: [] });
      this.#facts.watch(this.#open.size > 0);
      this.#publishSoon();
    }
  }

  /** What a line of trtexec takes from the build's model; empty where that is not known. */
  portsOf(build: BuildConfig): Pick<ToTrtexecOptions, 'inputs' | 'outputs'> {
    const { model } = this.#facts.of(build);
    return model ? { inputs: model.inputs.map(portOf), outputs: model.outputs.map(portOf) } : {};
  }

  /** A model was opened, edited or closed, or another TensorRT was chosen: what is open may be right or wrong now. */
  circumstancesChanged(): void {
    this.#facts.look();
  }

  /** TensorRT is looked for where configs say, too. */
  workspaceTrusted(): void {
    this.#publishSoon();
  }

  dispose(): void {
    this.#facts.watch(false);
    clearImmediate(this.#publishing);
    this.#open.clear();
  }

  /** All of them, since each may extend any other; once for a burst of changes. */
  #publishSoon(): void {
    this.#publishing ??= setImmediate(() => {
      this.#publishing = undefined;
      for (const document of this.#open.values()) {
        this.#publish(document).catch((error: unknown) =>
          this.#parts.log.error(`Checking ${document.uri} failed`, error),
        );
      }
    });
  }

  async #publish(document: ConfigDocument): Promise<void> {
    const { uri } = document;
    const { client, buildProblems, documents } = this.#parts;
    const ours = this.service.diagnostics(document, client.relatedInformation);
    const modelOf = (file: string) => documents.all().find((model) => fileOfModel(model.uri) === file);
    const ofBuilds = () => buildProblems.ofConfig(document, modelOf, client.relatedInformation);
    await this.#send(document, [...ours, ...ofBuilds()]);
    const others = await this.service.schemaDiagnostics(document, ours);
    if (others.length > 0 && this.#open.get(uri) === document) {
      await this.#send(document, [...ours, ...others, ...ofBuilds()]);
    }
  }

  async #send({ uri, version }: ConfigDocument, diagnostics: readonly Diagnostic[]): Promise<void> {
    const { connection, docsUri } = this.#parts;
    await connection.sendDiagnostics({
      uri,
      version,
      diagnostics: diagnostics.map((diagnostic) => withDocumentation(diagnostic, docsUri)),
    });
  }

  /** What the editor shows of a file counts, saved or not. */
  readText(path: string): string {
    for (const { file, text } of this.#open.values()) {
      if (file === path) return text;
    }
    return readTextFile(path);
  }
}

function portOf({ name, type }: PortFacts): Port {
  return { name, ...(type !== undefined && { type }) };
}
