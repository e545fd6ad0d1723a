/**
 * Why the last builds failed, for diagnostics on models and configs: until the next build of the same engine, or until the text is
 * changed at that place. Places in configs move with the edits, also with those that were made while the build went on.
 */
import path from 'node:path';
import type { Diagnostic, TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import type { BuildConfig, Origin } from '../build-config/model.ts';
import { modelPath } from '../build-config/paths.ts';
import type { ConfigDocument } from '../config-service.ts';
import type { AnchoredDiagnostic } from '../features/diagnostics/anchored-diagnostic.ts';
import {
  buildDiagnosticOfConfig,
  buildDiagnosticsOfModel,
  type FailedBuildNote,
} from '../features/diagnostics/build.ts';
import type { OnnxDocument } from '../language-service.ts';
import type { BuildProblem } from '../tensorrt/build/failures/explain-failure.ts';
import { buildTitle } from '../tensorrt/build/requested-builds.ts';
import { buildOfModel } from '../tensorrt/build/without-config.ts';
import { rangeAfter } from './moved-range.ts';

/** A build that goes on; its end is to be told. */
export interface WatchedBuild {
  /** `undefined` where it was cancelled: what an earlier build found stays. `runtime` is `TensorRT 10.6.0`. */
  end(problems: readonly BuildProblem[] | undefined, runtime: string | undefined): void;
}

interface Watched {
  readonly edits: { readonly file: string; readonly events: readonly TextDocumentContentChangeEvent[] }[];
}

interface KeptProblem {
  readonly problem: BuildProblem;
  /** Of the setting, or else of the build; undefined once the text was changed there, and without a config. */
  place: Origin | undefined;
}

interface Kept extends FailedBuildNote {
  readonly build: BuildConfig;
  readonly problemsInConfig: readonly KeptProblem[];
  /** By URI of the model: on the statements as they were when the document was first seen with these problems. */
  readonly onModels: Map<string, readonly AnchoredDiagnostic[]>;
}

export class BuildProblems {
  readonly #watched = new Set<Watched>();
  /** By engine. */
  readonly #kept = new Map<string, Kept>();
  readonly #listeners: (() => void)[] = [];

  /** Told whenever a build has changed what there is. */
  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }

  watch(build: BuildConfig): WatchedBuild {
    const watched: Watched = { edits: [] };
    this.#watched.add(watched);
    return {
      end: (problems, runtime) => {
        this.#watched.delete(watched);
        if (problems) {
          this.#keep(build, problems, runtime, watched);
        }
      },
    };
  }

  /** Why an engine could not be refitted with a model: until the next refit of that engine with it. */
  refitEnded(
    model: string,
    engine: string,
    problems: readonly BuildProblem[],
    runtime: string | undefined,
  ): void {
    const build = { ...buildOfModel(model), name: `refit ${engine}` };
    const note = { title: path.basename(engine), activity: 'Refitting' } as const;
    this.#keep(build, problems, runtime, { edits: [] }, note);
  }

  configChanged(file: string, events: readonly TextDocumentContentChangeEvent[]): void {
    for (const { edits } of this.#watched) {
      edits.push({ file, events });
    }
    for (const { problemsInConfig } of this.#kept.values()) {
      for (const kept of problemsInConfig) {
        kept.place = placeAfter(kept.place, file, events);
      }
    }
  }

  modelClosed(uri: string): void {
    for (const { onModels } of this.#kept.values()) {
      onModels.delete(uri);
    }
  }

  /** `modelOf` finds the document of a model file, where it is open. */
  ofConfig(
    { file }: ConfigDocument,
    modelOf: (path: string) => OnnxDocument | undefined,
    relatedInformation: boolean,
  ): Diagnostic[] {
    return [...this.#kept.values()].flatMap((kept) =>
      kept.problemsInConfig.flatMap(({ problem, place }) =>
        place?.file === file
          ? [
              buildDiagnosticOfConfig(
                problem,
                kept,
                place,
                relatedInformation ? modelOf(modelPath(kept.build)) : undefined,
              ),
            ]
          : [],
      ),
    );
  }

  ofModel(document: OnnxDocument): readonly AnchoredDiagnostic[] {
    return [...this.#kept.values()]
      .filter(({ build }) => modelPath(build) === fileOfModel(document.uri))
      .flatMap((kept) => {
        const known = kept.onModels.get(document.uri);
        if (known) return known;
        const made = buildDiagnosticsOfModel(document, kept, { forWhole: kept.build.file === '' });
        kept.onModels.set(document.uri, made);
        return made;
      });
  }

  #keep(
    build: BuildConfig,
    problems: readonly BuildProblem[],
    runtime: string | undefined,
    { edits }: Watched,
    note: Pick<FailedBuildNote, 'title' | 'activity'> = { title: buildTitle(build) },
  ): void {
    const key = JSON.stringify([build.file === '' ? modelPath(build) : build.file, build.name]);
    const had = this.#kept.delete(key);
    if (problems.length > 0) {
      this.#kept.set(key, {
        build,
        ...note,
        ...(runtime !== undefined && { runtime }),
        problems,
        problemsInConfig: problems.map((problem) => ({
          problem,
          place: edits.reduce<Origin | undefined>(
            (place, { file, events }) => placeAfter(place, file, events),
            problem.config ?? (build.file === '' ? undefined : build.origin),
          ),
        })),
        onModels: new Map(),
      });
    }
    if (had || problems.length > 0) {
      for (const listener of this.#listeners) listener();
    }
  }
}

/** Of a text in a file, or of a binary model as text. */
export function fileOfModel(uri: string): string | undefined {
  const parsed = URI.parse(uri);
  return parsed.scheme === 'file' || parsed.scheme === 'onnx'
    ? parsed.with({ scheme: 'file' }).fsPath
    : undefined;
}

function placeAfter(
  place: Origin | undefined,
  file: string,
  events: readonly TextDocumentContentChangeEvent[],
): Origin | undefined {
  if (place?.file !== file) return place;
  let range: Origin['range'] | undefined = place.range;
  for (const event of events) {
    range = range && rangeAfter(range, event);
  }
  return range && { file, range };
}
