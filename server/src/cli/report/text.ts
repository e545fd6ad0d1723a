import { isDeepStrictEqual } from 'node:util';
import type { Range } from 'vscode-languageserver-types';
import type { OnnxDocument } from '../../features/document.ts';
import { offsetAt } from '../../features/source-text.ts';
import type { Place } from '../../tensorrt/locate/locate.ts';
import { countNodes, refusalSummary, runtimeName } from '../../tensorrt/summary.ts';
import { excerpt } from './excerpt.ts';
import { type Judged, type JudgedError, type Reviewed, rangeOfPlace } from './judged.ts';
import { hasErrors, isGrave } from './problems.ts';
import { printable, type Style, wrap } from './style.ts';

/** Ways that lead to the same node, of which so many are shown. */
const shownWays = 3;

/** Characters of a line of advice. */
const remarkWidth = 100;

/** What `check` prints for one model and runtime: each error as a compiler shows it, and a line that sums up. */
export function textReport(judged: Judged, style: Style): string {
  const given = new Set<string>();
  const blocks = grouped(judged.errors).map((group) => {
    const { advice } = group[0].explanation;
    // The same advice need not be read again and again.
    const isNew = !given.has(advice);
    given.add(advice);
    return errorBlock(judged, group, isNew ? advice : undefined, style);
  });
  return [...blocks, ...problemBlocks(judged, style), `${summaryLine(judged, style)}\n`].join('\n');
}

/** What `check --runtime none` prints for a model. */
export function reviewReport(reviewed: Reviewed, style: Style): string {
  const subject = `${style.bold(`${printable(reviewed.file)}:`)} ONNX's rules:`;
  const summary = tally(reviewed);
  const painted = hasErrors(reviewed.problems) ? style.error(summary) : style.success(summary);
  return [...problemBlocks(reviewed, style), `${subject} ${painted}${printHint(reviewed, style)}\n`].join(
    '\n',
  );
}

/** `2 errors, 1 warning`, or that there are none. */
function tally({ problems }: Reviewed): string {
  const counts = (['error', 'warning'] as const).flatMap((severity) => {
    const number = problems.filter((problem) => problem.severity === severity).length;
    return number === 0 ? [] : [`${number} ${severity}${number === 1 ? '' : 's'}`];
  });
  return counts.length === 0 ? 'no errors' : counts.join(', ');
}

function problemBlocks(reviewed: Reviewed, style: Style): readonly string[] {
  const { source } = reviewed.document();
  const place = ({ start }: Range) =>
    style.bold(`${printable(reviewed.file)}:${start.line + 1}:${start.character + 1}:`);
  const excerptOf = ({ start, end }: Range, look: Parameters<typeof excerpt>[2]) =>
    excerpt(source, { start: offsetAt(source, start), end: offsetAt(source, end) }, look);
  return reviewed.problems.filter(isGrave).map(({ code, severity, message, range, related }) => {
    const paint = severity === 'error' ? style.error : style.note;
    const lines = [
      `${place(range)} ${paint(`${severity}:`)} ${style.bold(printable(message))} ${style.dim(`[${code}]`)}`,
      excerptOf(range, { style, mark: '^', paint }),
      ...related
        .slice(0, shownWays)
        .flatMap((other) => [
          `${place(other.range)} ${style.note('note:')} ${printable(other.message)}`,
          excerptOf(other.range, { style, mark: '-', paint: style.note }),
        ]),
    ];
    return [...lines, ''].join('\n');
  });
}

function printHint({ isText, file, problems }: Reviewed, style: Style): string {
  if (isText || !problems.some(isGrave)) return '';
  return style.dim(` (lines as in \`onnx-trt print ${printable(file)}\`)`);
}

/** Errors that are the same but for the calls that lead to them, or for nothing at all. */
function grouped(errors: readonly JudgedError[]): readonly (readonly [JudgedError, ...JudgedError[]])[] {
  const groups = new Map<string, [JudgedError, ...JudgedError[]]>();
  for (const error of errors) {
    const { location, record } = error;
    const key = JSON.stringify([location.primary, record.codeName, record.description, record.operator]);
    const group = groups.get(key);
    if (group) group.push(error);
    else groups.set(key, [error]);
  }
  return [...groups.values()];
}

function errorBlock(
  judged: Judged,
  errors: readonly [JudgedError, ...JudgedError[]],
  advice: string | undefined,
  style: Style,
): string {
  const [{ explanation, location, record }] = errors;
  const document = judged.document();
  const code = style.dim(`[${explanation.code}]`);
  const head = `${at(judged, location.primary, style)} ${style.error('error:')} ${style.bold(printable(explanation.explanation))} ${code}`;
  const lines = [head, marked(document, location.primary, { style, mark: '^', paint: style.error })];
  const ways = distinctWays(errors);
  const [firstWay] = ways;
  for (const way of ways.slice(0, shownWays))
    if (firstWay) lines.push(...calls(judged, way, firstWay, style));
  if (ways.length > shownWays) {
    lines.push(`      ${style.note('note:')} … and from ${ways.length - shownWays} more calls`);
  }
  if (advice !== undefined) lines.push(remark('help:', advice, style));
  const source = `${record.codeName}${record.function === '' ? '' : ` in ${record.function}`}`;
  lines.push(remark('the parser says:', `${explanation.parserWords} (${source})`, style), '');
  return lines.join('\n');
}

/** A labelled paragraph under an error. */
function remark(label: string, text: string, style: Style): string {
  const [first = '', ...rest] = wrap(`${label} ${printable(text)}`, remarkWidth);
  const lines = [first.replace(label, style.note(label)), ...rest];
  return lines.map((line, index) => `${index === 0 ? '      ' : '        '}${line}`).join('\n');
}

function distinctWays(errors: readonly JudgedError[]): readonly JudgedError[] {
  const seen = new Map<string, JudgedError>();
  for (const error of errors) {
    const key = JSON.stringify(error.record.localFunctionStack);
    if (error.location.frames.length > 0 && !seen.has(key)) seen.set(key, error);
  }
  return [...seen.values()];
}

/**
 * The way to an error inside functions and branches, the innermost call first. Of a second way only what differs from the first is
 * shown: the calls around those that they share.
 */
function calls(
  judged: Judged,
  { location, record }: JudgedError,
  first: JudgedError,
  style: Style,
): readonly string[] {
  const frames = location.frames
    .map((place, index) => ({ place, entry: record.localFunctionStack[index] ?? '' }))
    .reverse();
  const others = first.location.frames.toReversed();
  const isFirst = first.location === location;
  const differsAt = frames.findIndex(({ place }, index) => !isDeepStrictEqual(place, others[index]));
  const shown = isFirst ? frames : frames.slice(Math.max(0, differsAt));
  return shown.map(({ place, entry }) => {
    const words = `${isFirst ? 'called here:' : 'and here:'} ${printable(entry)}`;
    return `${at(judged, place, style)} ${style.note('note:')} ${words}\n${marked(judged.document(), place, { style, mark: '-', paint: style.note })}`;
  });
}

function at(judged: Judged, place: Place, style: Style): string {
  const { line, character } = rangeOfPlace(judged.document(), place).start;
  return style.bold(`${printable(judged.file)}:${line + 1}:${character + 1}:`);
}

function marked(
  document: OnnxDocument,
  { segment, span }: Place,
  look: Parameters<typeof excerpt>[2],
): string {
  const start = document.tree.starts[segment] ?? 0;
  return excerpt(document.source, { start: start + span.start, end: start + span.end }, look);
}

/** `detector.onnx: TensorRT-RTX 1.7.1 (CPU only): 4 of 6 nodes refused`. */
function summaryLine(judged: Judged, style: Style): string {
  const { file, isText, runtime, verdict, errors } = judged;
  const subject = `${style.bold(`${printable(file)}:`)} ${runtimeName(runtime)}:`;
  const { tree } = judged.document();
  if (verdict.supported) {
    const count = countNodes(tree);
    const rules = judged.problems.some(isGrave) ? `; ONNX's rules find ${tally(judged)}` : '';
    return `${subject} ${style.success(`supported, ${count === 1 ? '1 node' : `all ${count} nodes`}`)}${rules}`;
  }
  if (errors.length === 0) {
    const reasons = verdict.log.map(({ message }) => `\n      ${printable(message)}`);
    return `${subject} ${style.error('refused without a reason; its log says')}${reasons.join('')}`;
  }
  const summary = style.error(
    refusalSummary(
      tree,
      errors.map(({ location }) => location),
    ),
  );
  const hint = isText ? '' : style.dim(` (lines as in \`onnx-trt print ${printable(file)}\`)`);
  return `${subject} ${summary}${hint}`;
}
