/**
 * Configs with what is expected of them: a comment of carets under the text that a problem is shown at, with its code and a part of
 * its message: `#   ^^^^ config.rank: has 4 dimensions`. Every problem must be expected, and every expectation be met.
 */
import assert from 'node:assert/strict';
import { checkBuilds } from '../../../../server/src/build-config/checks/check.ts';
import type { RuntimeFacts } from '../../../../server/src/build-config/checks/facts/facts.ts';
import { modelFacts } from '../../../../server/src/build-config/checks/facts/model-facts.ts';
import type { ConfigFix, ConfigProblem } from '../../../../server/src/build-config/model.ts';
import { modelPath } from '../../../../server/src/build-config/paths.ts';
import { createDocument } from '../../../../server/src/features/document.ts';
import { resolve } from '../configs.ts';

export interface Circumstances {
  /** ONNX text; `models` where builds have several. A model that is not named here cannot be read, which goes without saying. */
  readonly model?: string;
  readonly models?: Readonly<Record<string, string>>;
  readonly runtime?: RuntimeFacts;
  /** Paths in /models that are not there. */
  readonly missing?: readonly string[];
}

export interface Checked {
  /** Without the expectations. */
  readonly text: string;
  readonly problems: readonly ConfigProblem[];
  /** The text after a fix, by its title; the preferred one without. */
  fixed(title?: string): string;
}

const marker = /^(\s*)#(\s*)(\^+) (config\.[a-z0-9-]+): (.*)$/;

export function check(fixture: string, circumstances: Circumstances = {}): Checked {
  const { text, expected } = parse(fixture);
  const problems = problemsIn(text, circumstances);
  const found = problems.map(({ code, origin: { range }, message }) => ({
    place: `${range.start.line}:${range.start.character}-${range.end.character}`,
    code,
    message,
  }));
  const shown = found.map(({ place, code, message }) => `${place} ${code}: ${message}`).join('\n');
  for (const { place, code, words } of expected) {
    const index = found.findIndex(
      (problem) => problem.place === place && problem.code === code && problem.message.includes(words),
    );
    assert.ok(index >= 0, `expected at ${place}: ${code}: ${words}\nfound:\n${shown}`);
    found.splice(index, 1);
  }
  assert.deepEqual(found, [], `not expected, of:\n${shown}`);
  return {
    text,
    problems,
    fixed: (title) => {
      const fixes = problems.flatMap((problem) => problem.fixes ?? []);
      const fix = fixes.find((candidate) =>
        title === undefined ? candidate.isPreferred : candidate.title === title,
      );
      assert.ok(fix, `no such fix among: ${fixes.map((each) => each.title).join('; ')}`);
      return applied(text, fix);
    },
  };
}

export function problemsIn(text: string, circumstances: Circumstances): ConfigProblem[] {
  const config = resolve(text);
  assert.deepEqual(
    config.problems.map(({ message }) => message),
    [],
  );
  const models = circumstances.models ?? {};
  return checkBuilds(config, {
    exists: (path) => !(circumstances.missing ?? []).some((name) => path === `/models/${name}`),
    of: (build) => {
      const model = models[modelPath(build).slice('/models/'.length)] ?? circumstances.model;
      return {
        ...(model !== undefined && { model: factsOf(model) }),
        ...(circumstances.runtime && { runtime: circumstances.runtime }),
      };
    },
  });
}

export function factsOf(text: string) {
  return modelFacts(createDocument('file:///models/model.onnxtxt', 1, wholeModel(text)).model.model);
}

/** A header in front of a graph alone. */
export function wholeModel(text: string): string {
  return text.trimStart().startsWith('<') ? text : `<ir_version: 8, opset_import: ["" : 17]> ${text}`;
}

export function applied(text: string, { edits }: ConfigFix): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: { line: number; character: number }) =>
    lines.slice(0, line).reduce((sum, before) => sum + before.length + 1, 0) + character;
  return edits
    .toSorted((a, b) => offset(b.origin.range.start) - offset(a.origin.range.start))
    .reduce(
      (before, { origin: { range }, newText }) =>
        before.slice(0, offset(range.start)) + newText + before.slice(offset(range.end)),
      text,
    );
}

function parse(fixture: string) {
  const lines: string[] = [];
  const expected: { place: string; code: string; words: string }[] = [];
  for (const line of fixture.replace(/^\n/, '').split('\n')) {
    const [, indent = '', space = '', carets, code = '', words = ''] = marker.exec(line) ?? [];
    if (carets === undefined) {
      lines.push(line);
      continue;
    }
    // A caret cannot stand under the first column, where the # is: `#^` there means column 0.
    const start = space === '' && indent === '' ? 0 : indent.length + 1 + space.length;
    const length = space === '' && indent === '' ? carets.length + 1 : carets.length;
    expected.push({ place: `${lines.length - 1}:${start}-${start + length}`, code, words });
  }
  return { text: lines.join('\n'), expected };
}
