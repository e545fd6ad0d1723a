import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  baseName,
  type ClassTable,
  completeDestructor,
  deletingDestructor,
  isDestructor,
  parseSignature,
} from '../../../native-bridge/src/abi/class-table.ts';
import { type ClassName, type ClassTables, chooseAbi } from '../../../native-bridge/src/abi/families.ts';
import { findSlot, hasMethod } from '../../../native-bridge/src/abi/methods.ts';
import { tensorrt10 } from '../../../native-bridge/src/abi/tensorrt-10/index.ts';
import { tensorrt10_8 } from '../../../native-bridge/src/abi/tensorrt-10.8.ts';
import { tensorrt11 } from '../../../native-bridge/src/abi/tensorrt-11/index.ts';
import { tensorrtRtx1 } from '../../../native-bridge/src/abi/tensorrt-rtx-1.ts';
import type { Product } from '../../../native-bridge/src/protocol.ts';

const families: Readonly<Record<string, ClassTables>> = {
  'TensorRT 10': tensorrt10,
  'TensorRT 10.8': tensorrt10_8,
  'TensorRT 11': tensorrt11,
  'TensorRT for RTX 1': tensorrtRtx1,
};

function slotOf(table: ClassTable, method: string): number {
  return table.findIndex(([name]) => name === method);
}

function abiOf(version: string, platform: NodeJS.Platform = 'linux', product: Product = 'TensorRT') {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return chooseAbi(product, { major, minor, patch }, platform);
}

describe('the tables', () => {
  for (const [family, classes] of Object.entries(families)) {
    test(`of ${family} are well formed`, () => {
      for (const [className, table] of Object.entries(classes)) {
        const methods = table.filter((row) => !isDestructor(row));
        assert.equal(
          new Set(methods.map(([name]) => name)).size,
          methods.length,
          `${className} repeats a name`,
        );
        for (const [name, signature, since] of methods) {
          const { result, parameters } = parseSignature(signature);
          for (const word of [result, ...parameters.map(({ type }) => type)]) {
            assert.match(word, /^[A-Za-z]\w*\*{0,2}$/, `${className}::${name}`);
          }
          assert.ok(
            parameters.every((parameter) => /^\w+$/.test(parameter.name)),
            `${className}::${name}`,
          );
          assert.match(since ?? '10.1', /^1[01]\.\d+$/, `${className}::${name}`);
        }
      }
    });

    test(`of ${family} give every destructor its two slots`, () => {
      for (const [className, table] of Object.entries(classes)) {
        const destructors = table.flatMap((row, slot) => (isDestructor(row) ? [{ row, slot }] : []));
        assert.deepEqual(
          destructors.map(({ row }) => row),
          [
            [`~${className}`, completeDestructor],
            [`~${className}`, deletingDestructor],
          ],
        );
        const [complete, deleting] = destructors;
        assert.equal(deleting?.slot, (complete?.slot ?? 0) + 1, className);
        if (className.startsWith('V')) {
          assert.equal(complete?.slot, 0, className);
        }
      }
    });
  }

  test('of TensorRT 11 lack exactly the slots that 11.0 removed', () => {
    const removed = Object.keys(tensorrt10).flatMap((name) => {
      const className = name as ClassName;
      const eleven: ClassTable = tensorrt11[className];
      const gone = tensorrt10[className].flatMap((row: readonly [string, string, string?], slot) => {
        const stays = eleven.some(
          ([other, signature]) =>
            baseName([other, signature]) === baseName(row) && sameUse(signature, row[1]),
        );
        return stays ? [] : [slot];
      });
      return gone.length > 0 ? [[className, gone]] : [];
    });
    assert.deepEqual(Object.fromEntries(removed), {
      VBuilder: [2, 3, 13],
      VBuilderConfig: [6, 7, 29, 30, 31, 32, 33, 34, 35, 36, 37],
      VOptimizationProfile: [4, 6],
      VNetworkDefinition: [44, 49, 50],
      VTensor: [6, 8, 15, 16, 17, 18],
      VLayer: [10, 11, 12, 13, 14, 16, 17],
      VRuntime: [4],
      VCudaEngine: [6, 7, 11, 15, 41, 43, 44, 45],
      VExecutionContext: [13],
      VRefitter: [7, 8, 9, 10],
      IParser: [2, 3],
      IPluginRegistry: [0, 1, 2, 7],
    });
  });

  test('of 10.8 alone have addCumulative in the middle', () => {
    assert.equal(slotOf(tensorrt10.VNetworkDefinition, 'addCumulative'), 78);
    assert.equal(slotOf(tensorrt10_8.VNetworkDefinition, 'addCumulative'), 63);
    assert.equal(slotOf(tensorrt10.VNetworkDefinition, 'getBuilder'), 63);
    assert.equal(slotOf(tensorrt10_8.VNetworkDefinition, 'getBuilder'), 64);
    assert.equal(slotOf(tensorrt10_8.VNetworkDefinition, 'addDynamicQuantize'), 78);
    assert.equal(slotOf(tensorrt10_8.VNetworkDefinition, 'markUnfusedTensorsAsDebugTensors'), 79);
    assert.equal(abiOf('10.8.0').classes.VNetworkDefinition, tensorrt10_8.VNetworkDefinition);
    for (const other of ['10.7.0', '10.9.0']) {
      assert.equal(abiOf(other).classes.VNetworkDefinition, tensorrt10.VNetworkDefinition);
    }
  });

  test('of TensorRT for RTX have the slots that were seen in 1.7.1', () => {
    const { VTensor, VBuilderConfig, VNetworkDefinition, VExecutionContext, VBuilder } = tensorrtRtx1;
    assert.equal(slotOf(VTensor, 'setAllowedFormats'), 9);
    assert.equal(slotOf(VTensor, 'isShapeTensor'), 11);
    assert.equal(slotOf(VTensor, 'getDimensionName'), 14);
    assert.equal(slotOf(VBuilderConfig, 'setNbComputeCapabilities'), 55);
    assert.equal(slotOf(VBuilderConfig, 'getComputeCapability'), 58);
    assert.equal(
      slotOf(VNetworkDefinition, 'addSlice'),
      slotOf(tensorrt11.VNetworkDefinition, 'addSlice') - 2,
    );
    assert.equal(VNetworkDefinition.length, 87);
    assert.equal(slotOf(VExecutionContext, 'isStreamCapturable'), 52);
    assert.equal(slotOf(VBuilder, 'buildEngineWithConfig'), -1);
    assert.equal(slotOf(VBuilder, 'buildSerializedNetworkToStream'), 17);
  });

  test('hold what is called most where the headers declare it', () => {
    assert.equal(slotOf(tensorrt10.VBuilder, 'createNetworkV2'), 8);
    assert.equal(slotOf(tensorrt11.VBuilder, 'createNetworkV2'), 6);
    assert.equal(slotOf(tensorrt10.ILogger, 'log'), 0);
    assert.equal(slotOf(tensorrt11.ILogger, 'log'), 4);
    assert.equal(slotOf(tensorrt10.IProfiler, 'reportLayerTime'), 0);
    assert.equal(slotOf(tensorrt11.IProfiler, 'reportLayerTime'), 4);
    assert.equal(slotOf(tensorrt10.IParser, 'loadInitializer'), 22);
    assert.equal(slotOf(tensorrt11.IParser, 'loadInitializer'), 20);
  });
});

describe('the tables of Windows', () => {
  const windows = abiOf('11.2.1', 'win32');

  test('have one slot for the destructor in front of V* classes', () => {
    assert.equal(windows.compiler, 'msvc');
    for (const className of [
      'VBuilder',
      'VNetworkDefinition',
      'VTensor',
      'VLayer',
      'VExecutionContext',
    ] as const) {
      const linux: ClassTable = tensorrt11[className];
      assert.deepEqual(windows.classes[className], linux.slice(1), className);
    }
  });

  test('move the parser’s methods behind its destructor by one', () => {
    assert.equal(slotOf(windows.classes.IParser, 'parseFromFile'), 1);
    assert.equal(slotOf(windows.classes.IParser, 'clearErrors'), 5);
    assert.equal(slotOf(windows.classes.IParser, 'getUsedVCPluginLibraries'), 7);
    assert.equal(slotOf(windows.classes.ILogger, 'log'), 3);
  });

  test('put overloads together, the last one first', () => {
    const { VRuntime, IPluginRegistry } = abiOf('10.6.0', 'win32').classes;
    assert.equal(slotOf(VRuntime, 'deserializeCudaEngine(IStreamReader&)'), 2);
    assert.equal(slotOf(VRuntime, 'deserializeCudaEngine'), 3);
    assert.equal(slotOf(VRuntime, 'setDLACore'), 4);
    assert.equal(slotOf(IPluginRegistry, 'registerCreator(IPluginCreatorInterface&)'), 0);
    assert.equal(slotOf(IPluginRegistry, 'registerCreator'), 1);
    assert.equal(slotOf(IPluginRegistry, 'getPluginCreatorList'), 2);
    const withBoth = IPluginRegistry.map((row) => baseName(row));
    assert.equal(withBoth.lastIndexOf('deregisterCreator') - withBoth.indexOf('deregisterCreator'), 1);
  });
});

describe('versions', () => {
  test('without a table are refused in a sentence', () => {
    for (const version of ['8.6.1', '9.3.0', '12.0.0']) {
      assert.throws(() => abiOf(version), {
        name: 'unsupportedLibrary',
        message: `TensorRT ${version} is not supported; TensorRT 10 and 11 are. Choose another installation.`,
      });
    }
    for (const version of ['1.4.0', '2.0.0', '11.2.1']) {
      assert.throws(() => abiOf(version, 'linux', 'TensorRT-RTX'), { name: 'unsupportedLibrary' });
    }
  });

  test('have the methods that their time had', () => {
    assert.ok(!hasMethod(abiOf('10.12.0'), 'IParser', 'loadInitializer'));
    assert.ok(hasMethod(abiOf('10.13.0'), 'IParser', 'loadInitializer'));
    assert.ok(hasMethod(abiOf('11.0.0'), 'IParser', 'loadInitializer'));
    assert.ok(hasMethod(abiOf('1.7.1', 'linux', 'TensorRT-RTX'), 'IParser', 'loadInitializer'));
    assert.ok(!hasMethod(abiOf('10.0.1'), 'IParser', 'supportsModelV2'));
    assert.ok(hasMethod(abiOf('10.0.1'), 'IParser', 'getLayerOutputTensor'));
    assert.ok(!hasMethod(abiOf('11.0.0'), 'VBuilderConfig', 'setBuildRoute'));
    assert.ok(hasMethod(abiOf('11.1.0'), 'VBuilderConfig', 'setBuildRoute'));
  });

  test('are named where a method is missing, and no slot is answered', () => {
    assert.throws(() => findSlot(abiOf('10.12.0'), 'IParser', 'loadModelProto'), {
      name: 'notAvailable',
      message: 'TensorRT 10.12.0 has no IParser::loadModelProto; it is not available before TensorRT 10.13.',
    });
    assert.throws(() => findSlot(abiOf('11.2.1'), 'IParser', 'supportsModel'), {
      message: 'TensorRT 11.2.1 has no IParser::supportsModel; it was removed in TensorRT 11.0.',
    });
    assert.throws(() => findSlot(abiOf('11.2.1'), 'IParser', 'noSuchMethod'), {
      message: 'TensorRT 11.2.1 has no IParser::noSuchMethod; no known version has it.',
    });
  });
});

/** Whether two rows of one name take the same first argument: overloads of one name differ there. */
function sameUse(one: string, other: string): boolean {
  const first = (signature: string) =>
    signature.includes('destructor') ? signature : parseSignature(signature).parameters[0]?.type;
  return first(one) === first(other);
}
