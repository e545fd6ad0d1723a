import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText } from '../../../../../server/src/onnx/text/parse.ts';
import type { SyntaxTree } from '../../../../../server/src/onnx/text/syntax-tree.ts';
import { parseWithoutProblems } from './support.ts';

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
}

const document = `<
   ir_version: 8,
   opset_import: ["" : 17, "local" : 1]
>
main (float[N,8] x, int64[2] idx) => (float[N,8] y)
<
${lines(3, (i) => `   float[${i + 1},8] "w.${i}" = ["location": "a.onnx", "offset": "${i}"],\n   float[2] b${i} = {0.5, ${i}},`)}   float[N] "h.1"
>
{
${lines(4, (i) => `   ["/n/${i}"] "/t/${i}" = Conv <dilations: ints = [1, 1], group: int = 1> ("/t/${i - 1}", "w.${i}")\n   a${i} = Relu ("/t/${i}")`)}   c = If (a1) <
      then_branch: graph = then_graph () => (float[N] t) {
         t = Add (a1, a2)
         t2 = Neg (t)
      },
      else_branch: graph = else_graph () => (e) {
         e = Sub (a3, a4)
      }
   >
${lines(4, (i) => `   ["/m/${i}"] "/u/${i}" = local.f <alpha = 0.5> ("/t/${i}", c)`)}}

${lines(2, (i) => `<domain: "local", opset_import: ["" : 17]>\nf${i} <alpha, beta: float = 0.5> (h, bias) => (y)\n<float[N] q>\n{\n   t = Add (h, bias)\n   y = LeakyRelu <alpha: float = @alpha> (t)\n}\n`)}`;

function sources(tree: SyntaxTree): string[] {
  return tree.segments.map((segment, index) => {
    const start = tree.starts[index] ?? 0;
    return `${segment.kind} ${tree.text.slice(start, start + segment.end)}`;
  });
}

/** How many segments of the document are no longer read as before. */
function lost(text: string): number {
  const found = new Map<string, number>();
  for (const source of sources(parseOnnxText(text))) {
    found.set(source, (found.get(source) ?? 0) + 1);
  }
  return sources(parseWithoutProblems(document)).filter((source) => {
    const count = found.get(source) ?? 0;
    found.set(source, count - 1);
    return count <= 0;
  }).length;
}

/** Each place of the document, so far apart that all tests together take seconds. */
function* places(step: number): Generator<number> {
  for (let place = 0; place < document.length; place += step) {
    yield place;
  }
}

/** Few edits may cost more than the segment that is edited and the one behind it: a `>` in data, which ends the values. */
function expectContained(edits: Iterable<string>): void {
  const losses = [...edits].map(lost);
  const contained = losses.filter((count) => count <= 2).length;
  assert.ok(
    contained >= losses.length * 0.995,
    `${losses.length - contained} of ${losses.length} edits spread`,
  );
}

describe('an edit breaks the segment it is in, and not those around it', () => {
  for (const [index, typed] of [...'{}()<>[],=:."#@x1 \n', 'y = '].entries()) {
    test(`typing ${JSON.stringify(typed)} somewhere`, () => {
      expectContained(
        (function* () {
          for (const place of places(23)) {
            const at = Math.min(place + index, document.length);
            yield document.slice(0, at) + typed + document.slice(at);
          }
        })(),
      );
    });
  }

  test('deleting a character', () => {
    expectContained(
      (function* () {
        for (const place of places(3)) {
          yield document.slice(0, place) + document.slice(place + 1);
        }
      })(),
    );
  });

  test('a line that is only typed to its middle', () => {
    expectContained(
      (function* () {
        let start = 0;
        for (const line of document.split('\n')) {
          for (let length = 1; length < line.length; length += 4) {
            yield document.slice(0, start + length) + document.slice(start + line.length);
          }
          start += line.length + 1;
        }
      })(),
    );
  });
});

test('statements behind an unclosed graph stay in the body around it', () => {
  const text = `g (c) => (y) {
  a = If (c) <then_branch = t () => (z) {
    z = A (c)
  b = B (c)
  y = C (b)
}
f (x) => (y) { y = D (x) }`;
  const tree = parseOnnxText(text);
  assert.deepEqual(
    tree.segments.map((segment) =>
      segment.kind === 'node-statement' ? segment.operator.name : segment.kind,
    ),
    ['graph-signature', 'If', 'B', 'C', 'function-signature', 'D'],
  );
  assert.equal(tree.problemCount, 1);
});

test('a body without indentation is read as it is written, if its brackets are closed', () => {
  const tree = parseWithoutProblems(
    'g (c) => (y) {\ny = If (c) <then_branch = t () => (z) {\nz = A (c)\n},\nelse_branch = e () => (z) {\nz = B (c)\n}\n>\n}',
  );
  assert.equal(tree.segments.length, 2);
});
