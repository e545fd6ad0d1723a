import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EnumTable } from '../../../native-bridge/src/abi/enum-table.ts';
import { enumMask, enumName, enumNames, enumNumber } from '../../../native-bridge/src/abi/enums.ts';
import * as build from '../../../native-bridge/src/abi/enums-build.ts';
import * as network from '../../../native-bridge/src/abi/enums-network.ts';
import * as parser from '../../../native-bridge/src/abi/enums-parser.ts';
import * as runtime from '../../../native-bridge/src/abi/enums-runtime.ts';
import { chooseAbi } from '../../../native-bridge/src/abi/families.ts';

const ten = chooseAbi('TensorRT', { major: 10, minor: 15, patch: 1 }, 'linux');
const oldTen = chooseAbi('TensorRT', { major: 10, minor: 0, patch: 1 }, 'linux');
const eleven = chooseAbi('TensorRT', { major: 11, minor: 2, patch: 1 }, 'linux');
const rtx = chooseAbi('TensorRT-RTX', { major: 1, minor: 7, patch: 1 }, 'linux');

describe('enum numbers', () => {
  test('are each given once in a major', () => {
    const tables: Readonly<Record<string, EnumTable>> = { ...build, ...network, ...parser, ...runtime };
    for (const [type, rows] of Object.entries(tables)) {
      for (const column of [1, 2] as const) {
        const numbers = rows.map((row) => row[column]).filter((number) => number !== null);
        assert.equal(new Set(numbers).size, numbers.length, type);
      }
      assert.ok(
        rows.every(([name]) => /^k[A-Z][A-Z0-9_]*$/.test(name)),
        type,
      );
    }
  });

  test('are those of the running major', () => {
    assert.equal(enumNumber(ten, 'BuilderFlag', 'kSTRIP_PLAN'), 19);
    assert.equal(enumNumber(eleven, 'BuilderFlag', 'kSTRIP_PLAN'), 18);
    assert.equal(enumNumber(rtx, 'BuilderFlag', 'kSTRIP_PLAN'), 18);
    assert.equal(enumNumber(ten, 'NetworkDefinitionCreationFlag', 'kSTRONGLY_TYPED'), 1);
    assert.equal(enumNumber(eleven, 'NetworkDefinitionCreationFlag', 'kSTRONGLY_TYPED'), 0);
    assert.equal(enumNumber(ten, 'TacticSource', 'kJIT_CONVOLUTIONS'), 4);
    assert.equal(enumNumber(eleven, 'TacticSource', 'kJIT_CONVOLUTIONS'), 1);
  });

  test('are refused for names that the running version lacks', () => {
    assert.throws(() => enumNumber(eleven, 'BuilderFlag', 'kFP16'), {
      name: 'notAvailable',
      message: 'TensorRT 11.2.1 has no BuilderFlag::kFP16; it is of another major version.',
    });
    assert.throws(() => enumNumber(oldTen, 'BuilderFlag', 'kINT4'), {
      message: 'TensorRT 10.0.1 has no BuilderFlag::kINT4; it is not available before TensorRT 10.1.',
    });
    assert.throws(() => enumNumber(ten, 'BuilderFlag', 'kNONSENSE'), {
      message: 'TensorRT 10.15.1 has no BuilderFlag::kNONSENSE; no known version has it.',
    });
  });

  test('follow TensorRT for RTX where it goes its own way', () => {
    assert.equal(enumNumber(rtx, 'BuilderFlag', 'kREQUIRE_USER_ALLOCATION'), 28);
    assert.throws(() => enumNumber(eleven, 'BuilderFlag', 'kREQUIRE_USER_ALLOCATION'), {
      name: 'notAvailable',
    });
    assert.throws(() => enumNumber(rtx, 'BuilderFlag', 'kEXCLUDE_LEAN_RUNTIME'), {
      message: /TensorRT for RTX leaves it out/,
    });
  });

  test('become masks by name', () => {
    assert.equal(enumMask(ten, 'NetworkDefinitionCreationFlag', []), 0);
    assert.equal(enumMask(ten, 'BuilderFlag', ['kREFIT', 'kSTRIP_PLAN']), 0x80010);
    assert.equal(enumMask(eleven, 'BuilderFlag', ['kREFIT', 'kSTRIP_PLAN']), 0x40010);
  });

  test('become names again, or nothing', () => {
    assert.equal(enumName(ten, 'DataType', 0), 'kFLOAT');
    assert.equal(enumName(eleven, 'LayerType', 20), 'kIDENTITY');
    assert.equal(enumName(oldTen, 'LayerType', 47), undefined);
    assert.equal(enumName(eleven, 'LayerType', 999), undefined);
  });

  test('list the parser flags of a version', () => {
    assert.deepEqual(enumNames(oldTen, 'OnnxParserFlag'), ['kNATIVE_INSTANCENORM']);
    assert.deepEqual(enumNames(ten, 'OnnxParserFlag'), [
      'kNATIVE_INSTANCENORM',
      'kENABLE_UINT8_AND_ASYMMETRIC_QUANTIZATION_DLA',
      'kREPORT_CAPABILITY_DLA',
      'kENABLE_PLUGIN_OVERRIDE',
    ]);
    assert.ok(enumNames(eleven, 'OnnxParserFlag').includes('kADJUST_FOR_DLA'));
  });
});
