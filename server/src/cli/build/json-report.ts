/** `onnx-trt build --format json`: an event on each line. docs/builds.md promises what is in them. */
import type { ConfigProblem } from '../../build-config/model.ts';
import { enginePath, modelPath } from '../../build-config/paths.ts';
import { shipSize } from '../../engine/ship-size.ts';
import type { BuildProblem } from '../../tensorrt/build/failures/explain-failure.ts';
import { provenancePath } from '../../tensorrt/build/provenance.ts';
import type { BuildEnd, BuildEvent, QueuedBuild } from '../../tensorrt/build/queue.ts';
import { errorText } from '../error-text.ts';
import { type NodePlace, nodePlaces } from './node-places.ts';
import type { BuildReport, BuildReportOptions } from './report.ts';

export function jsonReport({ terminal }: Pick<BuildReportOptions, 'terminal'>): BuildReport {
  const line = (event: object) => terminal.print(`${JSON.stringify(event)}\n`);
  const started = new Map<number, number>();
  const counts: Record<Outcome, number> = {
    built: 0,
    'up-to-date': 0,
    failed: 0,
    'not-built': 0,
    cancelled: 0,
  };
  return {
    problems: (problems) => {
      if (problems.length > 0) line({ event: 'problems', problems: problems.map(problemOfConfig) });
    },
    error: (file, error) => {
      // Standard error has it for people who gather the events in a file.
      terminal.note(errorText(error, terminal.noteStyle));
      line({ event: 'error', file, message: messageOf(error) });
    },
    event: (build, event) => {
      const { id } = build;
      if (event.kind === 'started') started.set(id, performance.now());
      if (event.kind === 'ended') {
        const outcome = outcomes[event.end.kind];
        counts[outcome]++;
        const start = started.get(id);
        const milliseconds = start === undefined ? 0 : Math.round(performance.now() - start);
        line({ event: 'finished', id, outcome, milliseconds, ...partsOfEnd(build, event.end) });
      } else {
        line({ ...partsOf(build, event) });
      }
    },
    finished: (exitCode) => line({ event: 'summary', exitCode, outcomes: counts }),
  };
}

type Outcome = 'built' | 'up-to-date' | 'failed' | 'not-built' | 'cancelled';

const outcomes: Readonly<Record<BuildEnd['kind'], Outcome>> = {
  built: 'built',
  'up-to-date': 'up-to-date',
  failed: 'failed',
  refused: 'not-built',
  impossible: 'not-built',
  cancelled: 'cancelled',
};

function partsOf(
  { id, title, request: { build } }: QueuedBuild,
  event: Exclude<BuildEvent, { kind: 'ended' }>,
): object {
  switch (event.kind) {
    case 'started':
      return {
        event: 'started',
        id,
        title,
        build: build.name,
        ...(build.file !== '' && { config: build.file }),
        model: modelPath(build),
        engine: enginePath(build),
        time: new Date().toISOString(),
      };
    case 'runtime': {
      const { id: runtime, product, version, directory } = event.installation;
      return { event: 'runtime', id, runtime: { id: runtime, product, version, directory } };
    }
    case 'problems':
      return { event: 'problems', id, problems: event.problems.map(problemOfConfig) };
    case 'reason':
      return { event: 'reason', id, message: event.reason };
    case 'waiting':
      return { event: 'waiting', id, message: event.sentence };
    case 'progress': {
      const { stage, elapsed, phases } = event.progress;
      return {
        event: 'progress',
        id,
        stage,
        elapsed: Math.round(elapsed),
        phases: phases.map((phase) => ({ ...phase, elapsed: Math.round(phase.elapsed) })),
      };
    }
    case 'log':
      return { event: 'log', id, severity: event.record.severity, message: event.record.message };
  }
}

function partsOfEnd({ request: { build } }: QueuedBuild, end: BuildEnd): object {
  const engine = enginePath(build);
  switch (end.kind) {
    case 'built':
    case 'up-to-date': {
      const { engine: file, notes, warnings } = end.provenance;
      const ship = shipSize(file.bytes, end.provenance, undefined);
      return {
        engine,
        bytes: file.bytes,
        ...(ship && { ship }),
        provenance: provenancePath(engine),
        warnings,
        notes,
        problems: [],
      };
    }
    case 'failed': {
      const placesOf = nodePlaces(build);
      return {
        problems: end.problems.map((problem) => problemOfBuild(problem, placesOf(problem.nodes ?? []))),
      };
    }
    case 'refused':
      return { problems: end.problems.map(problemOfConfig) };
    case 'impossible': {
      return { problems: [{ code: 'build.impossible', severity: 'error', message: messageOf(end.error) }] };
    }
    case 'cancelled':
      return { problems: [] };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function problemOfConfig({ code, severity, message, origin: { file, range } }: ConfigProblem): object {
  return { code, severity, message, location: { file, range } };
}

function problemOfBuild(
  { code, message, advice, config, nodes }: BuildProblem,
  places: readonly NodePlace[],
): object {
  return {
    code,
    severity: 'error',
    message,
    ...(advice !== undefined && { advice }),
    ...(config && config.file !== '' && { location: { file: config.file, range: config.range } }),
    ...(nodes && { nodes }),
    ...(places.length > 0 && {
      places: places.map(({ name, file, range }) => ({ node: name, file, range })),
    }),
  };
}
