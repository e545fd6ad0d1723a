import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { linkedEditingRanges } from '../../../server/src/features/linked-editing.ts';
import { expectMarks, type Fixture, fixture, header } from './fixture.ts';

const links = ({ document, position }: Fixture) =>
  (linkedEditingRanges(document, position)?.ranges ?? []).map((range) => ({ range }));

describe('linked editing', () => {
  test('of a value where it is defined takes its uses along, those in subgraphs included', () => {
    expectMarks(
      `${header}
g (float[N] x, bool c) => (float[N] y) {
  $0a = Relu (x)
  ^
  b = If (c) <then_branch = t () => (o) { o = Neg (a) }, else_branch = e () => (o) { o = Abs (a) }>
                                                   ^
                                                                                              ^
  y = Add (a, b)
           ^
}`,
      links,
    );
  });

  test('of a function takes its calls along', () => {
    expectMarks(
      `${header}
g (float[N] x) => (float[N] y) {
  y = local.twice (x)
            ^^^^^
}
<domain: "local", opset_import: ["" : 17]>
tw$0ice (x) => (y) { y = Add (x, x) }
^^^^^`,
      links,
    );
  });

  test('works within the quotes of quoted names', () => {
    const marked = `${header}
g (float[N] x) => (float[N] y) {
  "a/$0b" = Relu (x)
   ^^^
  y = Neg ("a/b")
            ^^^
}`;
    expectMarks(marked, links);
    const { document, position } = fixture(marked);
    const pattern = new RegExp(`^(?:${linkedEditingRanges(document, position)?.wordPattern})$`);
    assert.match('a/b.c', pattern);
    assert.doesNotMatch('a"', pattern);
  });

  const without = (why: string, body: string) =>
    test(`leaves names alone ${why}`, () => {
      const { document, position } = fixture(`${header}\ng (float[N] x) => (float[N] y) {\n${body}\n}`);
      assert.equal(linkedEditingRanges(document, position), undefined);
    });
  without('at a use, where another value is meant to be typed', '  a = Relu (x)\n  y = Neg ($0a)');
  without('that nothing else has', '  y = Relu (x)\n  $0unused = Neg (x)');
  without('that are defined twice', '  $0a = Relu (x)\n  a = Neg (x)\n  y = Abs (a)');
  without('outside of names', '  a = Re$0lu (x)\n  y = Neg (a)');
  without(
    'with more uses than a keystroke should change',
    `  $0a = Relu (x)\n${Array.from({ length: 300 }, (_, k) => `  b${k} = Neg (a)`).join('\n')}`,
  );
});
