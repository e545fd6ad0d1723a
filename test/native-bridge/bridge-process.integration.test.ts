import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BridgeErrorCode, type LibraryPaths } from '../../native-bridge/src/protocol.ts';
import { startBridge, type TestBridge } from './support/bridge.ts';
import { type Installation, installations, librariesOf } from './support/installations.ts';
import { chainOfLayers, temporaryFolder, writeModels } from './support/models.ts';

const models = writeModels({
  small: '<ir_version: 8, opset_import: ["" : 17]> g (float[N] x) => (float[N] y) { y = Relu (x) }',
  chain: chainOfLayers(5000),
  // TensorRT's parser follows the call without end, until its stack is full.
  endless: `
    <ir_version: 8, opset_import: ["" : 17, "local" : 1]>
    g (float[N] x) => (float[N] y) { y = local.f (x) }
    <domain: "local", opset_import: ["" : 17, "local" : 1]>
    f (x) => (y) { y = local.f (x) }`,
});

/** A bridge that ends with its test. */
function bridgeFor(
  context: TestContext,
  target: Installation | LibraryPaths,
  env?: NodeJS.ProcessEnv,
): TestBridge {
  const bridge = startBridge(target, env);
  context.after(() => bridge.kill());
  return bridge;
}

describe('the handshake', () => {
  const expected = {
    'tensorrt-rtx-1.7.1': {
      product: 'TensorRT-RTX',
      version: '1.7.1',
      versionNumber: 10701,
      abiFamily: 'tensorrt-rtx-1',
      weaklyTypedNetworks: false,
    },
    'tensorrt-10.15': {
      product: 'TensorRT',
      version: '10.15.1',
      versionNumber: 101501,
      abiFamily: 'tensorrt-10',
      weaklyTypedNetworks: true,
    },
    'tensorrt-11.2': {
      product: 'TensorRT',
      version: '11.2.1',
      versionNumber: 110201,
      abiFamily: 'tensorrt-11',
      weaklyTypedNetworks: false,
    },
  } as const;

  for (const installation of installations) {
    test(`says what ${installation} is`, async (context) => {
      const bridge = bridgeFor(context, installation);
      const result = await bridge.initialize();
      const { product, version, versionNumber, abiFamily, weaklyTypedNetworks } = result;
      assert.deepEqual(
        { product, version, versionNumber, abiFamily, weaklyTypedNetworks },
        expected[installation],
      );
      assert.equal(result.loadsInitializers, true);
      assert.deepEqual(result.notes, []);
      const plugins = result.pluginCreators.includes('::EfficientNMS_TRT@1');
      assert.equal(plugins, product === 'TensorRT', 'plugins come with libnvinfer_plugin');
      assert.ok(bridge.operations.includes(`self-check of ${product} ${version}`));
      assert.equal(bridge.operations.at(-1), '');
    });
  }

  test('comes once, first, and with the same protocol', async (context) => {
    const bridge = bridgeFor(context, 'tensorrt-rtx-1.7.1');
    const code = BridgeErrorCode.wrongOrder;
    await assert.rejects(bridge.parse(models.small), { code, message: /send bridge\/initialize first/ });
    await assert.rejects(bridge.initialize({ protocolVersion: 99 }), { code, message: /not 99/ });
    await bridge.initialize();
    await assert.rejects(bridge.initialize(), { code, message: /has loaded its TensorRT already/ });
    assert.equal((await bridge.parse(models.small)).succeeded, true);
  });

  test('hands on TensorRT’s log as far as it is asked for', async (context) => {
    const bridge = bridgeFor(context, 'tensorrt-11.2');
    await bridge.initialize({ logSeverity: 'verbose' });
    const { log } = await bridge.parse(models.small);
    assert.deepEqual(log, [], 'the answer holds warnings and worse');
    assert.ok(bridge.log.some(({ severity }) => severity === 'verbose'));
  });
});

describe('a machine without a GPU', () => {
  test('gets one clear sentence about a TensorRT that needs one, and no abort', async (context) => {
    const bridge = bridgeFor(context, 'tensorrt-10.6');
    await assert.rejects(bridge.initialize(), {
      code: BridgeErrorCode.needsGpu,
      message:
        /^TensorRT 10\.6\.0 needs a GPU, and .+\. TensorRT 10\.15 and later, and TensorRT for RTX, check models without one\.$/,
    });
    assert.equal(bridge.process.exitCode, null);
    assert.equal(bridge.process.signalCode, null);
  });

  test('is no obstacle where the user has set internal options of TensorRT', async (context) => {
    const env = { ...process.env, TRT_INTERNAL_OPTIONS: '--cpu_only=1' };
    const result = await bridgeFor(context, 'tensorrt-10.15', env).initialize();
    assert.equal(result.mode, 'cpu-only');
  });
});

describe('libraries that are not the right ones', () => {
  const rtx = librariesOf('tensorrt-rtx-1.7.1');
  const ten = librariesOf('tensorrt-10.15');
  const eleven = librariesOf('tensorrt-11.2');
  const code = BridgeErrorCode.unsupportedLibrary;

  test('another library is told by its name', async (context) => {
    const infer = '/usr/lib/libm.so.6';
    await assert.rejects(bridgeFor(context, { ...ten, infer }).initialize(), {
      code,
      message: `${infer} is not a library of TensorRT; it is called libnvinfer.so or libtensorrt_rtx.so.`,
    });
  });

  test('the parser in the place of TensorRT is told by its name', async (context) => {
    await assert.rejects(bridgeFor(context, { ...ten, infer: ten.onnxParser }).initialize(), {
      code,
      message: /is nvonnxparser of TensorRT, but the TensorRT library itself is needed here/,
    });
  });

  test('libraries of two products are told by their names', async (context) => {
    await assert.rejects(bridgeFor(context, { ...rtx, onnxParser: ten.onnxParser }).initialize(), {
      code,
      message: /do not belong together: one is of TensorRT-RTX, the other of TensorRT\./,
    });
  });

  test('libraries of two versions are told by what their links lead to', async (context) => {
    const folder = temporaryFolder();
    const onnxParser = path.join(folder, 'libnvonnxparser.so');
    symlinkSync(eleven.onnxParser, onnxParser);
    await assert.rejects(bridgeFor(context, { ...ten, onnxParser }).initialize(), {
      code,
      message: /do not belong together: one is of version 10, the other of 11\./,
    });
  });

  test('a library that only has the name is told by what it lacks', async (context) => {
    const infer = path.join(temporaryFolder(), 'libnvinfer.so.10');
    copyFileSync(ten.onnxParser, infer);
    const libraries = { infer, onnxParser: ten.onnxParser };
    await assert.rejects(bridgeFor(context, libraries).initialize(), {
      code,
      message: /is not a complete TensorRT: it lacks getInferLibVersion and createInferBuilder_INTERNAL/,
    });
  });

  test('a file that is no library is told in the loader’s words', async (context) => {
    const infer = path.join(temporaryFolder(), 'libnvinfer.so.10');
    writeFileSync(infer, 'not a library');
    await assert.rejects(bridgeFor(context, { ...ten, infer }).initialize(), {
      code: BridgeErrorCode.libraryNotLoaded,
      message: `Could not load ${infer}: file too short.`,
      data: { tried: [{ path: infer, reason: 'file too short' }] },
    });
  });

  test('a missing file is told in the loader’s words', async (context) => {
    const infer = '/nowhere/libnvinfer.so.10';
    await assert.rejects(bridgeFor(context, { ...ten, infer }).initialize(), {
      code: BridgeErrorCode.libraryNotLoaded,
      message: `Could not load ${infer}: cannot open shared object file: No such file or directory.`,
    });
  });

  test('a plugin library that does not load is noted, and the rest works', async (context) => {
    const plugin = path.join(temporaryFolder(), 'libnvinfer_plugin.so.10');
    writeFileSync(plugin, 'not a library');
    const bridge = bridgeFor(context, { infer: ten.infer, onnxParser: ten.onnxParser, plugin });
    const { notes } = await bridge.initialize();
    assert.deepEqual(notes, [
      `The plugins of ${plugin} are not available: Could not load ${plugin}: file too short.`,
    ]);
    assert.equal((await bridge.parse(models.small)).succeeded, true);
  });

  test('the version-compatible plugins do where the others are missing', async (context) => {
    const { infer, onnxParser, vcPlugin } = ten;
    assert.ok(vcPlugin);
    const { notes, pluginCreators } = await bridgeFor(context, { infer, onnxParser, vcPlugin }).initialize();
    assert.deepEqual(notes, []);
    assert.ok(pluginCreators.some((name) => name.startsWith('::ROIAlign_TRT@')));
  });
});

describe('a bridge that dies', () => {
  test('has said what it was doing when a model crashes TensorRT', async (context) => {
    for (const installation of installations) {
      const bridge = bridgeFor(context, installation);
      await bridge.initialize();
      await assert.rejects(bridge.parse(models.endless), /connection got disposed/);
      assert.equal(bridge.operations.at(-1), `parsing ${models.endless}`);
      assert.deepEqual(await bridge.exit, [null, 'SIGSEGV']);
    }
  });

  test('rejects what was under way when it is killed', async (context) => {
    const bridge = bridgeFor(context, 'tensorrt-rtx-1.7.1');
    await bridge.initialize();
    const parsing = bridge.operation('parsing').then(() => bridge.kill());
    await assert.rejects(bridge.parse(models.chain), /connection got disposed/);
    await parsing;
    assert.deepEqual(await bridge.exit, [null, 'SIGKILL']);
  });

  test('goes quietly when its server goes', async (context) => {
    const bridge = bridgeFor(context, 'tensorrt-10.15');
    const { infer, onnxParser, vcPlugin } = librariesOf('tensorrt-10.15');
    // A plugin library that the registry loads: an orderly exit crashes with it.
    assert.ok(vcPlugin);
    await bridge.initialize({ libraries: { infer, onnxParser, vcPlugin } });
    bridge.process.stdin?.end();
    assert.deepEqual(await bridge.exit, [0, null]);
    assert.equal(bridge.lastWords(), '');
  });

  test('does not outlive a server that was killed', async (context) => {
    const script = fileURLToPath(new URL('./support/server-to-kill.ts', import.meta.url));
    const server = spawn(process.execPath, ['--import', 'tsx', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    context.after(() => server.kill('SIGKILL'));
    const [line] = await once(server.stdout.setEncoding('utf8'), 'data');
    const bridgeProcess = Number(line);
    assert.ok(isRunning(bridgeProcess));
    server.kill('SIGKILL');
    for (let attempt = 0; attempt < 100 && isRunning(bridgeProcess); attempt++) {
      await setTimeout(50);
    }
    assert.ok(!isRunning(bridgeProcess));
  });
});

function isRunning(id: number): boolean {
  try {
    // A process that nobody has waited for yet is a zombie: it has ended.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, 'utf8'));
  } catch {
    return false;
  }
}
