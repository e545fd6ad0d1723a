import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type HoverContext, hover } from '../../../server/src/features/hover.ts';
import type { NetworkTypes } from '../../../server/src/features/values.ts';
import { filesOfSizes, fixture, header } from './fixture.ts';

/** What hovering at `$0` says, as Markdown. */
function hoverText(marked: string, context: Partial<HoverContext> = {}): string | undefined {
  const { document, position } = fixture(marked);
  const found = hover({ document, files: filesOfSizes({}), ...context }, position);
  return found && typeof found.contents === 'object' && 'value' in found.contents
    ? found.contents.value
    : undefined;
}

function network(types: Record<string, string>, current = true): NetworkTypes {
  return { runtime: 'TensorRT 11.2.1', current, typeOf: (name) => types[name] };
}

describe('hover on a node', () => {
  const model = `${header}
g (float[N,3,8,8] x) => (float[N,4,8,8] y)
<float[4,3,3,3] w = {0}>
{
  [conv0] y = $0Conv <pads = [1, 1, 1, 1]> (x, w)
}`;

  test('says what the operator is and since when', () => {
    const text = hoverText(model) ?? '';
    assert.match(text, /^\*\*Conv\*\*, operator of `ai\.onnx` \(since version 11; the model imports 17\)/);
    assert.match(text, /The convolution operator consumes an input tensor and a filter/);
    assert.match(text, /\[Documentation of Conv\]\(https:\/\/onnx\.ai\/onnx\/operators\/onnx__Conv\.html\)/);
  });

  test('names inputs and outputs as the schema does, with types; optional ones that are left out, too', () => {
    assert.ok(
      hoverText(model)?.includes(
        [
          '**Inputs**',
          '- X: `x` `float[N,3,8,8]`',
          '- W: `w` `float[4,3,3,3]`',
          '- B: *left out*',
          '',
          '**Outputs**',
          '- Y: `y` `float[N,4,8,8]`',
        ].join('\n'),
      ),
      hoverText(model),
    );
  });

  test('calls random what is, and not what runs graphs', () => {
    assert.match(
      hoverText(`${header} g () => (float[2] y) { y = Random$0Normal <shape = [2]> () }`) ?? '',
      /can be random/,
    );
    const branch = (name: string, value: string) =>
      `${name} = b () => (float ${value}) { ${value} = Neg (x) }`;
    const chosen = `${header} g (float x, bool c) => (float y) { y = I$0f (c) <${branch('then_branch', 'p')}, ${branch('else_branch', 'q')}> }`;
    assert.match(hoverText(chosen) ?? '', /the model imports 17\)/);
  });

  test('on the value of an attribute says what the attribute is, and which type a number stands for', () => {
    const cast = hoverText(`${header} g (float x) => (int64 y) { y = Cast <to = $07> (x) }`) ?? '';
    assert.match(cast, /`to: int`, attribute of \*\*Cast\*\*[\s\S]*`7` is `int64`\./);
    const half = hoverText(`${header} g (float x) => (y) { y = Conv <auto_pad = "SA$0ME`) ?? '';
    assert.match(half, /One of `"NOTSET"`/);
  });

  test('on a function shows the defaults of its attributes', () => {
    const text = hoverText(`${header} g (float x) => (float y) { y = local.$0f (x) }
<domain: "local", opset_import: ["" : 17]> f <k, alpha: float = 0.5> (a) => (b) { b = Neg (a) }`);
    assert.match(text ?? '', /local\.f <k, alpha = 0\.5> \(a\) => \(b\)/);
  });

  test('on a word that is all of its statement yet names no operator', () => {
    const text = hoverText(`${header} g (float x) => (float y) {\n  z$0z\n  y = Neg (x)\n}`) ?? '';
    assert.match(text, /Named in \[line 2\]/);
  });

  test('of TensorRT’s plugins knows the names, in any domain', () => {
    for (const domain of ['', 'trt.plugins.']) {
      const model = `${header} g (float[1,9,4] x) => (y) { y = ${domain}Efficient$0NMS_TRT (x, x) }`;
      assert.match(hoverText(model) ?? '', /plugin of TensorRT/);
    }
  });

  test('is the same on its name', () => {
    const onName = model.replace('$0', '').replace('[conv0]', '[co$0nv0]');
    assert.equal(hoverText(onName), hoverText(model));
  });

  test('takes types from TensorRT where it knows them, and says so', () => {
    const text = hoverText(`${header} g (float[N] x) => (float[N] y) { a = Relu (x) y = Re$0lu (a) }`, {
      network: network({ a: 'float16[?]', x: 'float[N]' }),
    });
    // The name of the dimension is known from inference.
    assert.match(text ?? '', /- X: `a` `float16\[N\]`/);
    assert.match(text ?? '', /Type and shape from the network of TensorRT 11\.2\.1\./);
  });

  test('counts the inputs of a variadic operator', () => {
    const text = hoverText(
      `${header} g (float[1] a, float[1] b) => (float[2] y) { y = Con$0cat <axis = 0> (a, b) }`,
    );
    assert.match(text ?? '', /- inputs: `a` `float\[1\]`\n- inputs: `b` `float\[1\]`/);
  });

  test('points out required inputs that are missing', () => {
    const text = hoverText(`${header} g (float[1] a) => (float[1] y) { y = A$0dd (a) }`);
    assert.match(text ?? '', /- B: \*\*missing\*\*/);
  });

  test('says when an operator came later than the opset of the model', () => {
    const text = hoverText(
      '<opset_import: ["" : 16]> g (float[1] a) => (float[1] y) { y = LayerNormal$0ization (a) }',
    );
    assert.match(
      text ?? '',
      /\*\*LayerNormalization\*\* came with version 17 of `ai\.onnx`; the model imports 16/,
    );
  });

  test('says when there is no such operator', () => {
    const text = hoverText(`${header} g (float[1] a) => (float[1] y) { y = Reluu$0 (a) }`);
    assert.match(
      text ?? '',
      /\*\*Reluu\*\* is no operator of `ai\.onnx` up to version \d+, and no function of this model/,
    );
  });

  test('says when an operator is deprecated', () => {
    const text = hoverText(
      '<opset_import: ["" : 10]> g (float[1] a, float[1] s) => (float[1] y) { y = Upsam$0ple (a, s) }',
    );
    assert.match(text ?? '', /\*\*Deprecated\*\* since version 10/);
  });

  test('knows whose domain it is', () => {
    const text = hoverText(
      '<opset_import: ["" : 17, "com.microsoft" : 1]> g (float[1] a) => (float[1] y) { y = com.microsoft.Fast$0Gelu (a) }',
    );
    assert.match(
      text ?? '',
      /operator of `com\.microsoft` \(the model imports 1\)\. ONNX Runtime's own operators/,
    );
  });
});

describe('hover on a call of a local function', () => {
  const model = `${header}
g (float[N] x) => (float[N] y) { y = local.ac$0t <alpha = 0.5> (x) }
<domain: "local", opset_import: ["" : 17]>
act <alpha> (value) => (result) { result = LeakyRelu <alpha: float = @alpha> (value) }`;

  test('shows its signature and the actual inputs by their formal names', () => {
    const text = hoverText(model) ?? '';
    assert.match(text, /\*\*act\*\*, function of this model/);
    assert.ok(text.includes('local.act <alpha> (value) => (result)'), text);
    assert.ok(text.includes('- value: `x` `float[N]`'), text);
  });

  test('on its declaration says how often it is called', () => {
    const text = hoverText(model.replace('$0', '').replace('act <alpha> (value)', 'a$0ct <alpha> (value)'));
    assert.match(text ?? '', /Called by one node of this model\./);
  });

  test('on its attribute says whether it has a default', () => {
    const onAttribute = model.replace('$0', '').replace('<alpha = 0.5>', '<al$0pha = 0.5>');
    assert.match(
      hoverText(onAttribute) ?? '',
      /`alpha`, attribute of the function \*\*act\*\* of this model\n\nRequired: it has no default\./,
    );
    const withDefault = onAttribute.replace('act <alpha>', 'act <alpha: float = 0.25>');
    assert.match(hoverText(withDefault) ?? '', /Default: `0\.25`/);
  });
});

describe('hover on a value', () => {
  const model = `${header}
g (float[N,4] x) => (float[N,2] y)
<float[4,2] w = {1, 2, 3, 4, 5, 6, 7, 8}, float[N,2] h>
{
  h = MatMul (x, w)
  y = Relu (h)
}`;
  const at = (name: string, context?: Partial<HoverContext>) =>
    hoverText(model.replace(name, `$0${name}`), context) ?? '';

  test('shows type, producer and consumers with their lines', () => {
    const text = at('h)\n}');
    assert.ok(text.startsWith('```onnx\nfloat[N,2] h\n```'), text);
    assert.match(text, /Type and shape from the model's value info\./);
    assert.match(text, /Produced by `MatMul` \(\[line 5\]\(file:\/\/\/models\/model\.onnxtxt#L5\)\)\./);
    assert.match(text, /Used by\n- `Relu` as X \(\[line 6\]/);
  });

  test('says where type and shape are known from', () => {
    assert.match(at('x)'), /as the input declares them/);
    assert.match(at('x)'), /An input \(\[line 2\]/);
    assert.match(at('y = Relu'), /as the output declares them/);
    assert.match(at('w)'), /of the initializer/);
  });

  test('prefers the network of TensorRT, with the names of dimensions from the text', () => {
    const text = at('h)\n}', { network: network({ h: 'float16[?,2]' }) });
    assert.ok(text.startsWith('```onnx\nfloat16[N,2] h\n```'), text);
    assert.match(text, /from the network of TensorRT 11\.2\.1\./);
  });

  test('says when the network is that of an earlier text', () => {
    assert.match(
      at('h)\n}', { network: network({ h: 'float[?,2]' }, false) }),
      /as of the last text it accepted/,
    );
  });

  test('writes names as ONNX text does', () => {
    const text = hoverText(`${header} g (float[N] "a/b.c") => (float[N] y) { y = Relu ("a/$0b.c") }`);
    assert.ok(text?.startsWith('```onnx\nfloat[N] "a/b.c"\n```'), text);
  });

  test('says so when nothing defines it, and when nothing is known or uses it', () => {
    const text = hoverText(`${header} g (float[N] x) => (float[N] y) { y = Relu (noth$0ing) }`);
    assert.match(text ?? '', /\*\*Nothing defines this value\.\*\*/);
    assert.match(text ?? '', /Type and shape are not known\./);
    assert.match(
      hoverText(`${header} g (float[N] x) => (float[N] y) { y = Relu (x) unu$0sed = Neg (x) }`) ?? '',
      /Nothing uses it\./,
    );
  });

  test('names eight consumers and counts the others', () => {
    const users = Array.from({ length: 12 }, (_, index) => `y${index} = Relu (x)`).join('\n');
    const text = hoverText(`${header}\ng (float[N] $0x) => (float[N] y0) {\n${users}\n}`) ?? '';
    assert.equal(text.match(/`Relu`/g)?.length, 8);
    assert.match(text, /- 4 more/);
  });

  test('infers type and shape where nobody states them', () => {
    const text = hoverText(`${header}
g (float[N,3,224,224] x, float[64,3,7,7] w) => (float[] y) {
  a$0 = Conv <strides = [2, 2], pads = [3, 3, 3, 3]> (x, w)
  y = Relu (a)
}`);
    assert.ok(text?.startsWith('```onnx\nfloat[N,64,112,112] a\n```'), text);
    assert.match(text ?? '', /Type and shape inferred from the values it is computed of\./);
  });

  test('says why each dim is what it is', () => {
    const text = hoverText(`${header}
g (float[N,3,224,224] x, float[64,3,7,7] w) => (float[] y) {
  a$0 = Conv <strides = [2, 2], pads = [3, 3, 3, 3]> (x, w)
  y = Relu (a)
}`);
    assert.ok(
      text?.includes(
        [
          '- `dim 0 = N: batch, from dim 0 of x`',
          '- `dim 1 = 64: output channels, from dim 0 of w`',
          '- `dim 2 = 112: (224 + 2·3 − 7) / 2 + 1`',
          '- `dim 3 = 112: (224 + 2·3 − 7) / 2 + 1`',
        ].join('\n'),
      ),
      text,
    );
  });

  test('says once that a shape is taken over, and nothing of what the model states', () => {
    const body = 'g (float[N,3] x) => (float[N,3] z) { y = Relu (x) z = Neg (y) }';
    const at = (place: string) => hoverText(`${header}\n${body.replace(place, `${place}$0`)}`) ?? '';
    assert.match(at('{ y'), /\n- `shape of x`\n/);
    assert.doesNotMatch(at('] x'), /`dim |`shape of/);
  });

  test('infers inside functions and subgraphs, too', () => {
    const inFunction = hoverText(`${header}
g (float[N,4] x) => (float[N,4] y) { y = local.f (x) }
<domain: "local", opset_import: ["" : 17]>
f (v) => (r) { t$0 = Relu (v) r = Neg (t) }`);
    assert.ok(inFunction?.startsWith('```onnx\nfloat[N,4] t\n```'), inFunction);
    const inSubgraph = hoverText(`${header}
g (bool c, float[N,4] x) => (float[] y) {
  b = Relu (x)
  y = If (c) <then_branch = t () => (float[] r) {
      r = If (c) <then_branch = tt () => (float[] s) { q$0 = Concat <axis = 1> (b, b) s = Neg (q) },
                  else_branch = te () => (float[] s) { s = Neg (b) }>
    },
    else_branch = e () => (float[] r) { r = Abs (x) }>
}`);
    assert.ok(inSubgraph?.startsWith('```onnx\nfloat[N,8] q\n```'), inSubgraph);
  });

  test('in a subgraph finds what the graph around it defines', () => {
    const text = hoverText(`${header}
g (bool c, float[N] x) => (float[N] y) {
  y = If (c) <
    then_branch = t () => (float[N] a) { a = Neg ($0x) },
    else_branch = e () => (float[N] a) { a = Abs (x) }
  >
}`);
    assert.match(text ?? '', /float\[N\] x/);
    assert.match(text ?? '', /- `Neg` as X .*\n- `Abs` as X/);
  });
});

describe('hover on a weight', () => {
  const elided = `${header}
g (float[N,1000] x) => (float[N,512] y)
<float[1000,512] w = ["location": "model.onnx", "offset": "1234", "length": "2048000", "field": "raw_data"]>
{ y = MatMul (x, $0w) }`;

  test('says how big it is and where it lies', () => {
    const text = hoverText(elided, { files: filesOfSizes({ '/models/model.onnx': 3_000_000 }) }) ?? '';
    assert.ok(text.includes('512,000 elements, 2,048,000 bytes (1.95 MiB).'), text);
    assert.ok(
      text.includes(
        "Elements left in the model's `raw_data`: 2,048,000 bytes (1.95 MiB) at offset 1,234 of `model.onnx`.",
      ),
      text,
    );
    assert.ok(!text.includes('There is no file'), text);
  });

  test('is the same on the reference itself', () => {
    const onReference = elided.replace('$0', '').replace('"offset"', '"off$0set"');
    const text = hoverText(onReference, { files: filesOfSizes({ '/models/model.onnx': 3_000_000 }) }) ?? '';
    assert.ok(text.includes('at offset 1,234 of `model.onnx`'), text);
  });

  test('says when the file is missing or too short', () => {
    assert.match(hoverText(elided) ?? '', /\*\*There is no file `\/models\/model\.onnx`\.\*\*/);
    assert.match(
      hoverText(elided, { files: filesOfSizes({ '/models/model.onnx': 2000 }) }) ?? '',
      /\*\*The file ends before that: it has 2,000 bytes \(2\.0 KiB\)\.\*\*/,
    );
  });

  test('calls real external data by its name', () => {
    const external = elided.replace(', "field": "raw_data"', '').replace('model.onnx"', 'weights.bin"');
    const text = hoverText(external, { files: filesOfSizes({ '/models/weights.bin': 3_000_000 }) }) ?? '';
    assert.ok(
      text.includes('External data: 2,048,000 bytes (1.95 MiB) at offset 1,234 of `weights.bin`.'),
      text,
    );
  });
});

describe('hover on attributes, types, headers and annotations', () => {
  test('an attribute: type, default, allowed values', () => {
    const text = hoverText(`${header} g (float[1] x) => (float[1] y) { y = Pad <mo$0de = "edge"> (x, x) }`);
    assert.match(text ?? '', /`mode: string`, attribute of \*\*Pad\*\* \(optional; default `"constant"`\)/);
    assert.match(text ?? '', /One of `"constant"`, `"reflect"`, `"edge"`\./);
  });

  test('an attribute that the operator does not have', () => {
    const text = hoverText(`${header} g (float[1] x) => (float[1] y) { y = Relu <al$0pha = 1.0> (x) }`);
    assert.match(text ?? '', /\*\*Relu\*\* \(since version 14 of `ai\.onnx`\) has no attribute `alpha`/);
  });

  test('a reference to an attribute parameter', () => {
    const text = hoverText(`${header} g (float[1] x) => (float[1] y) { y = local.f (x) }
<domain: "local", opset_import: ["" : 17]> f <alpha: float = 0.5> (a) => (b) { b = Elu <alpha: float = @al$0pha> (a) }`);
    assert.match(text ?? '', /`alpha`, attribute parameter of the function \*\*f\*\*\n\nDefault: `0\.5`/);
  });

  test('an element type', () => {
    const text = hoverText(`${header} g (float8e4m$03fn[1] x) => (float[1] y) { y = Cast <to = 1> (x) }`);
    assert.match(
      text ?? '',
      /`float8e4m3fn`, element type: floating point; 8 bits; 4 bits of exponent, 3 of mantissa/,
    );
  });

  test('a symbolic dimension', () => {
    const text = hoverText(`${header} g (float[ba$0tch,4] x) => (float[batch,4] y) { y = Relu (x) }`);
    assert.match(text ?? '', /`batch`, symbolic dimension/);
    assert.match(text ?? '', /2 places/);
  });

  test('keys and values of the header', () => {
    assert.match(
      hoverText('<ir_ver$0sion: 8, opset_import: ["" : 17]> g () => () {}') ?? '',
      /Version of the ONNX file format/,
    );
    assert.match(
      hoverText('<ir_version: $08, opset_import: ["" : 17]> g () => () {}') ?? '',
      /IR version 8\n\nCame with ONNX 1\.10\.0\./,
    );
    assert.match(
      hoverText('<ir_version: 8, opset_import: ["" : $017]> g () => () {}') ?? '',
      /`ai\.onnx`, version 17\n\nONNX's own operators\.\n\nCame with ONNX 1\.12\.0\./,
    );
    assert.match(
      hoverText('<ir_version: 8, opset_import: ["" : $01700]> g () => () {}') ?? '',
      /Newer than the newest version this extension knows/,
    );
  });

  test('an annotation', () => {
    const text = hoverText(`${header} g (float[1] x) => (float[1] y) {
#@ doc_s$0tring: "half"
y = Relu (x) }`);
    assert.match(text ?? '', /`#@ doc_string`, annotation\n\nDescription for people/);
  });

  test('nothing between statements and on punctuation', () => {
    assert.equal(hoverText(`${header} g (float[1] x) => (float[1] y) { $0 y = Relu (x) }`), undefined);
    assert.equal(hoverText(`${header}\n$0\n\ng (float[1] x) => (float[1] y) { y = Relu (x) }`), undefined);
  });
});
