/** Text that nobody writes: it has to give a tree, without an exception, in time linear in its length. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText } from '../../../../../server/src/onnx/text/parse.ts';
import { documents } from './documents.ts';
import { problemsOf, randomNumbers } from './support.ts';

describe('mutated text', () => {
  for (const [number, document] of documents.entries()) {
    test(`gives a tree that covers it in order (document ${number})`, () => {
      const random = randomNumbers(number + 100);
      const below = (limit: number) => Math.floor(random() * limit);
      for (let round = 0; round < 300; round++) {
        let text = document;
        for (let edits = 1 + below(12); edits > 0; edits--) {
          const start = below(text.length + 1);
          const end = Math.min(text.length, start + below(below(4) === 0 ? 300 : 8));
          const from = below(text.length + 1);
          const inserted =
            below(2) === 0
              ? String.fromCharCode(below(8) === 0 ? below(0x10000) : below(128))
              : text.slice(from, from + below(60));
          text = text.slice(0, start) + inserted + text.slice(end);
        }
        const tree = parseOnnxText(text);
        assert.equal(tree.text, text);
        assert.equal(tree.starts.length, tree.segments.length);
        assert.ok(tree.starts.every((start, index) => start >= (tree.starts[index - 1] ?? 0)));
        assert.equal(tree.problemCount, problemsOf(tree).length);
        for (const { start, end } of problemsOf(tree)) {
          assert.ok(0 <= start && start <= end && end <= text.length);
        }
      }
    });
  }
});

const inBody = (text: string) => `g (x) => (y) {\n${text}\n}`;
const inAttribute = (text: string) => inBody(`y = Foo <${text}> (x)`);
const places: Readonly<Record<string, (text: string) => string>> = {
  document: (text) => text,
  header: (text) => `<ir_version: ${text}> g (x) => (y) {}`,
  inputs: (text) => `g (${text}) => (y) {}`,
  type: (text) => `g (${text} x) => (y) {}`,
  values: (text) => `g (x) => (y) <${text}> {}`,
  data: (text) => `g (x) => (y) <float[2] w = {${text}}> {}`,
  body: inBody,
  attribute: inAttribute,
  'node inputs': (text) => inBody(`y = Foo (${text})`),
  'graph in an attribute': (text) => inAttribute(`a = h () => (z) {${text}}`),
};

const units = [
  ...'{}()<>[]=,:.@?"#-1a\\',
  'a ',
  'a, ',
  'a,\n',
  'a (\n',
  'a <\n',
  'x = y\n',
  'x = Foo <\n',
  'x = "\n',
  '"\n',
  '\\"\n',
  ' \\" (',
  '"a b"x ',
  '#@ a: "\n',
  'seq(',
  'float[',
  'float[2] w = {1},',
  'f (x\n',
  'a = b (',
  'a = b () => (c) {\n',
  'body: graph = b () => (c) { d = If () <',
  'a = [1, ',
  '<domain: "x"> f (x) => (y) { y = N (x) }\n',
  '[n]\n',
  '{1, 2',
];

/** Milliseconds of processor time, which other programs on the machine do not lengthen as much as they do time. */
function processorTime(task: () => void): number {
  const before = process.cpuUsage();
  task();
  const { user } = process.cpuUsage(before);
  return user / 1000;
}

describe('20,000 characters of the same', () => {
  for (const [place, wrap] of Object.entries(places)) {
    test(`in the place of ${place} take no more than a second each, which quadratic time would exceed`, () => {
      for (const unit of units) {
        const text = wrap(unit.repeat(Math.ceil(20_000 / unit.length)));
        const time = processorTime(() => parseOnnxText(text));
        assert.ok(time < 1000, `${JSON.stringify(unit)} takes ${time} ms`);
      }
    });
  }
});

test('a million levels of types and of graphs do not exhaust the stack', () => {
  for (const unit of ['seq(', 'a = A () <b = h () => () {']) {
    const tree = parseOnnxText(
      unit === 'seq(' ? `g (${unit.repeat(1e6)}` : `g () => () {${unit.repeat(1e5)}`,
    );
    assert.ok(problemsOf(tree).some(({ code }) => code === 'onnx.syntax.nesting-too-deep'));
  }
});
