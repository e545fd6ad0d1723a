/** The problem matchers of the manifest, on what the real `onnx-trt build` and `onnx-trt check` write to a terminal. */
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
const matchers: readonly { readonly name: string; readonly pattern: Pattern }[] = JSON.parse(
  readFileSync(path.join(root, 'package.json'), 'utf8'),
).contributes.problemMatchers;
type Pattern = { readonly regexp: string } & Readonly<Record<string, number>>;
const detector = path.join(cacheDirectory, 'models/real/rapidocr_onnxruntime-ch_PP-OCRv4_det_infer.onnx');
const silero = path.join(cacheDirectory, 'models/real/silero_vad-silero_vad.onnx');
const refused = `<ir_version: 8, opset_import: ["" : 17]>
g (float[2,4] x) => (float[2,4] y) {
  a = Relu (x)
  b = DoesNotExist (a)
  y = Unique (b)
}
`;
const libraries = testLibraries('tensorrt-rtx-1.7.1');

/** As VS Code takes them: without control sequences, line by line. */
function problemsIn(output: string, name = 'tensorrt-build'): Record<string, string | undefined>[] {
  const matcher = matchers.find((each) => each.name === name);
  assert.ok(matcher, `there is no matcher ${name}`);
  const { regexp, ...groups } = matcher.pattern;
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
    return onnxTrt(terminal, 'build', 'detector.trt.yaml', ...options);
  }

  function onnxTrt(terminal: boolean, ...args: string[]): string {
    const program = [
      process.execPath,
      '--import',
      path.join(root, 'node_modules/tsx/dist/loader.mjs'),
      path.join(root, 'server/src/cli/main.ts'),
      ...args,
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

  for (const command of ['build', 'check']) {
    for (const terminal of [false, true]) {
      const where = terminal ? 'terminal' : 'pipe';
      test(`finds the nodes of a text that \`${command}\` says are refused, in a ${where}`, () => {
        writeFileSync(path.join(folder, 'refused.onnxtxt'), refused);
        const problems = problemsIn(onnxTrt(terminal, command, 'refused.onnxtxt'), `tensorrt-${command}`);
        const errors = problems.filter(
          ({ severity, code }) => severity === 'error' && code?.startsWith('trt.'),
        );
        assert.deepEqual(
          errors.map(({ file, line, column, code }) => [file, line, column, code]),
          [
            ['refused.onnxtxt', '4', '7', 'trt.plugin-not-found'],
            ['refused.onnxtxt', '5', '7', 'trt.unsupported-node'],
          ],
        );
        assert.match(
          errors[1]?.['message'] ?? '',
          /knows the ONNX operator Unique and does not implement it\.$/,
        );
      });
    }
  }

  test('finds the nodes of a binary model, with the lines of its text form', () => {
    writeFileSync(path.join(folder, 'refused.onnxtxt'), refused);
    onnxTrt(false, 'encode', 'refused.onnxtxt', '-o', 'binary.onnx');
    const lines = onnxTrt(false, 'print', 'binary.onnx').split('\n');
    writeFileSync(path.join(folder, 'refused.trt.yaml'), 'model: binary.onnx\n');
    const output = onnxTrt(false, 'build', 'refused.trt.yaml');
    const problems = problemsIn(output);
    assert.deepEqual(
      problems.map(({ file, severity }) => [file, severity]),
      [
        ['binary.onnx', 'error'],
        ['binary.onnx', 'error'],
      ],
    );
    for (const [index, operator] of ['DoesNotExist', 'Unique'].entries()) {
      const { line, column } = problems[index] ?? {};
      assert.ok(lines[Number(line) - 1]?.slice(Number(column) - 1).startsWith(operator));
    }
    assert.match(output, /lines of binary\.onnx as in `onnx-trt print binary\.onnx`/);
  });

  test('finds the setting, and the node that TensorRT names, of a build that failed', () => {
    const inputs =
      '  - input: { min: [1, 1], opt: [1, 512], max: [1, 512] }\n    state: { min: [2, 1, 128], opt: [2, 1, 128], max: [2, 1, 128] }\n';
    copyFileSync(silero, path.join(folder, 'silero.onnx'));
    writeFileSync(path.join(folder, 'silero.trt.yaml'), `model: silero.onnx\nprofiles:\n${inputs}`);
    const problems = problemsIn(onnxTrt(false, 'build', 'silero.trt.yaml'));
    assert.ok(
      problems.some(
        ({ file, line, severity }) => file === 'silero.onnx' && Number(line) > 1 && severity === 'error',
      ),
      JSON.stringify(problems),
    );
  });

  test('finds nothing in a build that succeeds', () => {
    const profile = 'x: { min: [1, 3, 32, 32], opt: [1, 3, 64, 64], max: [1, 3, 64, 64] }';
    const output = build(`model: detector.onnx\nprofiles:\n  - ${profile}\n`, true);
    assert.match(output, /built/);
    assert.deepEqual(problemsIn(output), []);
  });
});
