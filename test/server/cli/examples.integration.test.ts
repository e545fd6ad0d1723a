/** The examples do what their README says. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Provenance } from '../../../server/src/tensorrt/build/provenance.ts';
import { temporaryFolder } from '../tensorrt/support/folders.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';
import { runCommand } from './run-command.ts';

const examples = fileURLToPath(new URL('../../../examples', import.meta.url));

test('the classifier builds twice, with TensorRT for RTX and without a GPU', async (context) => {
  const folder = temporaryFolder(context);
  cpSync(examples, folder, { recursive: true });
  const config = path.join(folder, 'classifier.trt.yaml');
  const checked = await runCommand('config', 'check', config);
  assert.deepEqual([checked.code, checked.stderr], [0, '']);
  assert.match(checked.stdout, /: ok, 2 builds/);

  const before = process.env['LD_LIBRARY_PATH'];
  process.env['LD_LIBRARY_PATH'] = testLibraries('tensorrt-rtx-1.7.1');
  context.after(() => {
    if (before === undefined) delete process.env['LD_LIBRARY_PATH'];
    else process.env['LD_LIBRARY_PATH'] = before;
  });
  const built = await runCommand('build', config);
  assert.equal(built.code, 0, built.stdout + built.stderr);
  const provenance = (name: string) =>
    JSON.parse(readFileSync(path.join(folder, `classifier.${name}.engine.json`), 'utf8')) as Provenance;
  for (const name of ['plain', 'streamed']) {
    assert.ok(statSync(path.join(folder, `classifier.${name}.engine`)).size > 1000);
    assert.deepEqual(provenance(name).warnings, []);
    assert.deepEqual(provenance(name).notes, []);
  }
  const flags = (name: string) => JSON.stringify(provenance(name).request.settings);
  assert.match(flags('streamed'), /WEIGHT_STREAMING/);
  assert.doesNotMatch(flags('plain'), /WEIGHT_STREAMING/);

  const again = await runCommand('build', config);
  assert.equal(again.code, 0);
  assert.match(again.stdout + again.stderr, /2 up to date/);
});
