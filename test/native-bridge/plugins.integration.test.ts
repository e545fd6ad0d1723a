import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { compileText } from '../support/compile-library.mjs';
import { compilePlugin } from '../support/plugins/compile-plugin.mjs';
import { startReadyBridge } from './support/bridge.ts';
import { librariesOf } from './support/installations.ts';
import { temporaryFolder, writeBytes, writeModels } from './support/models.ts';

const { scaled } = writeModels({
  scaled: `
    <ir_version: 8, opset_import: ["" : 17, "my.plugins" : 1]>
    g (float[N,4] x) => (float[N,4] y) { t = Relu (x)  y = my.plugins.Scaled <factor = 3.0> (t) }`,
});
const folder = temporaryFolder();
const { infer } = librariesOf('tensorrt-10.15');

async function readyBridge(context: TestContext) {
  const bridge = await startReadyBridge('tensorrt-10.15');
  context.after(() => bridge.kill());
  return bridge;
}

describe('a plugin library of one’s own', () => {
  for (const [how, options] of [
    ['exports its creators', []],
    ['registers itself as it is loaded', ['-DREGISTERS_ITSELF']],
  ] as const) {
    test(`that ${how}: its node is refused before, and accepted once it is loaded`, async (context) => {
      const library = compilePlugin(folder, infer, options);
      const bridge = await readyBridge(context);
      const before = await bridge.parse(scaled, { walkNetwork: true });
      assert.equal(before.succeeded, false);
      assert.deepEqual(
        before.errors.map(({ operator, codeName }) => [operator, codeName]),
        [['Scaled', 'kINVALID_NODE']],
      );
      // The second time it is there already.
      for (let time = 0; time < 2; time++) {
        const pluginLibraries = [library];
        const result = await bridge.parse(scaled, { walkNetwork: true, pluginLibraries });
        assert.equal(result.succeeded, true);
        assert.deepEqual(result.pluginProblems, []);
        assert.deepEqual(result.errors, []);
        assert.deepEqual(result.network?.tensors.find(({ name }) => name === 'y')?.dims, [-1, 4]);
      }
    });
  }

  test('that is none is a sentence, each time the same, and the others are loaded', async (context) => {
    const letter = writeBytes('letter.so', new TextEncoder().encode('Not a library, but a letter.'));
    const gone = path.join(folder, 'gone.so');
    const strange = compileText(path.join(folder, 'strange.so'), 'int nothing() { return 0; }');
    const bridge = await readyBridge(context);
    const pluginLibraries = [letter, gone, strange, compilePlugin(folder, infer)];
    for (let time = 0; time < 2; time++) {
      const result = await bridge.parse(scaled, { pluginLibraries });
      assert.equal(result.succeeded, true);
      assert.deepEqual(result.log, []);
      const [ofLetter, ofGone, ofStrange, ...others] = result.pluginProblems;
      assert.equal(ofLetter, `The plugin library ${letter} does not load: file too short.`);
      assert.equal(
        ofGone,
        `The plugin library ${gone} does not load: cannot open shared object file: No such file or directory.`,
      );
      assert.match(ofStrange ?? '', /strange\.so does not load: it is no plugin library: it exports neither/);
      assert.deepEqual(others, []);
    }
  });

  test('that brings the process down is named by its last operation', async (context) => {
    const library = compileText(
      path.join(folder, 'abort.so'),
      '#include <cstdlib>\n__attribute__((constructor)) void end() { std::abort(); }\n',
    );
    const bridge = await readyBridge(context);
    const parsing = bridge.parse(scaled, { pluginLibraries: [library] });
    await Promise.all([assert.rejects(parsing), bridge.exit]);
    assert.equal(bridge.operations.at(-1), `loading the plugins of ${library}`);
  });
});
