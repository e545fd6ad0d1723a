import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { type CheckCode, checks } from '../../../../server/src/onnx/checks/codes.ts';
import { findEverything } from './support.ts';

const folder = new URL('../../../../docs/diagnostics/', import.meta.url);

/** These need a model too big for a page, or a mistake of ours. */
const withoutExamples: ReadonlySet<CheckCode> = new Set(['onnx.inference-limit', 'onnx.inference-failed']);

describe('documentation of the checks', () => {
  for (const code of Object.keys(checks) as CheckCode[]) {
    test(`${code}: what is called wrong has the problem, what is called right has no error`, () => {
      const page = readFileSync(new URL(`${code}.md`, folder), 'utf8');
      assert.ok(page.startsWith(`# ${code}\n`));
      const [wrong, right] = ['Wrong', 'Right'].map((claim) => exampleOf(page, claim));
      if (withoutExamples.has(code)) {
        assert.equal(wrong, undefined);
        return;
      }
      assert.ok(wrong !== undefined && right !== undefined);
      const bad = findEverything(wrong);
      assert.deepEqual(bad.otherErrors, []);
      assert.ok(
        bad.findings.some((finding) => finding.code === code),
        JSON.stringify(bad.findings.map((finding) => `${finding.code}: ${finding.message}`)),
      );
      const good = findEverything(right);
      assert.deepEqual(good.otherErrors, []);
      assert.deepEqual(
        good.findings
          .filter((finding) => finding.severity === 'error' || finding.code === code)
          .map((finding) => `${finding.code}: ${finding.message}`),
        [],
      );
    });
  }
});

function exampleOf(page: string, claim: string): string | undefined {
  return new RegExp(`^${claim}:\n\n\`\`\`onnx\n(.*?)\n\`\`\``, 'ms').exec(page)?.[1];
}
