/** What a person sees of a build on a terminal: a pseudo-terminal of Python's, read as a screen. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../../../scripts/cache.mjs';
import { progressLines } from '../../../server/src/cli/build/progress-lines.ts';
import { temporaryFolder, writeFiles } from '../tensorrt/support/folders.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';

const tsx = fileURLToPath(new URL('../../../node_modules/tsx/dist/loader.mjs', import.meta.url));
const main = fileURLToPath(new URL('../../../server/src/cli/main.ts', import.meta.url));
const detector = path.join(cacheDirectory, 'models/real/rapidocr_onnxruntime-ch_PP-OCRv4_det_infer.onnx');

/** Runs a program on a terminal of 80 columns and 24 rows, and writes all that comes to standard output. */
const onTerminal = `
import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** The lines of a screen after each output that moves the cursor up, or ends. */
function screens(output: string): string[] {
  let lines = [''];
  let row = 0;
  const seen: string[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal is sent.
  for (const [token] of output.matchAll(/\x1b\[(\d*)[A-Za-z]|[\r\n]|[^\x1b\r\n]+/g)) {
    if (token === '\n') {
      row++;
      lines[row] ??= '';
    } else if (token === '\r') {
      // The next text replaces the line, as it is only ever cleared before.
    } else if (token.endsWith('A') && token.startsWith('\x1b')) {
      seen.push(lines.join('\n'));
      row -= Number(token.slice(2, -1));
      assert.ok(row >= 0, 'never above what was written');
    } else if (token === '\x1b[J') {
      lines = [...lines.slice(0, row), ''];
    } else if (!token.startsWith('\x1b')) {
      lines[row] = `${lines[row] ?? ''}${token}`;
    }
  }
  return [...seen, lines.join('\n')];
}

describe('a build on a terminal', () => {
  test('shows phases as they nest while it goes on, and its result alone in the end', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.trt.yaml': `model: ${detector}\nengine: net.engine\nprofiles: [{ x: { min: [1, 3, 32, 32], opt: [1, 3, 640, 640], max: [1, 3, 960, 960] } }]\n`,
    });
    const args = ['-c', onTerminal, process.execPath, '--import', tsx, main, 'build', 'net.trt.yaml'];
    const child = spawn('python3', args, {
      cwd: folder,
      env: { ...process.env, LD_LIBRARY_PATH: testLibraries('tensorrt-rtx-1.7.1'), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 0, output);
    const all = screens(output);
    const nested =
      /\n {2}net\.trt\.yaml: building, [\d.]+ s\n {4}Building engine: \d+ of \d+, [\d.]+ s\n {6}\S.*: \d+ of \d+, [\d.]+ s/;
    assert.ok(
      all.some((screen) => nested.test(`\n${screen}`)),
      all.at(-3),
    );
    assert.ok(all.every((screen) => !screen.includes('%')));
    assert.match(
      all.at(-1) ?? '',
      /^net\.trt\.yaml: building with TensorRT-RTX 1\.7\.1, as there is no engine yet\nnet\.engine: built, [\d.]+ MB in [\d.]+ s\n$/,
    );
  });

  test('counts time on between what TensorRT tells', () => {
    const phases = [
      { name: 'Building engine', step: 1, steps: 6, elapsed: 4000 },
      { name: 'Timing\u001b[2J nodes', step: 34, steps: 120, elapsed: 61_000 },
    ];
    const view = {
      title: 'net.trt.yaml · fp16',
      doing: 'building',
      since: 1000,
      progress: { stage: 'building' as const, elapsed: 5000, phases },
      receivedAt: 6000,
    };
    assert.deepEqual(progressLines(view, 8500).split('\n'), [
      '  net.trt.yaml · fp16: building, 7.5 s',
      '    Building engine: 1 of 6, 6.5 s',
      '      Timing\ufffd[2J nodes: 34 of 120, 1 min 3 s',
    ]);
  });
});
