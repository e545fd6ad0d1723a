/** The problem matcher of the manifest, on what the real `onnx-trt build` writes to a terminal. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../../scripts/cache.mjs';
import { testLibraries } from '../server/tensorrt/support/test-libraries.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [matcher] = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).contributes
  .problemMatchers;
const detector = path.join(cacheDirectory, 'models/real/rapidocr_onnxruntime-ch_PP-OCRv4_det_infer.onnx');
const libraries = testLibraries('tensorrt-rtx-1.7.1');

/** As VS Code takes them: without control sequences, line by line. */
function problemsIn(output: string): Record<string, string | undefined>[] {
  const { regexp, ...groups }: { regexp: string } & Record<string, number> = matcher.pattern;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is removed.
  const plain = output.replace(/\x1b\[[\d;?]*[A-Za-z]/g, '');
  return plain.split('\n').flatMap((line) => {
    const match = new RegExp(regexp).exec(line.replace(/\r$/, ''));
    return match ? [Object.fromEntries(Object.entries(groups).map(([key, at]) => [key, match[at]]))] : [];
  });
}

describe('the problem matcher of build tasks', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-matcher-'));
    copyFileSync(detector, path.join(folder, 'detector.onnx'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** In a terminal, with colours and progress, or into a pipe. */
  function build(config: string, terminal: boolean, ...options: string[]): string {
    writeFileSync(path.join(folder, 'detector.trt.yaml'), config);
    const program = [
      process.execPath,
      '--import',
      path.join(root, 'node_modules/tsx/dist/loader.mjs'),
      path.join(root, 'server/src/cli/main.ts'),
      'build',
      'detector.trt.yaml',
      ...options,
    ];
    const [command = '', ...rest] = terminal ? ['script', '-qc', program.join(' '), '/dev/null'] : program;
    const { stdout } = spawnSync(command, rest, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm-256color', ONNX_TRT_LIBRARY_FOLDERS: libraries },
    });
    return stdout;
  }

  for (const terminal of [false, true]) {
    const where = terminal ? 'terminal' : 'pipe';

    test(`finds what is wrong with a config, with its code, in a ${where}`, () => {
      const output = build('model: detector.onnx\nfp61: true\n', terminal);
      const [problem, ...others] = problemsIn(output);
      assert.deepEqual(problem, {
        file: 'detector.trt.yaml',
        line: '2',
        column: '1',
        severity: 'error',
        message: 'There is no key fp61. Did you mean fp16?',
        code: 'config.unknown-key',
      });
      assert.deepEqual(others, []);
    });

    test(`finds the setting that a failed build is about, behind the progress, in a ${where}`, () => {
      const profile = 'x: { min: [1, 4, 32, 32], opt: [1, 4, 320, 320], max: [1, 4, 640, 640] }';
      const output = build(`model: detector.onnx\nprofiles:\n  - ${profile}\n`, terminal, '--no-check');
      const problems = problemsIn(output);
      assert.ok(
        problems.some(
          ({ file, line, severity }) => file === 'detector.trt.yaml' && line === '3' && severity === 'error',
        ),
        `${JSON.stringify(problems)}\n${output}`,
      );
    });
  }

  test('finds nothing in a build that succeeds', () => {
    const profile = 'x: { min: [1, 3, 32, 32], opt: [1, 3, 64, 64], max: [1, 3, 64, 64] }';
    const output = build(`model: detector.onnx\nprofiles:\n  - ${profile}\n`, true);
    assert.match(output, /built/);
    assert.deepEqual(problemsIn(output), []);
  });
});
