import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCommand } from './run-command.ts';

describe('onnx-trt config', () => {
  let folder: string;
  const file = (name: string, text: string) => {
    const target = path.join(folder, name);
    writeFileSync(target, text);
    return target;
  };
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'config-test-'));
    file(
      'a.onnxtxt',
      '<ir_version: 8, opset_import: ["" : 17]> g (float[2] x) => (float[2] y) { y = Relu (x) }',
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  test('check shows problems where they are, and fails', async () => {
    const config = file('a.trt.yaml', 'runtime: tensorrt 10.6\nmodel: a.onnxtxt\nfp61: true\n');
    const { code, stdout } = await runCommand('config', 'check', config);
    assert.equal(code, 1);
    assert.equal(
      stdout,
      `${config}:3:1: error: There is no key fp61. Did you mean fp16? [config.unknown-key]
    3 | fp61: true
      | ^^^^
${config}: 1 error
`,
    );
  });

  test('check passes what is right, and says what a version lacks', async () => {
    const config = file('b.trt.yaml', 'runtime: tensorrt 10.6\nmodel: a.onnxtxt\nfp16: true\n');
    assert.deepEqual(await runCommand('config', 'check', config), {
      code: 0,
      stdout: `${config}: ok, 1 build, for TensorRT 10.6\n`,
      stderr: '',
    });
    const { code, stdout } = await runCommand('config', 'check', config, '--for', '11.1');
    assert.equal(code, 1);
    assert.match(stdout, /b\.trt\.yaml:3:1: error: TensorRT 11\.1 has no `fp16` \(removed in 11\.0\)/);
  });

  test('check as JSON has builds and problems with LSP ranges', async () => {
    const config = file('c.trt.yaml', 'builds: { x: {}, y: { fp16: maybe } }\nmodel: a.onnxtxt\n');
    const { code, stdout } = await runCommand('config', 'check', config, '--format', 'json', '--for', '10.6');
    assert.equal(code, 1);
    const [result] = JSON.parse(stdout);
    assert.deepEqual(result.builds[0], {
      name: 'x',
      axes: { build: 'x' },
      model: path.join(folder, 'a.onnxtxt'),
      engine: path.join(folder, 'a.x.engine'),
      runtime: { product: 'TensorRT', version: '10.6' },
    });
    assert.deepEqual(result.problems, [
      {
        code: 'config.wrong-type',
        severity: 'error',
        message: '`fp16` takes true or false, not "maybe".',
        location: {
          file: config,
          range: { start: { line: 0, character: 28 }, end: { line: 0, character: 33 } },
        },
      },
    ]);
  });

  test('check reads the model: its inputs, files, and what the version makes of it all', async () => {
    file(
      'n.onnxtxt',
      '<ir_version: 8, opset_import: ["" : 17]> g (float[n] images) => (float[n] y) { y = Relu (images) }',
    );
    const config = file(
      'n.trt.yaml',
      'model: n.onnxtxt\nprofiles: [{ image: [1] }]\nallowWeightStreaming: true\ncalib: gone.cache\n',
    );
    const { code, stdout } = await runCommand('config', 'check', config, '--for', '10.6');
    assert.equal(code, 1);
    for (const words of [
      'n.trt.yaml:2:14: error: The model has no input image. Did you mean `images`? [config.unknown-input]',
      'n.trt.yaml:3:1: error: `allowWeightStreaming` needs `stronglyTyped` before TensorRT 11',
      'n.trt.yaml:4:8: error: There is no file gone.cache',
    ]) {
      assert.ok(stdout.includes(words), `${words}\n${stdout}`);
    }
    const newer = await runCommand('config', 'check', config, '--for', '11.1');
    assert.doesNotMatch(newer.stdout, /needs `stronglyTyped`/);
    const lost = file('lost.trt.yaml', 'engine: a.engine\n');
    const { stdout: words } = await runCommand('config', 'check', lost);
    assert.match(words, /lost\.trt\.yaml:1:1: error: There is no lost\.onnx beside the config/);
    file('broken.onnxtxt', 'g (');
    const broken = file('broken.trt.yaml', 'model: broken.onnxtxt\n');
    const result = await runCommand('config', 'check', broken, '--for', '11.1');
    assert.equal(result.code, 0);
    assert.match(
      result.stdout,
      /broken\.trt\.yaml:1:8: warning: .*broken\.onnxtxt has .* error.* is not checked/,
    );
  });

  test('a config without builds is not called ok', async () => {
    const { code, stdout } = await runCommand('config', 'check', file('e.trt.yaml', '# nothing yet\n'));
    assert.deepEqual([code, stdout.split(': ').at(-1)], [0, 'there are no builds in it\n']);
  });

  test('a file that is not there cannot be checked', async () => {
    const { code, stderr } = await runCommand('config', 'check', path.join(folder, 'gone.yaml'));
    assert.equal(code, 2);
    assert.match(stderr, /gone\.yaml does not exist/);
  });

  test('to-trtexec prints a line per build; --build chooses one', async () => {
    const config = file(
      'd.trt.yaml',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the notation of configs.
      'model: /m/a.onnx\nskipInference: true\nbuilds: { x: { fp16: true }, y: {} }\nengine: "/m/${{ build }}.engine"\n',
    );
    const { code, stdout } = await runCommand('config', 'to-trtexec', config, '--for', '10.15');
    assert.equal(code, 0);
    assert.equal(
      stdout,
      'trtexec --onnx=/m/a.onnx --skipInference --saveEngine=/m/x.engine --fp16\ntrtexec --onnx=/m/a.onnx --skipInference --saveEngine=/m/y.engine\n',
    );
    const one = await runCommand('config', 'to-trtexec', config, '--build', 'y');
    assert.equal(one.stdout.split('\n').length, 2);
    const none = await runCommand('config', 'to-trtexec', config, '--build', 'z');
    assert.deepEqual([none.code, none.stdout], [2, '']);
    assert.match(none.stderr, /There is no build z; there are x, y/);
  });

  test('to-trtexec writes for the shell that is asked for', async () => {
    const config = file(
      'shells.trt.yaml',
      'model: a.onnx\nweightStreamingBudget: 50%\nbuilds: { x: { engine: "it\'s" }, y: { engine: b } }\n',
    );
    const there = path.relative(process.cwd(), folder);
    for (const [shell, engine, budget, note] of [
      ['posix', `'--saveEngine=${there}/it'\\''s'`, '--weightStreamingBudget=50%', ''],
      [
        'cmd',
        `"--saveEngine=${there}/it's"`,
        '--weightStreamingBudget=50%',
        'note: In a batch file, write each % twice.\n',
      ],
      ['powershell', `'--saveEngine=${there}/it''s'`, "'--weightStreamingBudget=50%'", ''],
    ] as const) {
      assert.deepEqual(await runCommand('config', 'to-trtexec', config, '--for', '10.15', '--shell', shell), {
        code: 0,
        stdout: [engine, `--saveEngine=${there}/b`]
          .map((each) => `trtexec --onnx=${there}/a.onnx ${budget} ${each}\n`)
          .join(''),
        stderr: note,
      });
    }
    const wrong = await runCommand('config', 'to-trtexec', config, '--shell', 'fish');
    assert.deepEqual(
      [wrong.code, wrong.stderr.split('\n')[0]],
      [2, 'error: --shell takes posix, cmd, powershell, not fish.'],
    );
  });

  test('to-trtexec says once what holds for several builds', async () => {
    const config = file('t.trt.yaml', 'model: /m/a.onnxtxt\nbuilds: { x: { best: true }, y: {} }\n');
    const { code, stdout, stderr } = await runCommand('config', 'to-trtexec', config);
    assert.deepEqual([code, stdout.split('\n').length], [0, 3]);
    assert.equal(stderr.match(/trtexec reads binary models only/g)?.length, 1);
  });

  test('to-trtexec orders formats by name as the model has its inputs', async () => {
    file(
      'e.onnxtxt',
      '<ir_version: 8, opset_import: ["" : 17]>\ng (float16[1,4,8,8] a, float[1,4,8,8] b) => (float[1,4,8,8] y) { c = Cast <to = 1> (a) y = Add (c, b) }',
    );
    const config = file('e.trt.yaml', 'model: e.onnxtxt\nskipInference: true\ninputIOFormats: { b: chw4 }\n');
    const { stdout } = await runCommand('config', 'to-trtexec', config, '--for', '10.6');
    assert.match(stdout, /--inputIOFormats=fp16:chw,fp32:chw4/);
  });

  test('to-trtexec shows no password unless asked to', async () => {
    const config = file(
      'f.trt.yaml',
      'safe: true\nskipInference: true\nremoteAutoTuningConfig: ssh://me:geheim@host\n',
    );
    const hidden = await runCommand('config', 'to-trtexec', config);
    assert.match(hidden.stdout, /ssh:\/\/me:\*\*\*@host/);
    assert.doesNotMatch(hidden.stderr, /geheim/);
    const shown = await runCommand('config', 'to-trtexec', config, '--secrets');
    assert.match(shown.stdout, /me:geheim@host/);
    const wrong = file('g.trt.yaml', 'remoteAutoTuningConfig: [ssh://me:geheim@host, 1]\nx: 1\n');
    const { stdout } = await runCommand('config', 'check', wrong);
    assert.match(stdout, /remoteAutoTuningConfig/);
    assert.doesNotMatch(stdout, /geheim/);
  });

  test('from-trtexec prints a config, and tells of the rest', async () => {
    const result = await runCommand(
      'config',
      'from-trtexec',
      '--',
      'trtexec',
      '--onnx=a b.onnx',
      '--fp16',
      '--new=1',
    );
    assert.deepEqual(result, {
      code: 0,
      stdout: 'model: a b.onnx\nfp16: true\nunknownFlags: [--new=1]\n',
      stderr: 'warning: --new is no flag that this extension knows. It is kept under unknownFlags.\n',
    });
  });

  test('from-trtexec reads scripts and logs', async () => {
    const script = file('build.sh', 'trtexec --onnx=a.onnx \\\n  --fp16\ntrtexec --onnx=b.onnx\n');
    const first = await runCommand('config', 'from-trtexec', '--file', script);
    assert.equal(first.stdout, 'model: a.onnx\nfp16: true\n');
    assert.match(first.stderr, /has 2 command lines of trtexec; this is the first/);
    const second = await runCommand('config', 'from-trtexec', '--file', script, '--number', '2');
    assert.deepEqual([second.stdout, second.stderr], ['model: b.onnx\n', '']);
    const line = '[TensorRT v101500] [b29] # trtexec --onnx=a b.onnx';
    const log = file(
      'log.txt',
      `&&&& RUNNING TensorRT.trtexec ${line}\n&&&& PASSED TensorRT.trtexec ${line}\n`,
    );
    assert.deepEqual(await runCommand('config', 'from-trtexec', '--file', log), {
      code: 0,
      stdout: 'model: a b.onnx\n',
      stderr: '',
    });
    const pod = file(
      'pod.yaml',
      'spec:\n  containers:\n  - image: tensorrt\n    command: ["trtexec"]\n    args:\n    - --onnx=/models/a.onnx\n    - --minShapes=x:1x3,y:1\n',
    );
    assert.deepEqual(await runCommand('config', 'from-trtexec', '--file', pod), {
      code: 0,
      stdout: 'model: /models/a.onnx\nprofiles:\n  - x: { min: [1, 3] }\n    y: { min: [1] }\n',
      stderr: '',
    });
    const none = await runCommand('config', 'from-trtexec', '--file', file('empty.sh', 'ls\n'));
    assert.equal(none.code, 2);
    assert.match(none.stderr, /has no command line of trtexec/);
  });

  for (const [what, ...args] of [
    ['no action', 'config'],
    ['an unknown action', 'config', 'build'],
    ['no file', 'config', 'check'],
    ['two files', 'config', 'to-trtexec', 'a', 'b'],
    ['no arguments', 'config', 'from-trtexec'],
    ['a version that is none', 'config', 'to-trtexec', 'a', '--for', 'new'],
    ['a version before 10.0', 'config', 'to-trtexec', 'a', '--for', '8.6'],
  ] as const) {
    test(`${what} is an error of use`, async () => {
      const { code, stderr } = await runCommand(...args);
      assert.equal(code, 2);
      assert.match(stderr, /See onnx-trt config --help/);
    });
  }
});
