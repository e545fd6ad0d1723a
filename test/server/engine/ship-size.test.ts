import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shipRows, shipSize, shipText } from '../../../server/src/engine/ship-size.ts';
import type { Provenance, RefitRecord } from '../../../server/src/tensorrt/build/provenance.ts';

const file = (path: string, bytes: number) => ({ path, bytes, modified: 0, sha256: '' });

function provenance(flags: readonly string[], more: Partial<Provenance> = {}): Provenance {
  return {
    format: 'onnx-tensorrt-tools engine',
    formatVersion: 1,
    engine: file('/m/net.engine', 118764),
    model: file('/m/net.onnx', 400),
    inputs: [file('/m/net.bin', 788480), file('/m/plugin.so', 5)],
    config: { build: '', trtexec: 'trtexec' },
    request: {
      parserFlags: [],
      clearedParserFlags: [],
      stronglyTyped: false,
      settings: { flags },
      pluginLibraries: ['/m/plugin.so'],
    },
    runtime: { product: 'TensorRT', version: '10.6.0', libraries: '' },
    built: '',
    milliseconds: { parsing: 0, configuring: 0, building: 0, writing: 0 },
    peakMemory: { host: 0 },
    phases: [],
    warnings: [],
    notes: [],
    weights: { sha256: '', tensors: 3, bytes: 788480 },
    ...more,
  };
}

describe('ship size', () => {
  test('a stripped engine: what ships, what is left out, where that comes from', () => {
    const ship = shipSize(118764, provenance(['kSTRIP_PLAN', 'kREFIT_IDENTICAL']), undefined);
    assert.ok(ship);
    assert.equal(shipText(ship), '119 kB without about 788 kB of weights');
    assert.deepEqual(shipRows(ship, '/m/net.engine'), [
      ['Engine without weights', '119 kB'],
      ['Weights left out', 'about 788 kB, all weights of the model'],
      ['Engine with weights', 'about 907 kB'],
      ['Weights come from', '/m/net.onnx (400 bytes), /m/net.bin (788 kB)'],
      ['Engine and these files', '908 kB'],
      ['Put back by', 'onnx-trt refit net.engine net.onnx -o FULL.engine'],
    ]);
  });

  test('TensorRT’s own count wins, and needs no note', () => {
    const ship = shipSize(1000, undefined, 5000);
    assert.ok(ship);
    assert.equal(shipText(ship), '1.00 kB without 5.00 kB of weights');
    assert.deepEqual(
      shipRows(ship, undefined).map(([label]) => label),
      ['Engine without weights', 'Weights left out', 'Engine with weights'],
    );
  });

  test('none for an engine that has its weights: never stripped, or refitted', () => {
    assert.equal(shipSize(1, provenance(['kREFIT']), 0), undefined);
    assert.equal(shipSize(1, undefined, undefined), undefined);
    const { model } = provenance([]);
    const refit: RefitRecord = {
      engine: { path: '', sha256: '' },
      model,
      weights: 'all',
      isStripped: false,
      refitted: '',
      runtime: { product: 'TensorRT', version: '10.6.0' },
      device: { name: 'NVIDIA H200', computeCapability: '9.0', totalMemory: 1 },
    };
    assert.equal(shipSize(1, provenance(['kSTRIP_PLAN'], { refit }), undefined), undefined);
    assert.ok(shipSize(1, provenance(['kSTRIP_PLAN'], { refit: { ...refit, isStripped: true } }), undefined));
  });
});
