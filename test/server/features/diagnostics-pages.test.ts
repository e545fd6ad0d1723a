import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createDocument } from '../../../server/src/features/document.ts';
import { syntaxProblems } from '../../../server/src/onnx/text/parser/problems.ts';
import { modelProblems } from '../../../server/src/onnx/text/to-model/to-model.ts';

const folder = new URL('../../../docs/diagnostics/', import.meta.url);

/** Codes that the server adds to those of parser and conversion. */
const ownCodes = [
  'onnx.syntax.more-problems',
  'onnx.external-data.no-location',
  'onnx.external-data.outside-folder',
  'onnx.external-data.unreadable-file',
  'onnx.external-data.invalid-entry',
  'onnx.external-data.out-of-bounds',
  'onnx.external-data.wrong-length',
  'trt.check-failed',
  'trt.more-errors',
  'trt.no-runtime',
];

describe('documentation of diagnostics of the ONNX language', () => {
  const codes = [...Object.keys(syntaxProblems), ...Object.keys(modelProblems), ...ownCodes];
  const pages = readdirSync(folder).filter((name) =>
    /^(onnx\.(syntax|reference|annotation|tensor|value|external)|trt\.(check-failed|more-errors|no-runtime))/.test(
      name,
    ),
  );

  test('there is a page per code and no other', () => {
    assert.deepEqual(pages.sort(), codes.map((code) => `${code}.md`).sort());
  });

  for (const code of codes) {
    test(`${code}: what is called wrong has the problem first, what is called right has none`, () => {
      const page = readFileSync(new URL(`${code}.md`, folder), 'utf8');
      assert.ok(page.startsWith(`# ${code}\n`));
      assert.ok(page.length > `# ${code}\n`.length + 40);
      for (const { claim, text } of examplesOf(page)) {
        const document = createDocument('file:///models/example.onnxtxt', 1, text);
        const problems = [
          ...document.tree.segments.flatMap((segment) => segment.problems),
          ...document.model.problems,
        ];
        const found = [...new Set(problems.map((problem) => problem.code))];
        const words = problems.map((problem) => `${problem.code}: ${problem.message}`).join('\n');
        assert.equal(found[0], claim === 'Wrong' ? code : undefined, `${claim}:\n${text}\n${words}`);
      }
    });
  }
});

function examplesOf(page: string): { claim: string; text: string }[] {
  return [...page.matchAll(/^(Wrong|Right):\n\n```onnx\n(.*?)\n```/gms)].map(([, claim = '', text = '']) => ({
    claim,
    text,
  }));
}
