import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { temporaryFolder } from '../tensorrt/support/folders.ts';
import { runCommand } from './run-command.ts';

const root = path.resolve(import.meta.dirname, '../../..');

describe('git', () => {
  test('shows what changed in a model, as docs/git.md sets it up', async (context) => {
    const folder = temporaryFolder(context);
    const file = (name: string) => path.join(folder, name);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=Someone', '-c', 'user.email=someone@example.org', ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, PATH: `${folder}${path.delimiter}${process.env['PATH']}` },
      });
    // The program as it is installed, under its own name.
    writeFileSync(
      file('onnx-trt'),
      `#!/bin/sh\nexec '${process.execPath}' --import '${path.join(root, 'node_modules/tsx/dist/loader.mjs')}' '${path.join(root, 'server/src/cli/main.ts')}' "$@"\n`,
    );
    chmodSync(file('onnx-trt'), 0o755);
    const values = Array.from({ length: 100 }, (_, index) => index).join(', ');
    const text = (operator: string, weights: string) =>
      `<ir_version: 8, opset_import: ["" : 17]>\ng (float[100] x) => (float[100] y) <float[100] w = {${weights}}> { y = ${operator} (x, w) }`;
    const write = async (operator: string, weights = values) => {
      writeFileSync(file('m.onnxtxt'), text(operator, weights));
      assert.equal((await runCommand('encode', file('m.onnxtxt'), '-o', file('m.onnx'))).code, 0);
    };
    await write('Add');
    git('init', '--quiet');
    // Exactly the lines of the documentation.
    const page = readFileSync(path.join(root, 'docs/git.md'), 'utf8');
    const [attributes = '', config = ''] = [...page.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(
      ([, code]) => code,
    );
    appendFileSync(file('.gitattributes'), attributes);
    for (const line of config.trim().split('\n')) execFileSync('sh', ['-c', line], { cwd: folder });
    git('add', 'm.onnx', '.gitattributes');
    git('commit', '--quiet', '-m', 'A model');
    assert.equal(git('diff'), '');

    await write('Mul');
    const linesOf = (diff: string) => diff.split('\n').filter((line) => /^[-+] /.test(line));
    assert.deepEqual(linesOf(git('diff')), ['-  y = Add (x, w)', '+  y = Mul (x, w)']);

    // Weights are not shown, and all the same it shows that they changed.
    await write('Add', values.replace('99', '98'));
    const changed = git('diff')
      .split('\n')
      .filter((line) => /^[-+] /.test(line));
    assert.equal(changed.length, 2);
    assert.match(changed.join('\n'), /^-.* w = \[.*"check": "(\w+)".*\n\+.* w = \[.*"check": "(?!\1)\w+"/);
    copyFileSync(file('m.onnx'), file('again.onnx'));
    git('commit', '--quiet', '-am', 'Other weights');
    assert.match(git('show'), /"check"/);
    assert.match(git('log', '-p', '--', 'm.onnx'), /y = Add/);
  });
});
