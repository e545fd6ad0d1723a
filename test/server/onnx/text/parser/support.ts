import assert from 'node:assert/strict';
import { parseOnnxText } from '../../../../../server/src/onnx/text/parse.ts';
import type {
  NodeStatement,
  Segment,
  SyntaxProblem,
  SyntaxTree,
  ValueDeclaration,
} from '../../../../../server/src/onnx/text/syntax-tree.ts';

/** A problem with its place in the document. */
export interface PlacedProblem {
  readonly code: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

export function problemsOf(tree: SyntaxTree): PlacedProblem[] {
  return tree.segments.flatMap((segment, index) =>
    segment.problems.map((problem: SyntaxProblem) => ({
      code: problem.code,
      message: problem.message,
      start: (tree.starts[index] ?? 0) + problem.start,
      end: (tree.starts[index] ?? 0) + problem.end,
    })),
  );
}

/**
 * Parses text with marked problems and compares. A line under a line of the text marks a range in it with `^^^` and names the code
 * of the problem there, without `onnx.syntax.`:
 *
 *     y = Relu x)
 *              ^ expected-inputs
 */
export function expectProblems(marked: string): SyntaxTree {
  const { text, expected } = readMarks(marked);
  const tree = parseOnnxText(text);
  const found = problemsOf(tree).map((problem) => ({
    code: problem.code.replace('onnx.syntax.', ''),
    at: place(text, problem.start, problem.end),
  }));
  assert.deepEqual(
    found,
    expected.map(({ code, start, end }) => ({ code, at: place(text, start, end) })),
  );
  return tree;
}

/** Parses text that has to have no problem. */
export function parseWithoutProblems(text: string): SyntaxTree {
  const tree = parseOnnxText(text);
  assert.deepEqual(problemsOf(tree), []);
  assert.equal(tree.problemCount, 0);
  return tree;
}

/** The one statement of a body, with `text` as its only content. */
export function parseStatement(text: string): NodeStatement {
  const node = nodesOf(parseWithoutProblems(`g (x) => (y) {\n${text}\n}`))[0];
  assert.ok(node);
  return node;
}

export function nodesOf(tree: SyntaxTree): NodeStatement[] {
  return tree.segments.filter((segment) => segment.kind === 'node-statement');
}

export function valuesOf(tree: SyntaxTree): ValueDeclaration[] {
  return tree.segments.filter((segment) => segment.kind === 'value-declaration');
}

/** Operators of the statements that are complete, in order: what an error leaves of a document. */
export function operatorsOf(tree: SyntaxTree): string[] {
  return nodesOf(tree).map((node) => node.operator.name);
}

export function sourceOf(tree: SyntaxTree, segment: Segment): string {
  const start = tree.starts[tree.segments.indexOf(segment)] ?? 0;
  return tree.text.slice(start, start + segment.end);
}

/** The same numbers in each run, from 0 to below 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Mark {
  readonly code: string;
  readonly start: number;
  readonly end: number;
}

function readMarks(marked: string): { readonly text: string; readonly expected: readonly Mark[] } {
  const lines: string[] = [];
  const expected: Mark[] = [];
  let lineStart = 0;
  let nextStart = 0;
  for (const line of marked.split('\n')) {
    const mark = /^(\s*)(\^+) (\S+)$/.exec(line);
    if (mark) {
      const start = lineStart + (mark[1]?.length ?? 0);
      expected.push({ code: mark[3] ?? '', start, end: start + (mark[2]?.length ?? 0) });
    } else {
      lines.push(line);
      lineStart = nextStart;
      nextStart += line.length + 1;
    }
  }
  return { text: lines.join('\n'), expected };
}

function place(text: string, start: number, end: number): string {
  const before = text.slice(0, start).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1} ${JSON.stringify(text.slice(start, end))}`;
}
