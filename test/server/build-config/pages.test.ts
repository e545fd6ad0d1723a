import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parseBuildConfig } from '../../../server/src/build-config/parse.ts';
import { resolveBuildConfig } from '../../../server/src/build-config/resolve/resolve.ts';
import { generatedFiles } from '../../../server/src/build-config/schema/generated-files.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** Told by sources that say their code as a constant: what is not in the list of sources needs no page here. */
const sources = [
  'server/src/build-config/',
  'server/src/features/build-config/',
  'server/src/cli/config/',
].flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts') && !name.startsWith('checks'))
    .map((name) => folder + name),
);
const codes = [
  ...new Set(sources.flatMap((source) => read(source).match(/(?<=')config\.[a-z-]+(?=')/g) ?? [])),
];

function problemsOf(text: string) {
  const file = parseBuildConfig(text, '/models/example.trt.yaml');
  return resolveBuildConfig(file, (path) => {
    throw new Error(`${path} does not exist.`);
  }).problems;
}

describe('documentation of build configs', () => {
  test('there is a page for each code', () => {
    assert.ok(codes.length >= 15);
    for (const code of codes) {
      const path = `docs/diagnostics/${code}.md`;
      assert.ok(existsSync(new URL(path, root)), path);
      assert.ok(read(path).startsWith(`# ${code}\n`));
    }
  });

  for (const code of codes) {
    test(`${code}: what is called wrong has the problem first, what is called right has none`, () => {
      const page = read(`docs/diagnostics/${code}.md`);
      for (const [, claim, text = ''] of page.matchAll(/^(Wrong|Right):\n\n```yaml\n(.*?)\n```/gms)) {
        const problems = problemsOf(text);
        const words = problems.map((problem) => `${problem.code}: ${problem.message}`).join('\n');
        if (claim === 'Right') assert.deepEqual(problems, [], words);
        else
          assert.ok(
            problems.some((problem) => problem.code === code),
            words,
          );
      }
    });
  }

  test('the examples of the reference page are right, but for files that are not there', () => {
    const examples = [...read('docs/build-config.md').matchAll(/^```yaml\n(.*?)\n```/gms)];
    assert.equal(examples.length, 5);
    for (const [, text = ''] of examples) {
      assert.deepEqual(
        problemsOf(text).filter(({ code }) => code !== 'config.extends-unreadable'),
        [],
      );
    }
    const [, , , , [, matrix = ''] = []] = examples;
    const file = parseBuildConfig(matrix, '/models/example.trt.yaml');
    assert.deepEqual(
      resolveBuildConfig(file, read).builds.map(({ name }) => name),
      ['fp16-small', 'fp16-big', 'int8-small', 'fp32-big'],
    );
  });

  test('schema, table of keys and grammar are those of the table of keys', () => {
    for (const { path, text } of generatedFiles(read)) {
      assert.equal(read(path), text, `${path} is out of date: run npx tsx scripts/generate-build-config.mts`);
    }
  });

  test('the example is right', () => {
    assert.deepEqual(problemsOf(read('examples/detector.trt.yaml')), []);
  });
});
