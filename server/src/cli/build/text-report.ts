/** What people see of builds: how far TensorRT is, its messages, and what has become of them. */
import type { LogRecord } from '../../../../native-bridge/src/protocol.ts';
import type { ConfigFile, ConfigProblem } from '../../build-config/model.ts';
import { enginePath } from '../../build-config/paths.ts';
import { isStripped } from '../../engine/ship-size.ts';
import { offsetAt } from '../../features/source-text.ts';
import type { BuildProblem } from '../../tensorrt/build/failures/explain-failure.ts';
import type { Provenance } from '../../tensorrt/build/provenance.ts';
import type { BuildEnd, BuildEvent, QueuedBuild } from '../../tensorrt/build/queue.ts';
import type { RequestedBuild } from '../../tensorrt/build/requested-builds.ts';
import { builtSentence, sizeText } from '../../tensorrt/build/words.ts';
import { displayName } from '../../tensorrt/installations/installation.ts';
import { renderConfigProblems, shownPath } from '../config/load-config.ts';
import { errorText } from '../error-text.ts';
import { excerpt } from '../report/excerpt.ts';
import { printable, type Style } from '../report/style.ts';
import type { Terminal } from '../terminal.ts';
import { type NodePlace, nodePlaces } from './node-places.ts';
import { type BuildProgressView, progressLines } from './progress-lines.ts';
import type { BuildReport, BuildReportOptions } from './report.ts';

/** Milliseconds between two pictures of the progress. */
const interval = 100;

export function textReport({ terminal, count }: BuildReportOptions): BuildReport {
  const ends: BuildEnd['kind'][] = [];
  const failed = new Set<string>();
  let view: BuildProgressView | undefined;
  let timer: NodeJS.Timeout | undefined;
  let runtime = '';
  /** Errors that TensorRT told of: what has become of the build says most of them again. */
  let errors: LogRecord[] = [];
  /** What several builds have in common is told once. */
  const told = new Set<string>();
  const news = (problems: readonly ConfigProblem[]) =>
    problems.filter(({ code, message, origin }) => {
      const key = JSON.stringify([code, message, origin]);
      return !told.has(key) && told.add(key);
    });
  const show = () => terminal.progress(view ? progressLines(view, performance.now()) : '');
  return {
    problems: (problems, files) => {
      // Several configs may extend the same file.
      const untold = news(problems);
      if (untold.length > 0) terminal.print(`${renderConfigProblems(files, untold, terminal.style)}\n`);
    },
    error: (file, error) => {
      failed.add(file);
      terminal.note(errorText(error, terminal.noteStyle));
    },
    event: (build, event: BuildEvent) => {
      switch (event.kind) {
        case 'started':
          view = { title: build.title, doing: 'preparing', since: performance.now() };
          errors = [];
          timer = setInterval(show, interval);
          break;
        case 'runtime':
          runtime = displayName(event.installation);
          break;
        case 'problems':
          tellProblems(news(event.problems), build.request, terminal);
          break;
        case 'reason':
          terminal.note(`${printable(build.title)}: building with ${runtime}, as ${printable(event.reason)}`);
          break;
        case 'waiting':
          terminal.note(`${printable(build.title)}: ${printable(event.sentence)}`);
          if (view) view = { ...view, doing: 'waiting' };
          break;
        case 'progress':
          if (view)
            view = {
              ...view,
              doing: event.progress.stage,
              progress: event.progress,
              receivedAt: performance.now(),
            };
          break;
        case 'log':
          if (isError(event.record)) errors.push(event.record);
          else tellRecord(event.record, terminal);
          break;
        case 'ended': {
          clearInterval(timer);
          view = undefined;
          terminal.progress('');
          const { end } = event;
          ends.push(end.kind);
          if (end.kind !== 'failed') for (const record of errors) tellRecord(record, terminal);
          if (end.kind === 'refused') tellProblems(news(end.problems), build.request, terminal);
          tellEnd(build, end, terminal);
        }
      }
      if (view) show();
    },
    finished: () => {
      const without = failed.size === 0 ? '' : `; see above for ${[...failed].map(printable).join(', ')}`;
      if (count > 1 || (count > 0 && without !== '')) {
        terminal.print(`${count} build${count === 1 ? '' : 's'}: ${countsOf(ends)}${without}\n`);
      }
    },
  };
}

function isError({ severity }: LogRecord): boolean {
  return severity === 'error' || severity === 'internal-error';
}

function tellRecord({ severity, message }: LogRecord, { note, noteStyle }: Terminal): void {
  const words = message.split('\n').map(printable).join('\n');
  const head = `TensorRT ${severity}:`;
  note(`${isError({ severity, message }) ? noteStyle.error(head) : noteStyle.dim(head)} ${words}`);
}

function tellEnd({ title, request }: QueuedBuild, end: BuildEnd, terminal: Terminal): void {
  const { style } = terminal;
  const { build } = request;
  const engine = style.bold(printable(shownPath(enginePath(build))));
  const name = style.bold(printable(title));
  switch (end.kind) {
    case 'built':
      for (const sentence of end.provenance.notes) terminal.note(`note: ${printable(sentence)}`);
      terminal.print(`${engine}: ${style.success('built')}, ${builtSentence(end.provenance)}\n`);
      tellRefit(end.provenance, terminal);
      break;
    case 'up-to-date':
      terminal.print(`${engine}: ${style.success('up to date')}, ${sizeText(end.provenance.engine.bytes)}\n`);
      break;
    case 'failed':
      tellFailure(end.problems, request, terminal);
      terminal.print(`${name}: ${style.error('failed')}\n`);
      break;
    case 'refused':
      terminal.print(`${name}: ${style.error('not built')}, as the config has errors\n`);
      break;
    case 'impossible':
      terminal.note(errorText(end.error, terminal.noteStyle));
      terminal.print(`${name}: ${style.error('not built')}\n`);
      break;
    case 'cancelled':
      terminal.print(`${name}: cancelled\n`);
  }
}

/** How the weights of a stripped engine are put back. */
function tellRefit(provenance: Provenance, { note }: Terminal): void {
  if (!isStripped(provenance)) return;
  const [engine, model] = [provenance.engine.path, provenance.model.path].map((file) =>
    printable(shownPath(file)),
  );
  note(`note: its weights are in ${model}: onnx-trt refit ${engine} ${model} -o FULL.engine puts them back.`);
}

/** But for those that were told before anything was built. */
function tellProblems(
  problems: readonly ConfigProblem[],
  { problems: known, files }: RequestedBuild,
  { print, style }: Terminal,
): void {
  for (const problem of problems.filter((each) => !known.includes(each))) {
    if (files.length > 0) print(`${renderConfigProblems(files, [problem], style)}\n`);
    const [fix] = problem.fixes ?? [];
    const [edit] = fix?.edits ?? [];
    // What is inserted says more than the fix's title.
    if (fix && edit && fix.edits.length === 1 && edit.newText.includes('\n')) {
      print(`      help: ${printable(fix.title)}:\n${indented(edit.newText)}\n`);
    } else if (fix) {
      print(`      help: ${printable(fix.title)}\n`);
    }
  }
}

function indented(text: string): string {
  const lines = text.trimEnd().split('\n');
  return lines.map((line) => `        ${printable(line)}`).join('\n');
}

/** Each problem begins with a line that has its place as compilers give it: in the config, or else at a node of the model. */
function tellFailure(
  problems: readonly BuildProblem[],
  { build, files }: RequestedBuild,
  { print, style }: Terminal,
): void {
  const placesOf = nodePlaces(build);
  let binary: NodePlace | undefined;
  for (const problem of problems) {
    const [place] = placesOf(problem.nodes ?? []);
    if (place?.isText === false) binary = place;
    print(`${problemText(problem, place, files, style)}\n`);
  }
  if (binary) {
    const file = printable(shownPath(binary.file));
    print(style.dim(`      lines of ${file} as in \`onnx-trt print ${file}\`\n`));
  }
}

function problemText(
  problem: BuildProblem,
  place: NodePlace | undefined,
  files: readonly ConfigFile[],
  style: Style,
): string {
  const { code, message, advice, nodes } = problem;
  const origin = problem.config?.file !== '' ? problem.config : undefined;
  const inConfig: ConfigProblem | undefined = origin && { code, severity: 'error', message, origin };
  const [sentence = '', ...others] = message.split('\n').map(printable);
  const error = `${style.error('error:')} ${style.bold(sentence)} ${style.dim(`[${code}]`)}`;
  return [
    ...(inConfig ? [renderConfigProblems(files, [inConfig], style)] : []),
    ...(inConfig && place
      ? [
          `${placeText(place, style)} ${style.note('note:')} the node that it is about`,
          marked(place, '-', style),
        ]
      : []),
    ...(!inConfig && place ? [`${placeText(place, style)} ${error}`, marked(place, '^', style)] : []),
    ...(!inConfig && !place ? [error] : []),
    ...(inConfig ? [] : others),
    ...(nodes && nodes.length > 0 ? [`      nodes: ${nodesText(nodes)}`] : []),
    ...(advice === undefined ? [] : [`      help: ${printable(advice)}`]),
  ].join('\n');
}

function placeText({ file, range: { start } }: NodePlace, style: Style): string {
  return style.bold(`${printable(shownPath(file))}:${start.line + 1}:${start.character + 1}:`);
}

function marked({ document: { source }, range }: NodePlace, mark: '^' | '-', style: Style): string {
  const offsets = { start: offsetAt(source, range.start), end: offsetAt(source, range.end) };
  return excerpt(source, offsets, { style, mark, paint: mark === '^' ? style.error : style.note });
}

/** A part of thousands of nodes is told by its first ones and its last. */
function nodesText(nodes: readonly string[]): string {
  const shown = 8;
  const last = nodes.at(-1) ?? '';
  const names = nodes.length <= shown ? nodes : [...nodes.slice(0, shown - 1), '…', last];
  const count = nodes.length <= shown ? '' : ` (${nodes.length} nodes)`;
  return names.map(printable).join(', ') + count;
}

const endWords: Readonly<Record<BuildEnd['kind'], string>> = {
  built: 'built',
  'up-to-date': 'up to date',
  failed: 'failed',
  refused: 'not built',
  impossible: 'not built',
  cancelled: 'cancelled',
};

/** `2 built, 1 failed`. */
function countsOf(ends: readonly BuildEnd['kind'][]): string {
  const counts = new Map<string, number>();
  for (const end of ends) counts.set(endWords[end], (counts.get(endWords[end]) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}
