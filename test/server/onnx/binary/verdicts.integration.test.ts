import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ParseResult } from '../../../../native-bridge/src/protocol.ts';
import { cacheDirectory } from '../../../../scripts/cache.mjs';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { readModel } from '../../../../server/src/onnx/binary/reader.ts';
import { type WeightlessModel, weightless } from '../../../../server/src/onnx/binary/weightless.ts';
import type { Model } from '../../../../server/src/onnx/model/model.ts';
import { type ReadyBridge, startReadyBridge } from '../../../native-bridge/support/bridge.ts';
import { installations } from '../../../native-bridge/support/installations.ts';
import { sample } from '../../../support/sample.ts';

const models = path.join(cacheDirectory, 'models');
const folder = mkdtempSync(path.join(tmpdir(), 'verdicts-'));
const variants = path.join(folder, 'variants');

before(() => {
  const script = fileURLToPath(new URL('../../../support/save-initializer-variants.py', import.meta.url));
  execFileSync('python3', [script, variants]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** All data stays in the file, however little it is, so that as much as can be is referred to. */
function read(file: string): Model {
  const source = nodeFileAccess.open(file);
  try {
    return readModel(source, { inlineBytes: 0 });
  } finally {
    source.close();
  }
}

async function parseWeightless(bridge: ReadyBridge, stripped: WeightlessModel): Promise<ParseResult> {
  const file = path.join(folder, `${bridge.process.pid}.onnx`);
  writeFileSync(file, stripped.bytes);
  return bridge.parse(file, { ...stripped, walkNetwork: true });
}

/** All that a verdict says: errors with their words, and the network with its shapes. */
function saying({ succeeded, errors, network }: ParseResult): string {
  return JSON.stringify({ succeeded, errors, network });
}

/**
 * TensorRT looks at memory that it has not set here: whether it answers that output_dtype is float32 or that the node is invalid is
 * a matter of chance, in the plain parse as well (seen with 10.15 and 11.2).
 */
const answeredByChance = /^test_quantizelinear_blocked_symmetric\b/;

for (const installation of installations) {
  describe(`${installation} says the same with and without the weights`, () => {
    let bridge: ReadyBridge;
    before(async () => {
      bridge = await startReadyBridge(installation);
    });
    after(() => bridge?.kill());

    /** Compares the verdicts on the models of a folder that weights can be taken from; answers how many those are. */
    async function compare(
      directory: string,
      names: readonly string[] = readdirSync(directory),
    ): Promise<{ stripped: number; accepted: number }> {
      const counts = { stripped: 0, accepted: 0 };
      const different: string[] = [];
      for (const name of names) {
        const file = path.join(directory, name);
        const stripped = weightless(read(file), {
          files: nodeFileAccess,
          modelDirectory: directory,
          loadsInitializers: bridge.initialized.loadsInitializers,
        });
        assert.deepEqual(stripped.problems, [], name);
        if (stripped.referencedFiles.length === 0 && stripped.zeroInitializers.length === 0) continue;
        counts.stripped++;
        // By the same way into the parser: 10.15 words some errors otherwise in parseFromFile than in parse.
        const plain = await bridge.parse(file, { externalDataDirectory: directory, walkNetwork: true });
        const verdict = await parseWeightless(bridge, stripped);
        if (plain.succeeded) counts.accepted++;
        const same = answeredByChance.test(name)
          ? !plain.succeeded && !verdict.succeeded
          : saying(plain) === saying(verdict);
        if (!same) different.push(`${name}:\n  ${saying(plain)}\n  ${saying(verdict)}`);
      }
      assert.deepEqual(different, []);
      return counts;
    }

    test('on real models', async () => {
      assert.deepEqual(await compare(path.join(models, 'real')), { stripped: 11, accepted: 11 });
    });

    test('on the models that the onnx package ships', async () => {
      const { stripped, accepted } = await compare(path.join(models, 'conformance/package'));
      assert.ok(stripped > 50 && accepted > 50, `${stripped} stripped, ${accepted} accepted`);
    });

    test('on 1,884 conformance models', async () => {
      const { stripped, accepted } = await compare(path.join(models, 'conformance/node'));
      assert.ok(stripped > 200 && accepted > 100, `${stripped} stripped, ${accepted} accepted`);
    });

    test('on the conformance models with an input made an initializer', async () => {
      const names = sample(readdirSync(variants).sort(), 4);
      const { stripped, accepted } = await compare(variants, names);
      assert.ok(
        stripped > 0.8 * names.length && accepted > 0.4 * names.length,
        `${stripped} of ${names.length} stripped, ${accepted} accepted`,
      );
    });

    test('whatever the model and its folders are called', async () => {
      for (const name of ['with space', 'a..b', 'größe 😀', '..hidden', '%41', 'sub/folder/model']) {
        const file = path.join(folder, installation, `${name}.onnx`);
        mkdirSync(path.dirname(file), { recursive: true });
        copyFileSync(path.join(models, 'real/magika-model.onnx'), file);
        // A weight in another folder, so that both are seen from the folder above.
        const elsewhere = path.join(folder, installation, 'other folder', 'w.bin');
        mkdirSync(path.dirname(elsewhere), { recursive: true });
        writeFileSync(elsewhere, Buffer.alloc(4000));
        const model = read(file);
        assert.ok(model.graph);
        const bytes = { path: elsewhere, offset: 0, length: 4000 };
        const unused = {
          name: 'w',
          dataType: 1,
          dims: [1000],
          data: { kind: 'raw', bytes },
          metadata: [],
        } as const;
        const graph = { ...model.graph, initializers: [...model.graph.initializers, unused] };
        const stripped = weightless(
          { ...model, graph },
          { files: nodeFileAccess, modelDirectory: path.dirname(file), loadsInitializers: true },
        );
        assert.equal(stripped.referencedFiles.length, 2);
        assert.ok((await parseWeightless(bridge, stripped)).succeeded, name);
      }
    });

    test('with weights whose file is gone, where their values do not matter', async () => {
      const model = read(path.join(models, 'real/nudenet-320n.onnx'));
      assert.ok(model.graph);
      const initializers = model.graph.initializers.map((tensor) => ({
        ...tensor,
        data:
          tensor.data.kind === 'raw' && tensor.data.bytes.length > 1024
            ? ({ kind: 'external', entries: [{ key: 'location', value: 'gone.bin' }] } as const)
            : tensor.data,
      }));
      const stripped = weightless(
        { ...model, graph: { ...model.graph, initializers } },
        { files: nodeFileAccess, modelDirectory: folder, loadsInitializers: true },
      );
      assert.ok(stripped.zeroInitializers.length > 50);
      assert.equal(stripped.problems.length, stripped.zeroInitializers.length);
      const plain = await bridge.parse(path.join(models, 'real/nudenet-320n.onnx'), { walkNetwork: true });
      assert.equal(saying(await parseWeightless(bridge, stripped)), saying(plain));
    });
  });
}
