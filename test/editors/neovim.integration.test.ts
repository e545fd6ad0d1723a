import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { temporaryFolder, writeFiles } from '../server/tensorrt/support/folders.ts';
import { testLibraries } from '../server/tensorrt/support/test-libraries.ts';
import { Neovim } from './neovim.ts';

const libraries = testLibraries('tensorrt-rtx-1.7.1');

/** The Lua under a mark of a page: what users paste is what is tested. */
function documentedLua(page: string, mark: string): string {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  const block = text.split(`<!-- ${mark} -->\n\`\`\`lua\n`)[1]?.split('\n```')[0];
  assert.ok(block, `${page} has no Lua marked "${mark}".`);
  return block;
}

const init = [
  documentedLua('README.md', 'Neovim 0.7'),
  documentedLua('docs/editors.md', 'Neovim, binary models'),
].join('\n');

const broken = `<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[N,4] x) => (float[N,4] y) {
  a = Relu (x)
  b = local.twice (a)
  c = Unique (b)
  y = Add (c, missing)
}
<domain: "local", opset_import: ["" : 17]>
twice (x) => (y) { y = Add (x, x) }
`;

/** Of the current buffer: `LINE:COLUMN code`, from 1. */
const diagnostics = `
local found = vim.tbl_map(function(d)
  local code = d.code or (d.user_data and d.user_data.lsp and d.user_data.lsp.code)
  return string.format("%d:%d %s", d.lnum + 1, d.col + 1, code)
end, vim.diagnostic.get(0))
table.sort(found)
return vim.fn.join(found, "\\n")`;

/** Text of the floating window. */
const lines = 'return vim.api.nvim_buf_get_lines(0, 0, -1, false)';

const float = `
for _, window in ipairs(vim.api.nvim_list_wins()) do
  if vim.api.nvim_win_get_config(window).relative ~= "" then
    return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), "\\n")
  end
end
return ""`;

describe('Neovim, set up as documented', () => {
  let neovim: Neovim;
  let folder: string;
  const cleanup: (() => void)[] = [];

  before(async () => {
    folder = temporaryFolder({ after: (clean) => cleanup.push(clean as () => void) });
    writeFiles(folder, { 'model.onnxtxt': broken });
    neovim = await Neovim.start({ folder, init, file: path.join(folder, 'model.onnxtxt'), libraries });
  });
  after(async () => {
    await neovim?.stop();
    for (const clean of cleanup) clean();
  });

  test('knows the file by its name, and attaches the server', async () => {
    await neovim.until('return vim.bo.filetype', 'onnx');
    await neovim.until('return #vim.lsp.buf_get_clients(0)', 1);
  });

  test('shows the problems of the text, and what TensorRT refuses', async () => {
    const found = await neovim.when<string>(diagnostics, (list) => list.includes('trt.unsupported-node'));
    assert.equal(found, '5:7 trt.unsupported-node\n6:15 onnx.undefined-value');
  });

  test('K shows what is known of the thing under the cursor', async () => {
    moveTo('local.twice', 'twice');
    neovim.type('K');
    const text = await neovim.when<string>(float, (shown) => shown !== '');
    assert.match(text, /^\*\*twice\*\*, function of this model$/m);
    assert.match(text, /- y: `b` `float\[N,4\]`/);
  });

  test('gd goes to the function that a node calls', async () => {
    moveTo('local.twice', 'twice');
    neovim.type('gd');
    const at = await neovim.when<number[]>('return vim.api.nvim_win_get_cursor(0)', ([line]) => line !== 4);
    assert.deepEqual(at, [9, 0]);
  });

  test('<C-x><C-o> completes an operator, which is put into the text', async () => {
    moveTo('Relu', 'Relu');
    neovim.type('cwLeakyR');
    const words = await offered();
    assert.deepEqual(words, ['LeakyRelu']);
    await neovim.when<string[]>(lines, (text) => text[2] === '  a = LeakyRelu (x)');
  });

  test('a rename changes every use', async () => {
    moveTo('c = Unique', 'c');
    neovim.lua('vim.lsp.buf.rename("unique") return true');
    await neovim.when<string[]>(lines, (text) => text.join('\n').includes('y = Add (unique, missing)'));
    assert.match(neovim.text, /^ {2}unique = Unique \(b\)$/m);
  });

  test('formatting puts the text in order', async () => {
    neovim.lua(`vim.fn.setline(3, "a=Relu(  x )") return true`);
    neovim.type('<Esc>\\f');
    await neovim.when<string[]>(lines, (text) => text[2] === '  a = Relu (x)');
  });

  test('knows a build config, too, and checks it against the model as it is here', async () => {
    writeFiles(folder, { 'model.trt.yaml': 'model: model.onnxtxt\nprofiles:\n  - z: [1, 4]\n' });
    neovim.lua(`vim.cmd("edit! ${path.join(folder, 'model.trt.yaml')}") return true`);
    await neovim.until('return vim.bo.filetype', 'yaml.tensorrt');
    await neovim.until('return #vim.lsp.buf_get_clients(0)', 1);
    const found = await neovim.when<string>(diagnostics, (list) => list.includes('config.unknown-input'));
    assert.match(found, /^3:5 config\.unknown-input$/m);
    neovim.type('Go<C-u>strip');
    const words = await offered();
    assert.ok(words[0]?.startsWith('stripWeights'), words.join(' '));
    assert.equal(neovim.lua('return #vim.lsp.get_active_clients()'), 1);
  });

  /** What is offered for the word at the cursor, the first of which takes its place. */
  async function offered(): Promise<string[]> {
    neovim.type('<C-x><C-o>');
    const words = await neovim.when<string[]>(
      'return vim.tbl_map(function(item) return item.word end, vim.fn.complete_info({ "items" }).items)',
      (items) => items.length > 0,
    );
    neovim.type('<Esc>');
    return words;
  }

  /** The cursor on the first `name` of the first line with `part`. */
  function moveTo(part: string, name: string): void {
    const all = neovim.text.split('\n');
    const line = all.findIndex((text) => text.includes(part));
    const column = (all[line] ?? '').indexOf(name, (all[line] ?? '').indexOf(part));
    assert.ok(column >= 0, `The text has no ${name} in ${part}.`);
    neovim.lua(`vim.api.nvim_win_set_cursor(0, { ${line + 1}, ${column} }) return true`);
  }
});

describe('Neovim, with a binary model', () => {
  const cleanup: (() => void)[] = [];
  let neovim: Neovim;
  let model: string;
  let other: string;

  before(async () => {
    const folder = temporaryFolder({ after: (clean) => cleanup.push(clean as () => void) });
    model = path.join(folder, 'models', 'model.onnx');
    other = path.join(folder, 'models', 'other.onnx');
    writeFiles(folder, { 'models/.keep': '' });
    python(
      `import numpy as np, onnx, sys
from onnx import helper, numpy_helper, TensorProto
w = numpy_helper.from_array(np.arange(4096, dtype=np.float32).reshape(64, 64), 'w')
graph = helper.make_graph([helper.make_node('MatMul', ['x', 'w'], ['h']), helper.make_node('Relu', ['h'], ['y'])], 'g',
  [helper.make_tensor_value_info('x', TensorProto.FLOAT, ['N', 64])],
  [helper.make_tensor_value_info('y', TensorProto.FLOAT, ['N', 64])], [w])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8), sys.argv[1])`,
      model,
    );
    neovim = await Neovim.start({ folder, init, file: model, libraries });
  });
  after(async () => {
    await neovim?.stop();
    for (const clean of cleanup) clean();
  });

  test('shows its text, weights by reference, and TensorRT judges it', async () => {
    await neovim.until('return #vim.lsp.buf_get_clients(0)', 1);
    assert.match(neovim.text, /"location": "model\.onnx"/);
    assert.match(neovim.text, /h = MatMul \(x, w\)/);
    assert.equal(neovim.lua('return vim.bo.modified'), false);
    neovim.type('u');
    assert.match(neovim.text, /MatMul/);
  });

  test('writes an edit back, with the weights', async () => {
    neovim.type(':%s/Relu/Sigmoid/<CR>:write<CR>');
    await neovim.until('return vim.bo.modified', false);
    assertModel(model, ['MatMul', 'Sigmoid']);
    // The references were shown anew, so a second edit finds the weights.
    neovim.type(':%s/Sigmoid/LeakyRelu/<CR>:write<CR>');
    await neovim.until('return vim.bo.modified', false);
    assertModel(model, ['MatMul', 'LeakyRelu']);
  });

  test('writes a copy under another name', async () => {
    neovim.type(`:write ${other}<CR>`);
    await neovim.until(`return vim.fn.filereadable("${other}")`, 1);
    assertModel(other, ['MatMul', 'LeakyRelu']);
  });

  test('keeps the file where the text has problems, and says so', async () => {
    neovim.type(':%s/LeakyRelu (h)/LeakyRelu (h/<CR>:write<CR>');
    await neovim.when<string>('return vim.fn.execute("messages")', (shown) => shown.includes('onnx.'));
    assert.equal(neovim.lua('return vim.bo.modified'), true);
    assertModel(model, ['MatMul', 'LeakyRelu']);
  });
});

/** The model has these operators, and the weights it was made with. */
function assertModel(file: string, operators: readonly string[]): void {
  python(
    `import numpy as np, onnx, sys
from onnx import numpy_helper
model = onnx.load(sys.argv[1])
assert [node.op_type for node in model.graph.node] == sys.argv[2:], model.graph.node
assert np.array_equal(numpy_helper.to_array(model.graph.initializer[0]), np.arange(4096, dtype=np.float32).reshape(64, 64))`,
    file,
    ...operators,
  );
}

function python(script: string, ...args: string[]): void {
  const { status, stderr } = spawnSync('python3', ['-c', script, ...args], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}
