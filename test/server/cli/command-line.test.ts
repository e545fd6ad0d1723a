import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { version } from '../../../server/src/cli/version.ts';
import { runCommand } from './run-command.ts';

describe('the command line', () => {
  test('--help lists the commands, and each has its own', async () => {
    const { code, stdout } = await runCommand('--help');
    assert.equal(code, 0);
    const names = [...stdout.matchAll(/^ {2}(\S+) {2,}\S/gm)].map(([, name]) => name ?? '');
    for (const name of [
      'check',
      'shapes',
      'print',
      'encode',
      'build',
      'inspect',
      'profile',
      'runtimes',
      'lsp',
    ]) {
      assert.ok(names.includes(name), name);
    }
    for (const name of names) {
      for (const args of [
        [name, '--help'],
        [name, '-h'],
        ['help', name],
      ]) {
        const help = await runCommand(...args);
        assert.equal(help.code, 0);
        assert.ok(help.stdout.startsWith(`Usage: onnx-trt ${name}`), help.stdout);
        assert.match(help.stdout, /--help/);
        for (const line of help.stdout.split('\n')) assert.ok(line.length <= 120, line);
      }
    }
  });

  test('--version', async () => {
    assert.deepEqual(await runCommand('--version'), { code: 0, stdout: `${version}\n`, stderr: '' });
    assert.match(version, /^\d+\.\d+\.\d+$/);
  });

  test('no command is help and exit code 2', async () => {
    const { code, stdout } = await runCommand();
    assert.match(stdout, /^Usage: /);
    assert.equal(code, 2);
  });

  const mistakes: readonly (readonly [args: string[], words: RegExp])[] = [
    [['chek', 'x'], /There is no command chek\. There are check, shapes/],
    [['check'], /The model is missing\./],
    [['check', 'x', '--frmat', 'json'], /There is no option --frmat\. There are .*--format/],
    [['check', 'x', '--format', 'xml'], /--format takes text, json, sarif, not xml/],
    [['check', 'x', '--format'], /--format/],
    [['check', 'x', '--timeout', 'soon'], /--timeout takes a number of seconds, not soon/],
    [['print', 'a', 'b'], /There is no place for the argument b/],
    [['encode', '-'], /Please say with -o where/],
    [['lsp'], /--stdio/],
    [['runtimes', 'install', 'tensorrt'], /Only `runtimes install rtx`/],
    [['runtimes', 'forget'], /list, install and add, not forget/],
  ];
  for (const [args, words] of mistakes) {
    test(`onnx-trt ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await runCommand(...args);
      assert.equal(stdout, '');
      assert.match(stderr, words);
      assert.equal(code, 2);
    });
  }
});
