import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parseBuildConfig } from '../../../../../server/src/build-config/parse.ts';
import { resolveBuildConfig } from '../../../../../server/src/build-config/resolve/resolve.ts';
import { buildCodes } from '../../../../../server/src/tensorrt/build/failures/explain-failure.ts';

const folder = new URL('../../../../../docs/diagnostics/', import.meta.url);
/** `build.impossible` is told of builds that never came to TensorRT. */
const codes = [...buildCodes, 'build.impossible'].sort();

describe('documentation of failed builds', () => {
  test('there is a page per code and no other', () => {
    const pages = readdirSync(folder).filter((name) => name.startsWith('build.'));
    assert.deepEqual(
      pages.sort(),
      codes.map((code) => `${code}.md`),
    );
  });

  for (const code of codes) {
    test(`${code}: its page is about it, and its configs are of the language`, () => {
      const page = readFileSync(new URL(`${code}.md`, folder), 'utf8');
      assert.ok(page.startsWith(`# ${code}\n\n`));
      for (const [, text = ''] of page.matchAll(/^```yaml\n(.*?)\n```/gms)) {
        const config = parseBuildConfig(text, '/models/example.trt.yaml');
        const { problems } = resolveBuildConfig(config, (path) => {
          throw new Error(`${path} does not exist.`);
        });
        assert.deepEqual(problems, [], text);
      }
    });
  }
});
