import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasMethod } from '../../../native-bridge/src/abi/methods.ts';
import { loadTensorRT } from '../../../native-bridge/src/tensorrt/tensorrt.ts';
import { type Installation, librariesOf } from '../support/installations.ts';

/**
 * What the thin objects do with one installation. A process holds one TensorRT, so that each installation has a test file of
 * its own.
 */
export function testThinObjects(installation: Installation): void {
  const tensorrt = loadTensorRT({
    libraries: librariesOf(installation),
    logSeverity: 'warning',
    announce: () => undefined,
    onLog: () => undefined,
  });
  const { builder, calls, parsers, parserFlags } = tensorrt;

  describe(`the objects of ${installation}`, () => {
    test('parser flags are read back as they were set', () => {
      using network = builder.createNetwork({ stronglyTyped: true });
      using parser = parsers.createParser(network);
      assert.deepEqual(parser.flags(), ['kNATIVE_INSTANCENORM'], 'the default since TensorRT 10.0');
      for (const flag of parserFlags) {
        parser.setFlag(flag);
        assert.equal(parser.flag(flag), true, flag);
      }
      assert.deepEqual(parser.flags(), parserFlags);
    });

    test('networks are typed as they were asked for', () => {
      using strong = builder.createNetwork({ stronglyTyped: true });
      assert.equal(strong.isStronglyTyped(), true);
      if (calls.abi.family === 'tensorrt-10') {
        using weak = builder.createNetwork({ stronglyTyped: false });
        assert.equal(weak.isStronglyTyped(), false);
      } else {
        assert.throws(() => builder.createNetwork({ stronglyTyped: false }), { name: 'notAvailable' });
      }
    });

    test('builder flags are set by name, whatever their number', () => {
      using config = builder.createConfig();
      for (const flag of ['kREFIT', 'kSTRIP_PLAN', 'kWEIGHT_STREAMING', 'kVERSION_COMPATIBLE'] as const) {
        assert.equal(config.flag(flag), false, flag);
        config.setFlag(flag, true);
        assert.equal(config.flag(flag), true, flag);
        config.setFlag(flag, false);
        assert.equal(config.flag(flag), false, flag);
      }
    });

    test('names cross in UTF-8, absent ones are empty', () => {
      using network = builder.createNetwork({ stronglyTyped: true });
      network.name = 'Grüße 🙂';
      assert.equal(network.name, 'Grüße 🙂');
      const input = network.addInput('entrée', 'kINT64', [-1, 2 ** 40]);
      assert.equal(calls.invoke(input, 'getName'), 'entrée');
      assert.deepEqual(calls.invoke(input, 'getDimensions'), [-1, 2 ** 40]);
      assert.equal(calls.invoke(input, 'getDimensionName', 0), null);
    });

    test('what TensorRT answers with null stays null', () => {
      using network = builder.createNetwork({ stronglyTyped: true });
      assert.equal(calls.invoke(network.object, 'getLayer', 0), null);
      assert.equal(calls.invoke(network.object, 'getInput', 7), null);
      assert.deepEqual(network.layers(), []);
      network.addInput('twice', 'kFLOAT', [1]);
      assert.throws(() => network.addInput('twice', 'kFLOAT', [1]), { name: 'tensorrtFailed' });
    });

    test('shapes that cannot be are undefined', () => {
      using network = builder.createNetwork({ stronglyTyped: true });
      const input = network.addInput('x', 'kFLOAT', [2, 3]);
      const added = calls.invoke(network.object, 'addShuffle', input.address);
      assert.ok(added !== null);
      // A shuffle from 6 elements to 5: TensorRT cannot say what shape comes out.
      const shuffle = calls.object('VLayer', added);
      const other = network.addInput('shape', 'kINT64', [9]);
      calls.invoke(shuffle, 'setInput', 1, other.address);
      const output = calls.invoke(shuffle, 'getOutput', 0);
      assert.ok(output !== null);
      assert.equal(calls.invoke(calls.object('VTensor', output), 'getDimensions'), undefined);
    });

    test('numbers that do not fit are refused before they wrap', () => {
      using network = builder.createNetwork({ stronglyTyped: true });
      assert.throws(() => calls.invoke(network.object, 'getLayer', 2 ** 31), {
        name: 'RangeError',
        message: 'index = 2147483648 does not fit int32.',
      });
      assert.throws(() => calls.invoke(network.object, 'getLayer', 0.5), RangeError);
      assert.throws(() => calls.invoke(builder.object, 'createNetworkV2', -1), RangeError);
      assert.throws(() => network.addInput('x', 'kFLOAT', new Array(9).fill(1)), {
        name: 'RangeError',
        message: 'TensorRT has at most 8 dimensions, not 9.',
      });
    });

    test('methods of other versions are refused with the version that has them', () => {
      using network = builder.createNetwork({ stronglyTyped: true });
      using config = builder.createConfig();
      if (calls.abi.family === 'tensorrt-10') {
        assert.ok(hasMethod(calls.abi, 'VBuilder', 'platformHasTf32'));
        assert.throws(() => calls.invoke(network.object, 'addAttentionV2', 0n, 0n, 0n, 0, 0), {
          name: 'notAvailable',
          message:
            'TensorRT 10.15.1 has no VNetworkDefinition::addAttentionV2; it is not available before TensorRT 11.0.',
        });
      } else {
        assert.ok(!hasMethod(calls.abi, 'VBuilder', 'platformHasTf32'));
        assert.throws(() => calls.invoke(builder.object, 'platformHasTf32'), {
          name: 'notAvailable',
          message: /has no VBuilder::platformHasTf32; it was removed in TensorRT 11\.0\.$/,
        });
      }
      if (calls.abi.product === 'TensorRT') {
        assert.throws(() => calls.invoke(config.object, 'getNbComputeCapabilities'), {
          message: /; only TensorRT for RTX has it\.$/,
        });
      } else {
        assert.equal(calls.invoke(config.object, 'getNbComputeCapabilities'), 0);
        assert.throws(() => calls.invoke(config.object, 'getRemoteAutoTuningConfig'), {
          message: /; TensorRT for RTX leaves it out\.$/,
        });
      }
    });
  });
}
