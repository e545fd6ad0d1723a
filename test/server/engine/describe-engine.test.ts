import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compareSections } from '../../../server/src/engine/compare-engines.ts';
import { compatibility } from '../../../server/src/engine/compatibility.ts';
import { describeEngine, type Section } from '../../../server/src/engine/describe-engine.ts';
import { readLayerInformation } from '../../../server/src/engine/layer-information.ts';
import type { PlanHeader } from '../../../server/src/engine/plan-header.ts';
import { byteText, millisecondsText } from '../../../server/src/engine/sizes.ts';
import { captured, type nets, nodesOf, nets as texts } from './support/models.ts';

const header: PlanHeader = {
  product: 'TensorRT',
  serializationVersion: 0,
  version: '10.6.0',
  build: 26,
  fileBytes: 464028,
  sections: [],
};

function sectionsOf(net: keyof typeof nets, more: { withNodes?: boolean } = {}): Section[] {
  return describeEngine({
    header,
    compatibility: compatibility(header, undefined, { gpu: 'none', platform: 'linux', runtimes: [] }),
    description: JSON.parse(captured(`${net}-description`)),
    layers: readLayerInformation(captured(`${net}-layers`)),
    ...(more.withNodes === true && { nodes: nodesOf(texts[net]) }),
  });
}

function rowsOf(sections: readonly Section[], title: string): readonly (readonly string[])[] {
  return (
    sections.find((section) => section.title === title)?.rows ?? assert.fail(`there is no section ${title}`)
  );
}

describe('what is told of an engine', () => {
  test('a captured one: file, memory, tensors, profiles, layers', () => {
    const sections = sectionsOf('transformer');
    assert.deepEqual(rowsOf(sections, 'File'), [
      ['Made by', 'TensorRT 10.6.0 (build 26)'],
      ['Size', '464 kB'],
    ]);
    assert.deepEqual(rowsOf(sections, 'Memory')[0], ['Activations', '4.72 MB']);
    assert.deepEqual(rowsOf(sections, 'Tensors')[0]?.slice(0, 4), ['x', 'input', 'kFLOAT', '?x?x256']);
    const [profile] = rowsOf(sections, 'Optimization profile');
    assert.equal(profile?.length, 4);
    assert.ok(profile.every((cell) => !cell.includes('?')));
    assert.equal(rowsOf(sections, 'Layers').length, 16);
  });

  test('with the model, layers without nodes say why, and nodes without layers are listed', () => {
    const sections = sectionsOf('convolutions', { withNodes: true });
    const shapeCall = rowsOf(sections, 'Layers').find(([name]) => name?.startsWith('dummy_shape_call'));
    assert.equal(shapeCall?.[2], '– TensorRT’s own: it works out shapes.');
    assert.equal(rowsOf(sections, 'Nodes that no layer names')[0]?.[0], 'flatten');
  });

  test('two engines: what differs, and nothing else', () => {
    assert.deepEqual(compareSections(sectionsOf('layers'), sectionsOf('layers')), []);
    const differences = compareSections(sectionsOf('convolutions'), sectionsOf('layers'));
    const engine = differences.find(({ title }) => title === 'Engine');
    assert.deepEqual(
      engine?.rows.find(({ label }) => label === 'Layers'),
      { label: 'Layers', before: '6', after: '3' },
    );
    const layers = differences.find(({ title }) => title === 'Layers')?.rows ?? [];
    assert.ok(layers.some(({ label, after }) => label === 'conv0 + relu0' && after === undefined));
    assert.ok(layers.some(({ label, before }) => label === 'fc0_myl0_1' && before === undefined));
    assert.equal(
      differences.find(({ title }) => title === 'File'),
      undefined,
    );
  });

  test('layers whose counters differ are the same layers', () => {
    const layers = (...rows: string[][]): Section[] => [
      { kind: 'table', title: 'Layers', columns: ['Layer', 'Type'], rows },
    ];
    assert.deepEqual(
      compareSections(
        layers(['fc0_myl0_1', 'gemm'], ['__mye38_0_myl0_0', 'shape_call']),
        layers(['__mye7_0_myl3_0', 'shape_call'], ['fc0_myl3_2', 'kgen']),
      ),
      [{ title: 'Layers', rows: [{ label: 'fc0_myl0_1', before: 'Type: gemm', after: 'Type: kgen' }] }],
    );
  });

  test('rows with equal labels are compared one by one', () => {
    const notes = (...values: string[]): Section[] => [
      { kind: 'rows', title: 'Notes', rows: values.map((value) => ['Note', value] as const) },
    ];
    assert.deepEqual(compareSections(notes('a', 'b'), notes('a', 'c')), [
      { title: 'Notes', rows: [{ label: 'Note', before: 'b', after: 'c' }] },
    ]);
  });

  test('sizes and times have three digits', () => {
    assert.deepEqual([0, 999, 1000, 999_499, 1e6, 4_720_640].map(byteText), [
      '0 bytes',
      '999 bytes',
      '1.00 kB',
      '999 kB',
      '1.00 MB',
      '4.72 MB',
    ]);
    assert.deepEqual([0, 0.00184, 0.0358, 1.5, 12.34, 1234].map(millisecondsText), [
      '0',
      '0.00184',
      '0.0358',
      '1.50',
      '12.3',
      '1234',
    ]);
  });
});
