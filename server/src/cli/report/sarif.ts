import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Range } from 'vscode-languageserver-types';
import { type CheckCode, checks, describeCheck } from '../../onnx/checks/codes.ts';
import { displayName } from '../../tensorrt/installations/installation.ts';
import type { Place } from '../../tensorrt/locate/locate.ts';
import type { TensorRtCode } from '../../tensorrt/messages/rule.ts';
import { titles } from '../../tensorrt/messages/titles.ts';
import { runtimeName } from '../../tensorrt/summary.ts';
import { version } from '../version.ts';
import { type Judged, type JudgedError, type Reviewed, rangeOfPlace } from './judged.ts';
import { isGrave } from './problems.ts';

/**
 * `check --format sarif`: SARIF 2.1.0 with one run per runtime, and one of ONNX's rules where they find something. The way into local functions is a result's stack (innermost frame
 * first, as SARIF has it) and its related locations. `failures` are sentences about what could not be checked. Lines and columns count in the model's text form, in UTF-16 code units.
 */
export function sarifReport(
  results: readonly Judged[],
  failures: readonly string[],
  reviews: readonly Reviewed[],
): string {
  const byRuntime = new Map<string, Judged[]>();
  for (const judged of results) {
    // Two folders may hold the same version.
    const key = `${judged.runtime.id} ${judged.runtime.directory}`;
    byRuntime.set(key, [...(byRuntime.get(key) ?? []), judged]);
  }
  const beside = reviews.map((review) => besideVerdicts(review, results));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      ...[...byRuntime.values()].map((judged) => run(judged, failures)),
      ...(byRuntime.size === 0 || beside.some(({ problems }) => problems.some(isGrave))
        ? [reviewRun(beside, byRuntime.size === 0 ? failures : [])]
        : []),
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

/** Without what all runtimes that judged a model say as well. */
function besideVerdicts(review: Reviewed, results: readonly Judged[]): Reviewed {
  const verdicts = results.filter(({ file }) => file === review.file);
  if (verdicts.length === 0) return review;
  const keys = new Set(
    verdicts.flatMap(({ problems }) => problems.map((problem) => JSON.stringify(problem))),
  );
  return { ...review, problems: review.problems.filter((problem) => keys.has(JSON.stringify(problem))) };
}

/** What ONNX's rules find is the same for all runtimes, so it is a run of its own. */
function reviewRun(reviews: readonly Reviewed[], failures: readonly string[]) {
  const found = reviews.flatMap((reviewed) =>
    reviewed.problems.filter(isGrave).map((problem) => ({ reviewed, problem })),
  );
  const rules = [...new Set(found.map(({ problem }) => problem.code))].sort();
  return {
    tool: {
      driver: {
        name: 'onnx-trt',
        semanticVersion: version,
        rules: rules.map((id) => ({
          id,
          ...(id in checks && { shortDescription: { text: describeCheck(id as CheckCode).meaning } }),
        })),
      },
    },
    automationDetails: { id: 'onnx/' },
    invocations: [invocationWith(failures)],
    columnKind: 'utf16CodeUnits',
    artifacts: artifactsOf(reviews),
    results: found.map(({ reviewed, problem }) => ({
      ruleId: problem.code,
      ruleIndex: rules.indexOf(problem.code),
      level: problem.severity === 'error' ? 'error' : 'warning',
      message: { text: problem.message },
      locations: [locationAt(reviewed.file, problem.range)],
      ...(problem.related.length > 0 && {
        relatedLocations: problem.related.map((place, id) => ({
          id: id + 1,
          ...locationAt(reviewed.file, place.range, place.message),
        })),
      }),
    })),
  };
}

/** `notes` are sentences on what was judged all the same. */
function invocationWith(failures: readonly string[], notes: readonly string[] = []) {
  const notification = (level: 'error' | 'warning') => (text: string) => ({ level, message: { text } });
  return {
    executionSuccessful: failures.length === 0,
    toolExecutionNotifications: [
      ...failures.map(notification('error')),
      ...notes.map(notification('warning')),
    ],
  };
}

function artifactsOf(results: readonly Reviewed[]) {
  return results.map(({ file, isText }) => ({
    location: { uri: uriOf(file) },
    ...(isText && { sourceLanguage: 'onnx' }),
  }));
}

function run(results: readonly Judged[], failures: readonly string[]) {
  const errors = results.flatMap((judged) => judged.errors);
  const rules = [...new Set(errors.map(({ explanation }) => explanation.code))].sort();
  const runtime = results[0]?.runtime;
  const notes = new Set(results.flatMap(({ verdict }) => verdict.pluginProblems));
  return {
    tool: {
      driver: {
        name: 'onnx-trt',
        semanticVersion: version,
        rules: rules.map((code) => ({
          id: code,
          shortDescription: { text: titles[code] },
          defaultConfiguration: { level: 'error' },
        })),
      },
      ...(runtime && { extensions: [{ name: runtime.product, version: runtime.version }] }),
    },
    ...(runtime && { automationDetails: { id: `${runtime.id}/` } }),
    invocations: [invocationWith(failures, [...notes])],
    columnKind: 'utf16CodeUnits',
    artifacts: artifactsOf(results),
    results: results.flatMap((judged) => judged.errors.map((error) => resultOf(judged, error, rules))),
  };
}

function resultOf(judged: Judged, error: JudgedError, rules: readonly TensorRtCode[]) {
  const { record, explanation, location } = error;
  const frames = location.frames.map((place, index) => ({
    location: locationOf(judged, place, record.localFunctionStack[index] ?? ''),
  }));
  return {
    ruleId: explanation.code,
    ruleIndex: rules.indexOf(explanation.code),
    level: 'error',
    message: {
      text: `${explanation.explanation} ${explanation.advice} ${displayName(judged.runtime)} says: ${explanation.parserWords}`,
    },
    locations: [
      {
        ...locationOf(judged, location.primary),
        ...(record.nodeIndex >= 0 && { logicalLocations: [nodeOf(error)] }),
      },
    ],
    ...(frames.length > 0 && {
      stacks: [
        {
          message: { text: `The calls that lead to ${record.operator}` },
          frames: [
            { location: locationOf(judged, location.primary, record.operator) },
            ...frames.toReversed(),
          ],
        },
      ],
      relatedLocations: frames.map((frame, id) => ({ id: id + 1, ...frame.location })),
    }),
    properties: {
      runtime: runtimeName(judged.runtime),
      code: record.codeName,
      nodeIndex: record.nodeIndex,
      operator: record.operator,
      description: record.description,
    },
  };
}

/** The refused node by name: SARIF's word for a place in a structure instead of a text. */
function nodeOf({ record, location }: JudgedError) {
  const name = location.node?.node.label?.name || location.node?.node.outputs[0]?.name || record.operator;
  return {
    name,
    fullyQualifiedName: [...record.localFunctionStack, name].join('/'),
    kind: 'element',
  };
}

function locationOf(judged: Judged, place: Place, message?: string) {
  return locationAt(judged.file, rangeOfPlace(judged.document(), place), message);
}

function locationAt(file: string, { start, end }: Range, message?: string) {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: {
        startLine: start.line + 1,
        startColumn: start.character + 1,
        endLine: end.line + 1,
        endColumn: end.character + 1,
      },
    },
    ...(message !== undefined && { message: { text: message } }),
  };
}

/** Relative where the file was given so: consumers resolve it against the repository. */
function uriOf(file: string): string {
  if (path.isAbsolute(file)) return pathToFileURL(file).href;
  return file.split(path.sep).map(encodeURIComponent).join('/');
}
