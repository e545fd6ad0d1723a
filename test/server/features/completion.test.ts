import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CompletionItem } from 'vscode-languageserver-types';
import { completion, resolveCompletion } from '../../../server/src/features/completion.ts';
import { changedDocument, createDocument } from '../../../server/src/features/document.ts';
import { offsetAt, positionAt } from '../../../server/src/features/source-text.ts';
import { fixture, header } from './fixture.ts';

function items(marked: string): readonly CompletionItem[] {
  const { document, position } = fixture(marked);
  return completion(document, position, { snippets: true }).items;
}

const labels = (marked: string) => items(marked).map(({ label }) => label);

/** The cursor's line after accepting an item; with its snippet's places as `{1:X}`. */
function accepted(marked: string, label: string): string {
  const { document, position } = fixture(marked);
  const found = completion(document, position, { snippets: true }).items.find((item) => item.label === label);
  assert.ok(found?.textEdit && 'range' in found.textEdit, `no ${label}`);
  const { range } = found.textEdit;
  const newText = found.textEdit.newText.replaceAll('${', '{');
  const line = document.source.text.toString().split('\n')[position.line] ?? '';
  return line.slice(0, range.start.character) + newText + line.slice(range.end.character);
}

const body = (statements: string, rest = '') => `${header}
g (float[N,4] x, int64[2] s, bool c) => (float[N,4] y)
<float[4,4] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}>
{
  a = Relu (x)
${statements}
  y = Neg (a)
}
${rest}`;

describe('completion of operators', () => {
  test('offers those of the imported opset, with a snippet of their required parts', () => {
    assert.equal(accepted(body('  b = Con$0'), 'Conv'), '  b = Conv ({1:X}, {2:W})');
    assert.equal(accepted(body('  b = Concat$0'), 'Concat'), '  b = Concat <axis = {1:0}> ({2:inputs1})');
    assert.ok(!labels(body('  b = Gel$0')).includes('Gelu'), 'Gelu came with opset 20');
    assert.ok(labels(body('  b = $0')).includes('LayerNormalization'));
  });

  test('leaves the parts that are there, and replaces the whole word', () => {
    assert.equal(accepted(body('  b = Re$0lu (a)'), 'Relu'), '  b = Relu (a)');
  });

  test('takes a function of its own opset at its word', () => {
    const text = body(
      '  b = local.f (a)',
      '<domain: "local", opset_import: ["" : 20]>\nf (v) => (r) {\n  r = Gel$0\n}',
    );
    assert.ok(labels(text).includes('Gelu'));
  });

  test('offers the functions of the model, with their signature', () => {
    const text = body(
      '  b = loc$0',
      '<domain: "local", opset_import: ["" : 17]>\nf <alpha> (v, w) => (r) { r = Add (v, w) }',
    );
    const found = items(text).find(({ label }) => label === 'local.f');
    assert.equal(found?.detail, 'local.f <alpha> (v, w) => (r)');
    assert.equal(accepted(text, 'local.f'), '  b = local.f <alpha = {1}> ({2:v}, {3:w})');
  });

  test('behind a domain offers what the domain has, and writes the domain once', () => {
    const text = body(
      '  b = local.$0',
      '<domain: "local", opset_import: ["" : 17]>\nf (v) => (r) { r = Neg (v) }',
    );
    assert.deepEqual(labels(text), ['local.f']);
    assert.match(accepted(text, 'local.f'), / {2}b = local\.f \(/);
  });

  test('puts what begins as typed before what only has its letters', () => {
    const offered = labels(body('  b = Con$0'));
    assert.equal(offered[0], 'Concat');
    assert.ok(offered.indexOf('ConvTranspose') < offered.indexOf('BatchNormalization'));
  });

  test('knows the operators of ONNX Runtime and the plugins of TensorRT by name, and their domains', () => {
    assert.equal(accepted(body('  b = com$0'), 'com.microsoft'), '  b = com.microsoft.');
    assert.equal(
      accepted(body('  b = com.microsoft.Fus$0'), 'com.microsoft.FusedMatMul'),
      '  b = com.microsoft.FusedMatMul ($1)',
    );
    assert.ok(labels(body('  b = trt.plugins.Eff$0')).includes('trt.plugins.EfficientNMS_TRT'));
  });

  test('leaves deprecated operators out, and documents the others when asked', () => {
    assert.ok(!labels(body('  b = Upsam$0')).includes('Upsample'));
    const conv = items(body('  b = Con$0')).find(({ label }) => label === 'Conv');
    assert.ok(conv && conv.documentation === undefined);
    const documentation = resolveCompletion(conv).documentation;
    assert.ok(documentation && typeof documentation === 'object');
    assert.match(documentation.value, /\*\*Conv\*\*, operator of `ai\.onnx` \(since version 11\)/);
  });

  test('writes no snippets for editors that take none', () => {
    const { document, position } = fixture(body('  b = Con$0'));
    const found = completion(document, position, { snippets: false }).items.find(
      ({ label }) => label === 'Conv',
    );
    assert.ok(found?.textEdit);
    assert.equal(found.textEdit.newText, 'Conv ()');
    assert.equal(found.insertTextFormat, undefined);
  });
});

describe('completion of inputs', () => {
  test('offers what is defined before and fits the type, nearest first; what does not fit only where nothing else matches', () => {
    assert.deepEqual(labels(body('  b = MatMul ($0')), ['a', 'w', 'x', 's']);
    assert.deepEqual(labels(body('  b = Reshape (a, $0')), ['s']);
    assert.deepEqual(labels(body('  b = Reshape (a, c$0')), ['c']);
  });

  test('narrows the type by the inputs that are there', () => {
    assert.deepEqual(labels(body('  b = Add (s, $0)')).slice(0, 1), ['s']);
  });

  test('offers an empty name for an optional input', () => {
    assert.ok(labels(body('  b = Clip (a, $0)')).includes('""'));
    assert.ok(!labels(body('  b = Add (a, $0)')).includes('""'));
  });

  test('says type and role', () => {
    const found = items(body('  b = MatMul (a, $0)')).find(({ label }) => label === 'w');
    assert.equal(found?.detail, 'float[4,4] as B');
  });

  test('in a subgraph offers its own values first, then those around it', () => {
    const text = body(
      '  b = If (c) <then_branch = t () => (float[N,4] r) { p = Abs (a) q = Neg (p) r = Add ($0',
    );
    const all = labels(text);
    assert.ok(all.indexOf('q') < all.indexOf('p'));
    assert.deepEqual([...all].sort(), ['a', 'p', 'q', 's', 'w', 'x']);
  });

  test('in a function offers no values of the graph', () => {
    const text = body('', '<domain: "local", opset_import: ["" : 17]>\nf (v) => (r) { r = Neg ($0) }');
    assert.deepEqual(labels(text), ['v']);
  });

  test('quotes names that need it, and replaces a quote that is there', () => {
    const text = (input: string) => `${header}
g (float[N] "in/put") => (float[N] y) {
  y = Relu (${input})
}`;
    assert.equal(accepted(text('i$0'), 'in/put'), '  y = Relu ("in/put")');
    assert.equal(accepted(text('"in$0'), 'in/put'), '  y = Relu ("in/put")');
  });
});

describe('completion of attributes', () => {
  test('offers names that are not given yet, required ones first, with type and default', () => {
    const offered = items(body('  b = Conv <strides = [1, 1], $0> (a, w)'));
    assert.deepEqual(
      offered.map(({ label }) => label),
      ['auto_pad', 'dilations', 'group', 'kernel_shape', 'pads'],
    );
    assert.equal(offered.find(({ label }) => label === 'group')?.detail, 'int, default 1');
    assert.equal(labels(body('  b = Gemm <$0'))[0], 'alpha');
    assert.equal(labels(body('  b = Concat <$0> (a, w)'))[0], 'axis');
  });

  test('leaves out those that follow the cursor', () => {
    assert.ok(!labels(body('  b = Conv <$0, group = 1> (a, w)')).includes('group'));
  });

  test('offers the values of an attribute', () => {
    assert.deepEqual(labels(body('  b = Conv <auto_pad = "$0')).sort(), [
      'NOTSET',
      'SAME_LOWER',
      'SAME_UPPER',
      'VALID',
    ]);
    assert.equal(
      accepted(body('  b = Conv <auto_pad = $0> (a, w)'), 'VALID'),
      '  b = Conv <auto_pad = "VALID"> (a, w)',
    );
    assert.equal(accepted(body('  b = Cast <to = $0> (a)'), 'float16'), '  b = Cast <to = 10> (a)');
  });

  test('offers types, the right one first', () => {
    assert.equal(labels(body('  b = Conv <pads: $0'))[0], 'ints');
  });

  test('of a call offers the parameters of the function; inside it, references to them', () => {
    const functions =
      '<domain: "local", opset_import: ["" : 17]>\nf <alpha, beta: float = 0.5> (v) => (r) { r = Elu <alpha: float = @$0> (v) }';
    assert.deepEqual(labels(body('', functions)), ['alpha', 'beta']);
    assert.deepEqual(labels(body('  b = local.f <$0> (a)', functions.replace('$0', 'alpha'))), [
      'alpha',
      'beta',
    ]);
  });
});

describe('completion elsewhere', () => {
  test('keys of the header that are not given yet', () => {
    const keys = labels('<ir_version: 10, $0');
    assert.ok(
      keys.includes('opset_import') && keys.includes('producer_name') && !keys.includes('ir_version'),
    );
    assert.deepEqual(labels(body('', '<$0')), ['domain', 'opset_import', 'overload', 'doc_string']);
  });

  test('domains of opset imports with their newest version', () => {
    assert.match(accepted('<ir_version: 10, opset_import: ["$0', 'ai.onnx.ml'), /"ai\.onnx\.ml" : \{1:5\}/);
  });

  test('versions, the newest first, with the release of ONNX that brought them', () => {
    const [first] = items('<ir_version: 10, opset_import: ["" : $0]>');
    assert.ok(Number(first?.label) >= 28 && first?.detail?.startsWith('ONNX 1.'), JSON.stringify(first));
    assert.ok(labels('<ir_version: 10, opset_import: ["ai.onnx.ml" : $0]>').includes('5'));
    const found = items('<ir_version: $0').find(({ label }) => label === '10');
    assert.equal(found?.detail, 'ONNX 1.16.0');
  });

  test('a model in an empty text, the graph behind a header, a function behind the graph', () => {
    assert.match(accepted('$0', 'model'), /^<ir_version: 10, opset_import: \["" : 21\]>/);
    assert.match(accepted(`${header}\n$0`, 'model'), /^\{1:main\} \(/);
    assert.match(accepted(`${header} g () => () {}\n$0`, 'function'), /^<domain: "\{1:local\}"/);
  });

  test('outputs and value infos by what nodes make and nothing states yet', () => {
    const model = (outputs: string, values: string) =>
      `${header} g (float[N] x) => (${outputs}) <${values}> { a = Relu (x) b, c = Split (a) }`;
    assert.deepEqual(labels(model('float[N] $0', 'float[N] b')), ['a', 'c']);
    assert.deepEqual(labels(model('float[N] c', 'float[N] a, float $0')), ['b']);
    assert.deepEqual(labels(`${header} g (float[N] $0) => () { a = Relu (x) }`), []);
  });

  test('types and names of dimensions', () => {
    assert.ok(labels(`${header}\ng (flo$0`).includes('float16'));
    assert.deepEqual(labels(`${header}\ng (float[N,4] x, float[$0`), ['N']);
  });

  test('annotations', () => {
    assert.ok(labels(body('  #@ d$0')).includes('doc_string'));
    assert.deepEqual(labels(body('  # d$0')), []);
  });

  test('outputs of the graph that nothing produces yet', () => {
    assert.deepEqual(
      labels(`${header}\ng (float[N] x) => (float[N] y, float[N] z) {\n  y = Relu (x)\n  $0\n}`),
      ['z'],
    );
  });

  test('nothing inside numbers and finished strings', () => {
    assert.deepEqual(labels(body('  b = Elu <alpha = 1.$05> (a)')), []);
  });
});

test('100,000 nodes: at most 200 items, and more once more is typed', () => {
  const nodes = Array.from({ length: 100_000 }, (_, index) => `  v${index + 1} = Relu (v${index})`);
  const text = `${header}\ng (float[4] v0) => (float[4] y) {\n${nodes.join('\n')}\n  y = Neg (\n}`;
  const document = createDocument('file:///models/model.onnxtxt', 1, text);
  const at = positionAt(document.source, text.lastIndexOf('(') + 1);
  const list = completion(document, at, { snippets: true });
  assert.equal(list.items.length, 200);
  assert.equal(list.isIncomplete, true);
  assert.equal(list.items[0]?.label, 'v100000');
  const start = offsetAt(document.source, at);
  const typed = changedDocument(document, 2, [{ start, end: start, text: 'v1234' }]);
  const more = completion(typed, { line: at.line, character: at.character + 5 }, { snippets: true });
  assert.ok(more.items.some(({ label }) => label === 'v1234'));
});
