import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { BridgeErrorCode, requestCancelled } from '../../native-bridge/src/protocol.ts';
import { type ReadyBridge, startReadyBridge } from './support/bridge.ts';
import { installations } from './support/installations.ts';
import { chainOfLayers, temporaryFolder, writeBytes, writeModels } from './support/models.ts';

const models = writeModels({
  nested: `
    <ir_version: 8, opset_import: ["" : 17, "local" : 1]>
    g (float[N,4] x) => (float[N,4] y) {
      a = Relu (x)
      b = local.outer (a)
      c = DoesNotExist (b)
      y = Unique (c)
    }
    <domain: "local", opset_import: ["" : 17, "local" : 1]>
    outer (x) => (y) { t = Neg (x)  y = local.inner (t) }
    <domain: "local", opset_import: ["" : 17]>
    inner (x) => (y) { t = Bernoulli (x)  y = com.foo.Bar (t) }`,
  supported: `
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[batch,4] x, int64[n] ids) => (float[batch,3] y, float[n,3] z)
    <float[4,3] w = {1,2,3,4,5,6,7,8,9,10,11,12}> {
      [projection] h = MatMul (x, w)
      [activation] y = Relu (h)
      [lookup] z = Gather (w, ids)
    }`,
  unsupportedInput: `
    <ir_version: 8, opset_import: ["" : 17]>
    g (int16[4] counts) => (int16[4] y) { y = Identity (counts) }`,
  chain: chainOfLayers(200),
});

const pluginNotFound = 'creator && "Plugin not found, are the plugin name, version, and namespace correct?"';

for (const installation of installations) {
  describe(`a bridge with ${installation}`, () => {
    let bridge: ReadyBridge;
    before(async () => {
      bridge = await startReadyBridge(installation);
    });
    after(() => bridge.kill());

    test('says which nodes inside nested local functions are refused, with their call stacks', async () => {
      const result = await bridge.parse(models.nested, { walkNetwork: true });
      assert.equal(result.succeeded, false);
      assert.equal(result.network, undefined);
      const stack = ['node_of_b (outer)', 'node_of_y (inner)'];
      const errors = result.errors.map(({ file, line, ...error }) => {
        assert.equal(file, 'onnxOpCheckers.cpp');
        assert.ok(line > 0);
        return error;
      });
      assert.deepEqual(errors, [
        refused('Bernoulli', 1, 'kUNSUPPORTED_NODE', 8, 'checkBernoulli', 'false', stack),
        refused('Bar', 1, 'kINVALID_NODE', 6, 'checkFallbackPluginImporter', pluginNotFound, stack),
        refused('DoesNotExist', 2, 'kINVALID_NODE', 6, 'checkFallbackPluginImporter', pluginNotFound, []),
        refused('Unique', 3, 'kUNSUPPORTED_NODE', 8, 'checkUnique', 'false', []),
      ]);
      assert.ok(
        result.log.some(({ severity, message }) => severity === 'error' && message.includes('Bernoulli')),
      );
      assert.ok(result.log.every(({ severity }) => severity !== 'info' && severity !== 'verbose'));
    });

    test('says which types, shapes and dimension names TensorRT gives a supported model', async () => {
      const { succeeded, errors, network } = await bridge.parse(models.supported, { walkNetwork: true });
      assert.equal(succeeded, true);
      assert.deepEqual(errors, []);
      assert.ok(network);
      const tensor = (name: string) => network.tensors.find((known) => known.name === name);
      assert.deepEqual(tensor('x'), {
        name: 'x',
        type: 'kFLOAT',
        dims: [-1, 4],
        dimensionNames: ['batch', ''],
        isInput: true,
        isOutput: false,
      });
      assert.deepEqual(tensor('ids'), {
        name: 'ids',
        type: 'kINT64',
        dims: [-1],
        dimensionNames: ['n'],
        isInput: true,
        isOutput: false,
      });
      assert.deepEqual(tensor('y'), {
        name: 'y',
        type: 'kFLOAT',
        dims: [-1, 3],
        dimensionNames: [],
        isInput: false,
        isOutput: true,
      });
      assert.deepEqual(tensor('z')?.dims, [-1, 3]);

      const layer = (node: string) => network.layers.find(({ onnxNodes }) => onnxNodes.includes(node));
      const product = layer('projection');
      assert.equal(product?.type, 'kMATRIX_MULTIPLY');
      assert.deepEqual(
        product?.outputs.map((index) => network.tensors[index]?.name),
        ['h'],
      );
      assert.ok(product?.inputs.map((index) => network.tensors[index]?.name).includes('x'));
      assert.equal(layer('activation')?.type, 'kACTIVATION');
      assert.equal(layer('lookup')?.type, 'kGATHER');
    });

    test('names the input in an error about it', async () => {
      const { succeeded, errors } = await bridge.parse(models.unsupportedInput);
      assert.equal(succeeded, false);
      assert.equal(errors[0]?.function, 'importInput');
      assert.equal(errors[0]?.nodeIndex, -1);
      assert.equal(errors[0]?.file, 'counts');
      // TensorRT prints this where it likes; the protocol must not be disturbed by it.
      assert.match(bridge.lastWords(), /Unsupported ONNX data type: INT16/);
    });

    test('answers the same twice', async () => {
      for (const model of [models.nested, models.supported]) {
        const [first, second] = [
          await bridge.parse(model, { walkNetwork: true }),
          await bridge.parse(model, { walkNetwork: true }),
        ];
        assert.deepEqual({ ...second, parseMilliseconds: 0 }, { ...first, parseMilliseconds: 0 });
      }
    });

    test('takes every parser flag that it lists, and refuses others by name', async () => {
      for (const flag of bridge.initialized.parserFlags) {
        const { errors } = await bridge.parse(models.supported, { parserFlags: [flag] });
        // Of all flags, this one refuses what cannot run on a Deep Learning Accelerator.
        const expected = flag === 'kREPORT_CAPABILITY_DLA' ? /^DLA validation failed for layer/ : /^$/;
        assert.match(errors[0]?.description ?? '', expected, flag);
      }
      assert.ok(bridge.initialized.parserFlags.includes('kREPORT_CAPABILITY_DLA'));
      await assert.rejects(bridge.parse(models.supported, { parserFlags: ['kNO_SUCH_FLAG'] }), {
        code: BridgeErrorCode.notAvailable,
        message: /has no OnnxParserFlag::kNO_SUCH_FLAG; no known version has it\.$/,
      });
    });

    test('parses weakly typed networks where they exist, and says so where they do not', async () => {
      const parsing = bridge.parse(models.supported, { stronglyTyped: false });
      if (bridge.initialized.weaklyTypedNetworks) {
        assert.equal((await parsing).succeeded, true);
      } else {
        await assert.rejects(parsing, {
          code: BridgeErrorCode.notAvailable,
          message: /^Weakly typed networks exist in TensorRT 10 only/,
        });
      }
    });

    test('answers a file that is not a model with the parser’s own words', async () => {
      const garbage = writeBytes('garbage.onnx', Buffer.alloc(1000, 0xab));
      const { succeeded, errors } = await bridge.parse(garbage);
      assert.equal(succeeded, false);
      assert.equal(errors[0]?.codeName, 'kMODEL_DESERIALIZE_FAILED');
      assert.match(errors[0]?.description ?? '', /Failed to parse the ONNX model/);
    });

    test('answers a truncated model with the parser’s own words', async () => {
      const whole = readFileSync(models.chain);
      const truncated = writeBytes('truncated.onnx', whole.subarray(0, whole.length / 2));
      const { succeeded, errors } = await bridge.parse(truncated);
      assert.equal(succeeded, false);
      assert.equal(errors[0]?.codeName, 'kMODEL_DESERIALIZE_FAILED');
    });

    test('says why a model file cannot be read', async () => {
      const folder = temporaryFolder();
      const code = BridgeErrorCode.modelNotReadable;
      await assert.rejects(bridge.parse(folder), { code, message: `${folder} is a folder, not a model.` });
      const missing = `${folder}/missing.onnx`;
      await assert.rejects(bridge.parse(missing), { code, message: `${missing} does not exist.` });
    });

    test('skips a parse that is cancelled before its turn', async () => {
      const first = bridge.parse(models.chain);
      const source = new CancellationTokenSource();
      const second = bridge.parse(models.chain, {}, source.token);
      source.cancel();
      assert.equal((await first).succeeded, true);
      await assert.rejects(second, { code: requestCancelled });
    });

    test('does not keep the memory of what it parsed', async () => {
      const parseSome = async (times: number): Promise<number> => {
        for (let time = 0; time < times; time++) {
          await bridge.parse(models.chain, { walkNetwork: true });
        }
        return bridge.memory();
      };
      const before = await parseSome(10);
      const afterwards = await parseSome(30);
      // One such network takes about 1 MB: 30 kept ones would show.
      assert.ok(afterwards - before < 15e6, `from ${before} to ${afterwards} bytes`);
    });
  });
}

function refused(
  operator: string,
  nodeIndex: number,
  codeName: string,
  code: number,
  checker: string,
  description: string,
  localFunctionStack: string[],
) {
  return {
    code,
    codeName,
    description,
    function: checker,
    nodeIndex,
    nodeName: '',
    operator,
    localFunctionStack,
  };
}
