/** Saves that cannot be finished, in a process of their own. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { writeModel } from '../../../server/src/node/write-model.ts';

const root = mkdtempSync(path.join(tmpdir(), 'failing-saves-'));
after(() => rmSync(root, { recursive: true, force: true }));

let folder = '';
let model = '';
let weights = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'test-'));
  model = path.join(folder, 'model.onnx');
  weights = path.join(root, 'weights.bin');
  writeFileSync(model, 'old');
  ftruncateSync(openSync(weights, 'w'), 4_000_000_000);
});

const module = pathToFileURL(
  path.resolve(import.meta.dirname, '../../../server/src/node/write-model.ts'),
).href;

/** A program that saves so many bytes of weights, and says how that ended. */
function program(length: number): string[] {
  const range = JSON.stringify({ path: weights, offset: 0, length });
  const source = `import { writeModel } from ${JSON.stringify(module)};
await writeModel(${JSON.stringify(model)}, [${range}]).then(() => console.log('saved'), ({ message }) => console.log(message));`;
  const script = path.join(root, 'program.mjs');
  writeFileSync(script, source);
  return ['--import', 'tsx', script];
}

describe('a save that fails', () => {
  test('for want of space leaves the old file, and says what to do', () => {
    const command = 'ulimit -f 2000; exec "$0" "$@"';
    const { stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath, ...program(50_000_000)], {
      encoding: 'utf8',
    });
    assert.match(stdout, /model\.onnx was not saved, and is as it was: .*Save it under another name/, stderr);
    assert.equal(readFileSync(model, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['model.onnx']);
  });

  test('as its process is killed leaves the old file; the next save but one clears up', async () => {
    const saving = spawn(process.execPath, program(4_000_000_000), {
      stdio: 'ignore',
    });
    const temporary = () => readdirSync(folder).find((name) => name.endsWith('.tmp'));
    while (temporary() === undefined || statSync(path.join(folder, temporary() ?? '')).size === 0) {
      assert.equal(saving.exitCode, null, 'it was not slow enough to be killed');
      await setTimeout(5);
    }
    saving.kill('SIGKILL');
    await once(saving, 'exit');
    assert.equal(readFileSync(model, 'utf8'), 'old');
    const leftover = path.join(folder, temporary() ?? '');
    await writeModel(model, [Buffer.from('new')]);
    assert.ok(existsSync(leftover), 'another machine could still be writing it');
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(leftover, hourAgo, hourAgo);
    await writeModel(model, [Buffer.from('newer')]);
    assert.deepEqual(readdirSync(folder), ['model.onnx']);
    assert.equal(readFileSync(model, 'utf8'), 'newer');
  });

  test('as the file or its folder is read-only leaves it alone, and says what to do', () => {
    // To the superuser nothing is read-only.
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const message = () => {
      const { stdout, stderr } = spawnSync(process.execPath, program(10), { encoding: 'utf8', ...user });
      return stdout || stderr;
    };
    const words =
      /was not saved, and is as it was: it is read-only, or its folder.*cannot be written to\. Change the/;
    for (const one of [root, folder]) chmodSync(one, 0o777);
    chmodSync(weights, 0o444);
    chmodSync(model, 0o444);
    assert.match(message(), words);
    chmodSync(model, 0o666);
    chmodSync(folder, 0o555);
    assert.match(message(), words);
    chmodSync(folder, 0o777);
    assert.equal(readFileSync(model, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['model.onnx']);
    assert.equal(message(), 'saved\n');
  });
});
