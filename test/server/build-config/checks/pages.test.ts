import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { RuntimeFacts } from '../../../../server/src/build-config/checks/facts/facts.ts';
import { runtimeFromWords } from '../../../../server/src/build-config/checks/facts/runtime-facts.ts';
import { resolve } from '../configs.ts';
import { problemsIn } from './fixture.ts';

const root = new URL('../../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const folder = 'server/src/build-config/checks/';
const codes = [
  ...new Set(
    readdirSync(new URL(folder, root), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => read(folder + name).match(/(?<=')config\.[a-z0-9-]+(?=')/g) ?? []),
  ),
];

/** A GPU that some pages are about; TensorRT for RTX runs without one. */
const device = { name: 'Tesla T4', computeCapability: '7.5', totalMemory: 16 * 2 ** 30 };

/** As the example's own `runtime` says. */
function runtimeOf(text: string): RuntimeFacts | undefined {
  const wish = resolve(text).builds[0]?.get('runtime')?.value;
  const facts = wish === undefined ? undefined : runtimeFromWords(wish);
  if (!facts) return undefined;
  return facts.product === 'TensorRT' ? { ...facts, device } : { ...facts, mode: 'cpu-only' };
}

describe('documentation of checks of build configs', () => {
  test('there are as many codes as pages to look for', () => {
    assert.ok(codes.length >= 27, `${codes.length}`);
  });

  for (const code of codes) {
    test(`${code}: what is called wrong has the problem, what is called right has none`, () => {
      const page = read(`docs/diagnostics/${code}.md`);
      assert.ok(page.startsWith(`# ${code}\n`));
      assert.ok(page.length > code.length + 80);
      const [, model] = /^Model:\n\n```onnx\n(.*?)\n```/ms.exec(page) ?? [];
      const examples = [...page.matchAll(/^(Wrong|Right):\n\n```yaml\n(.*?)\n```/gms)];
      assert.equal(examples.length, code === 'config.unreadable-model' ? 0 : 2);
      for (const [, claim, text = ''] of examples) {
        const runtime = runtimeOf(text);
        const problems = problemsIn(text, {
          ...(model !== undefined && { model }),
          ...(runtime && { runtime }),
          missing: ['missing.onnx'],
        });
        const words = problems.map((problem) => `${problem.code}: ${problem.message}`).join('\n');
        if (claim === 'Right') assert.deepEqual(problems, [], words);
        else assert.equal(problems[0]?.code, code, words);
      }
    });
  }
});
