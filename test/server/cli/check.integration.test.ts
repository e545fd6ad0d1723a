import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { rtxPackage } from '../../../server/src/tensorrt/rtx-package.ts';
import { returnConstant, segmentationFault, sharedObject } from '../tensorrt/support/elf.ts';
import { temporaryFolder, writeFiles } from '../tensorrt/support/folders.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';
import { type CommandResult, runCommand } from './run-command.ts';

const rtx = testLibraries('tensorrt-rtx-1.7.1');
const nestedFunctions = path.join('examples', 'nested-functions.onnxtxt');
const supported = `<ir_version: 8, opset_import: ["" : 17]>
g (float[N,4] x) => (float[N,4] y) {
  y = Relu (x)
}
`;

describe('check', () => {
  test('prints refused nodes as a compiler does, with the way into local functions, and a summary', async () => {
    const { code, stdout, stderr } = await runCommand('check', nestedFunctions, '--runtime', rtx);
    assert.equal(stderr, '');
    assert.equal(code, 1);
    assert.ok(
      stdout.startsWith(
        `${nestedFunctions}:12:24: error: TensorRT-RTX 1.7.1 knows the ONNX operator Bernoulli and does not implement it. [trt.unsupported-node]
   12 | inner (x) => (y) { t = Bernoulli (x)  y = com.foo.Bar (t) }
      |                        ^^^^^^^^^
${nestedFunctions}:10:43: note: called here: node_of_y (inner)
   10 | outer (x) => (y) { t = Neg (x)  y = local.inner (t) }
      |                                           -----
${nestedFunctions}:5:13: note: called here: node_of_b (outer)
    5 |   b = local.outer (a)
      |             -----
      help: `,
      ),
      stdout,
    );
    assert.ok(stdout.includes('      the parser says: false (kUNSUPPORTED_NODE in checkBernoulli)\n'));
    assert.ok(
      stdout.endsWith(`\n${nestedFunctions}: TensorRT-RTX 1.7.1 (CPU only): 4 of 6 nodes refused\n`),
      stdout.slice(-200),
    );
  });

  test('several models share a bridge; all supported is exit code 0', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'a.onnxtxt': supported, 'b.onnxtxt': supported.replace('Relu', 'Neg') });
    const models = ['a.onnxtxt', 'b.onnxtxt'].map((name) => path.join(folder, name));
    const { code, stdout } = await runCommand('check', ...models, '--runtime', rtx);
    assert.equal(code, 0);
    assert.deepEqual(
      stdout.trim().split('\n'),
      models.map((model) => `${model}: TensorRT-RTX 1.7.1 (CPU only): supported, 1 node`),
    );
  });

  test('--format json is one array with the parser’s own values and ranges of the text form', async (context) => {
    const folder = temporaryFolder(context);
    const model = path.join(folder, 'model.onnx');
    assert.equal((await runCommand('encode', nestedFunctions, '-o', model)).code, 0);
    const { code, stdout } = await runCommand('check', model, '--runtime', rtx, '--format', 'json');
    assert.equal(code, 1);
    const [element, ...others] = JSON.parse(stdout);
    assert.deepEqual(others, []);
    assert.deepEqual(Object.keys(element), [
      'file',
      'runtime',
      'supported',
      'errors',
      'problems',
      'notes',
      'durationMs',
    ]);
    assert.deepEqual(element.runtime, {
      id: 'tensorrt-rtx-1.7.1',
      product: 'TensorRT-RTX',
      version: '1.7.1',
      mode: 'cpu-only',
    });
    assert.equal(element.file, model);
    assert.equal(element.supported, false);
    assert.ok(element.durationMs > 0);
    const { explanation, ...bar } = element.errors[1];
    assert.match(explanation, /Bar \(domain com\.foo\) is no operator of ONNX/);
    const text = (await runCommand('print', model)).stdout;
    const line = text.split('\n').findIndex((content) => content.includes('com.foo.Bar'));
    const character = text.split('\n')[line]?.indexOf('Bar') ?? -1;
    assert.deepEqual(bar, {
      code: 6,
      codeName: 'kINVALID_NODE',
      nodeIndex: 1,
      nodeName: '',
      operator: 'Bar',
      domain: 'com.foo',
      description: 'creator && "Plugin not found, are the plugin name, version, and namespace correct?"',
      localFunctionStack: ['node_of_b (outer)', 'node_of_y (inner)'],
      location: {
        file: model,
        range: { start: { line, character }, end: { line, character: character + 3 } },
      },
    });
    assert.deepEqual(
      element.errors.map(({ operator }: { operator: string }) => operator),
      ['Bernoulli', 'Bar', 'DoesNotExist', 'Unique'],
    );
  });

  test('several runtimes: one element for each model and runtime', async () => {
    const other = testLibraries('tensorrt-11.2');
    const { code, stdout } = await runCommand(
      'check',
      nestedFunctions,
      '-r',
      rtx,
      '-r',
      other,
      '--format',
      'json',
    );
    assert.equal(code, 1);
    assert.deepEqual(
      JSON.parse(stdout).map(({ runtime, errors }: { runtime: { id: string }; errors: unknown[] }) => [
        runtime.id,
        errors.length,
      ]),
      [
        ['tensorrt-rtx-1.7.1', 4],
        ['tensorrt-11.2.1', 4],
      ],
    );
  });

  test('a parser flag that the version does not have', async () => {
    const { code, stderr } = await runCommand(
      'check',
      nestedFunctions,
      '-r',
      rtx,
      '--parser-flag',
      'kNONSENSE',
    );
    assert.equal(code, 2);
    assert.match(stderr, /error: .*nested-functions\.onnxtxt could not be checked: .*kNONSENSE/);
  });
});

describe('what cannot be checked is a sentence and exit code 2', () => {
  const external = `<ir_version: 8, opset_import: ["" : 17]>
g (float[4,4] x) => (float[4,4] y) <float[4,4] w = ["location": "gone.bin", "offset": "0", "length": "64"]> {
  y = MatMul (x, w)
}`;
  const files: Record<string, { content?: string | Uint8Array; words: RegExp }> = {
    'text.onnx': { content: 'hello', words: /not an ONNX model: it is a text file/ },
    'empty.onnx': { content: '', words: /not an ONNX model: the file is empty/ },
    'picture.onnx': {
      content: Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
      words: /it is a picture/,
    },
    'lfs.onnx': {
      content: 'version https://git-lfs.github.com/spec/v1\noid sha256:1\n',
      words: /git lfs pull/,
    },
    // ModelProto.ir_version 8, then a graph of 4 GB.
    'lying.onnx': {
      content: Uint8Array.from([8, 8, 0x3a, 255, 255, 255, 255, 15, 10]),
      words: /damaged at byte 2/,
    },
    'external.onnxtxt': { content: external, words: /"w" cannot be read: .*gone\.bin does not exist/ },
    'broken.onnxtxt': {
      content: 'g (float[N] x => ',
      words: /broken\.onnxtxt:1:\d+: error: .*\[onnx\.syntax\./s,
    },
    'missing.onnx': { words: /missing\.onnx does not exist/ },
  };
  const checkIn = (folder: string, name: string): Promise<CommandResult> =>
    runCommand('check', path.join(folder, name), '--runtime', rtx);

  for (const [name, { content, words }] of Object.entries(files)) {
    test(name, async (context) => {
      const folder = temporaryFolder(context);
      if (content !== undefined) writeFiles(folder, { [name]: content });
      const { code, stdout, stderr } = await checkIn(folder, name);
      assert.equal(stdout, '');
      assert.match(stderr, words);
      assert.equal(code, 2);
    });
  }

  test('a truncated model', async (context) => {
    const folder = temporaryFolder(context);
    const whole = path.join(folder, 'whole.onnx');
    await runCommand('encode', nestedFunctions, '-o', whole);
    writeFileSync(path.join(folder, 'cut.onnx'), readFileSync(whole).subarray(0, 100));
    const { code, stderr } = await checkIn(folder, 'cut.onnx');
    assert.match(stderr, /looks truncated/);
    assert.equal(code, 2);
  });

  test('a folder named .onnx', async (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(path.join(folder, 'folder.onnx'));
    const { code, stderr } = await checkIn(folder, 'folder.onnx');
    assert.match(stderr, /is a folder, not a file/);
    assert.equal(code, 2);
  });

  test('a file that may not be read', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'secret.onnxtxt': supported });
    chmodSync(path.join(folder, 'secret.onnxtxt'), 0);
    chmodSync(folder, 0o755);
    // Root may read everything, so that a test run by root steps down meanwhile.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    const { code, stderr } = await checkIn(folder, 'secret.onnxtxt').finally(
      () => isRoot && process.seteuid?.(0),
    );
    assert.match(stderr, /secret\.onnxtxt cannot be read: permission denied/);
    assert.equal(code, 2);
  });

  test('the other models are checked all the same', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'bad.onnx': 'hello', 'good.onnxtxt': supported });
    const models = ['bad.onnx', 'good.onnxtxt'].map((name) => path.join(folder, name));
    const { code, stdout, stderr } = await runCommand('check', ...models, '--runtime', rtx);
    assert.match(stdout, /good\.onnxtxt: TensorRT-RTX 1\.7\.1 \(CPU only\): supported/);
    assert.match(stderr, /bad\.onnx/);
    assert.equal(code, 2);
  });
});

describe('a runtime that cannot be used is a sentence and exit code 2', () => {
  const checkWith = (runtime: string) => runCommand('check', nestedFunctions, '--runtime', runtime);

  test('one that needs a GPU, where there is none', async () => {
    const { code, stdout, stderr } = await checkWith(testLibraries('tensorrt-10.6'));
    assert.equal(stdout, '');
    assert.equal(stderr.trim().split('\n').length, 1);
    assert.match(stderr, /^error: TensorRT 10\.6\.0 needs a GPU, and /);
    assert.equal(code, 2);
  });

  test('a library that crashes when it is loaded', async (context) => {
    const folder = temporaryFolder(context);
    const exports = { getInferLibVersion: returnConstant(110201) };
    writeFiles(folder, {
      'libnvinfer.so.11': sharedObject({ exports, initializer: segmentationFault }),
      'libnvonnxparser.so.11': sharedObject({}),
    });
    const { code, stderr } = await checkWith(folder);
    assert.match(
      stderr,
      /TensorRT 11\.2\.1 ended unexpectedly \(signal SIGSEGV\) during “loading .*libnvinfer\.so\.11”/,
    );
    assert.equal(code, 2);
  });

  test('a library of another product under TensorRT’s name', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'libnvinfer.so.11': sharedObject({ exports: { somethingElse: returnConstant(1) } }),
      'libnvonnxparser.so.11': sharedObject({}),
    });
    const { code, stderr } = await checkWith(folder);
    assert.match(stderr, /libnvinfer\.so\.11 is not a complete TensorRT/);
    assert.equal(code, 2);
  });

  test('a folder without TensorRT, and an id that nothing has', async (context) => {
    const empty = await checkWith(temporaryFolder(context));
    assert.match(empty.stderr, /holds no TensorRT/);
    assert.equal(empty.code, 2);
    const unknown = await checkWith('tensorrt-99.9.9');
    assert.match(unknown.stderr, /There is no runtime tensorrt-99\.9\.9 on this machine/);
    assert.equal(unknown.code, 2);
  });
});

describe('without a word about the runtime', () => {
  const { LD_LIBRARY_PATH: _, ...environment } = process.env;
  const spawned = (args: string[], dataHome: string, more: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'server/src/cli/main.ts', ...args], {
      encoding: 'utf8',
      env: { ...environment, XDG_DATA_HOME: dataHome, ...more },
    });

  test('a TensorRT of the machine is used; where there is none, the first check installs TensorRT for RTX', (context) => {
    const dataHome = temporaryFolder(context);
    const installed = () => JSON.parse(spawned(['runtimes', '--format', 'json'], dataHome).stdout);
    const before: { unusable?: string }[] = installed();
    const first = spawned(['check', nestedFunctions], dataHome);
    assert.match(first.stdout, /TensorRT(?:-RTX)? \d+\.\d+\.\d+.*: 4 of 6 nodes refused/);
    assert.equal(first.status, 1, first.stderr);
    if (before.some(({ unusable }) => unusable === undefined)) {
      assert.deepEqual(installed(), before, 'nothing was installed');
      return;
    }
    assert.match(
      first.stderr,
      /Installing TensorRT for RTX 1\.7\.1 with pip into .*146 MB to download, 315 MB on disk/,
    );
    const second = spawned(['check', nestedFunctions], dataHome);
    assert.equal(second.stderr, '');
    assert.equal(second.stdout, first.stdout);
    assert.deepEqual(
      installed().map(({ id, origin }: { id: string; origin: string }) => [id, origin]),
      [[`tensorrt-rtx-${rtxPackage.tensorrtVersion}`, 'installed']],
    );
  });

  test('--all-runtimes asks all that run here, and notes those that do not', (context) => {
    const dataHome = temporaryFolder(context);
    const folders = [rtx, testLibraries('tensorrt-10.6'), testLibraries('tensorrt-11.2')];
    writeFiles(dataHome, { 'onnx-tensorrt-tools/runtimes.json': JSON.stringify(folders) });
    const { stdout, stderr } = spawned(
      ['check', nestedFunctions, '--all-runtimes', '--format', 'json'],
      dataHome,
    );
    const elements: { runtime: { id: string; mode: string } }[] = JSON.parse(stdout);
    const ids = elements.map(({ runtime }) => runtime.id);
    assert.ok(ids.includes('tensorrt-rtx-1.7.1') && ids.includes('tensorrt-11.2.1'), ids.join(' '));
    if (elements.every(({ runtime }) => runtime.mode === 'cpu-only')) {
      assert.match(stderr, /^note: TensorRT 10\.6\.0 in .* is left out: TensorRT 10\.6\.0 needs a GPU/m);
    }
  });

  test('--no-install and ONNX_TRT_NO_INSTALL say what to do instead', (context) => {
    const dataHome = temporaryFolder(context);
    const byOption = spawned(['check', nestedFunctions, '--no-install'], dataHome);
    const byVariable = spawned(['check', nestedFunctions], dataHome, { ONNX_TRT_NO_INSTALL: '1' });
    for (const { status, stderr } of [byOption, byVariable]) {
      // A machine with a TensorRT of its own has nothing to install.
      if (status === 1) continue;
      assert.match(stderr, /onnx-trt runtimes install rtx/);
      assert.doesNotMatch(stderr, /Installing/);
      assert.equal(status, 2);
    }
  });
});

describe('as a program', () => {
  const command = `${process.execPath} --import tsx server/src/cli/main.ts`;

  test('a reader that goes away ends it quietly', (context) => {
    const folder = temporaryFolder(context);
    const values = Array.from({ length: 60_000 }, (_, index) => index).join(', ');
    // More than a pipe holds.
    writeFiles(folder, {
      'big.onnxtxt': supported.replace('{', `<float[60000] w = {${values}}> {`),
    });
    const { stdout, stderr } = spawnSync(
      'bash',
      [
        '-c',
        `${command} print ${folder}/big.onnxtxt --weights inline | head -c 20; echo; echo "\${PIPESTATUS[0]}"`,
      ],
      { encoding: 'utf8' },
    );
    assert.equal(stderr, '');
    assert.match(stdout, /^<.{19}\n0\n$/s);
  });

  test('results go to standard output, everything else to standard error', () => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [
        '--import',
        'tsx',
        'server/src/cli/main.ts',
        'check',
        'missing.onnx',
        '--format',
        'json',
        '--no-install',
      ],
      { encoding: 'utf8' },
    );
    assert.equal(stdout, '[]\n');
    assert.match(stderr, /missing\.onnx does not exist/);
    assert.equal(status, 2);
  });
});
