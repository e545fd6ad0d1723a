import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parameterAt } from '../../../../server/src/onnx/operators/schema.ts';
import {
  newestOpset,
  operatorsOf,
  releaseOfIrVersion,
  releaseOfOpset,
  schemaOf,
  versionsOf,
} from '../../../../server/src/onnx/operators/table.ts';

const root = new URL('../../../../', import.meta.url);
const generatedFile = fileURLToPath(new URL('server/src/onnx/operators/operators.generated.json', root));

describe('table of ONNX operators', () => {
  test('is what the generator makes of the installed onnx package', () => {
    const generator = fileURLToPath(new URL('scripts/generate-operators.py', root));
    const output = execFileSync('python3', [generator, '-'], { encoding: 'utf8', maxBuffer: 1 << 24 });
    assert.equal(readFileSync(generatedFile, 'utf8'), output);
    assert.ok(statSync(generatedFile).size < 2 * 1024 * 1024);
  });

  test('knows every schema of the onnx package with the same inputs, outputs, types and attributes', () => {
    const script = `
import json, onnx.defs
rows = []
for s in onnx.defs.get_all_schemas_with_history():
    rows.append([s.domain, s.name, s.since_version, s.deprecated,
        [[p.name, p.type_str, p.option.name.lower(), p.is_homogeneous] for p in s.inputs],
        [[p.name, p.type_str, p.option.name.lower(), p.is_homogeneous] for p in s.outputs],
        sorted([c.type_param_str, sorted(c.allowed_type_strs)] for c in s.type_constraints),
        sorted([a.name, a.type.name.lower(), a.required] for a in s.attributes.values())])
rows.sort(key=lambda r: r[:3])
print(json.dumps(rows))`;
    const expected: unknown[][] = JSON.parse(
      execFileSync('python3', ['-c', script], { encoding: 'utf8', maxBuffer: 1 << 26 }),
    );
    assert.ok(expected.length > 600);
    for (const [domain, name, since, ...facts] of expected) {
      const schema = schemaOf(String(domain), String(name), Number(since));
      assert.ok(schema, `${domain}.${name} ${since}`);
      assert.equal(schema.sinceVersion, since);
      assert.deepEqual(
        [
          schema.deprecated,
          schema.inputs.map((p) => [p.name, p.type, p.option, p.homogeneous]),
          schema.outputs.map((p) => [p.name, p.type, p.option, p.homogeneous]),
          [...schema.typeConstraints].sort(([a], [b]) => (a < b ? -1 : 1)),
          [...schema.attributes.values()].map((a) => [a.name, a.type, a.required]),
        ],
        facts,
        `${domain}.${name} ${since}`,
      );
    }
  });
});

describe('schemaOf', () => {
  test('answers the version that holds in the opset', () => {
    assert.equal(schemaOf('', 'Softmax', 17)?.sinceVersion, 13);
    assert.equal(schemaOf('', 'Softmax', 12)?.sinceVersion, 11);
    assert.equal(schemaOf('ai.onnx', 'Softmax', 12)?.sinceVersion, 11);
  });

  test('knows nothing of operators that came later, do not exist, or are of other domains', () => {
    assert.equal(schemaOf('', 'LayerNormalization', 16), undefined);
    assert.equal(schemaOf('', 'Swishy', 17), undefined);
    assert.equal(schemaOf('com.microsoft', 'FusedConv', 1), undefined);
    assert.equal(schemaOf('', 'constructor', 17), undefined);
    assert.equal(schemaOf('constructor', 'name', 17), undefined);
  });

  test('says which attributes are required, their defaults and allowed values', () => {
    const resize = schemaOf('', 'Resize', 18);
    assert.equal(resize?.attributes.get('mode')?.default, 'nearest');
    assert.deepEqual(resize?.attributes.get('mode')?.allowedValues, ['nearest', 'linear', 'cubic']);
    assert.equal(schemaOf('', 'Elu', 6)?.attributes.get('alpha')?.default, 1);
    assert.equal(schemaOf('', 'LeakyRelu', 16)?.attributes.get('alpha')?.default, 0.01);
    assert.equal(schemaOf('', 'Concat', 13)?.attributes.get('axis')?.required, true);
    assert.deepEqual(schemaOf('', 'Pad', 18)?.attributes.get('mode')?.allowedValues, [
      'constant',
      'reflect',
      'edge',
    ]);
  });

  test('keeps one sentence of documentation', () => {
    assert.equal(
      schemaOf('', 'Conv', 22)?.summary,
      'The convolution operator consumes an input tensor and a filter, and computes the output.',
    );
  });
});

test('a variadic parameter stands for all inputs from its place on', () => {
  const concat = schemaOf('', 'Concat', 13);
  assert.equal(parameterAt(concat?.inputs ?? [], 7)?.name, 'inputs');
  assert.equal(parameterAt(schemaOf('', 'Conv', 11)?.inputs ?? [], 3), undefined);
});

test('versions of an operator come oldest first; an opset has what existed by then', () => {
  assert.deepEqual(
    versionsOf('', 'Conv').map((schema) => schema.sinceVersion),
    [1, 11, 22],
  );
  const names = operatorsOf('', 9).map((schema) => schema.name);
  assert.ok(names.includes('Upsample') && !names.includes('Resize'));
  assert.ok((newestOpset('ai.onnx') ?? 0) >= 24);
});

test('knows which release of ONNX brought an opset or IR version', () => {
  assert.equal(releaseOfOpset('', 17), '1.12.0');
  assert.equal(releaseOfOpset('ai.onnx.ml', 4), '1.15.0');
  assert.equal(releaseOfOpset('', 1000), undefined);
  assert.equal(releaseOfOpset('com.microsoft', 1), undefined);
  assert.equal(releaseOfIrVersion(8), '1.10.0');
});
