import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { explainReferenceFailure } from '../../../server/src/onnxruntime/explain.ts';
import { runReference } from '../../../server/src/onnxruntime/run-reference.ts';

const nothing = { model: '/nowhere/model.onnx', externalDataDirectory: '/nowhere', inputs: [], outputs: [] };

describe('ONNX Runtime in a process of its own', () => {
  test('says in words that a model cannot be read', async () => {
    await assert.rejects(
      runReference(nothing),
      /ONNX Runtime does not take the model: .*\/nowhere\/model\.onnx/,
    );
  });

  test('is ended when it is cancelled', async () => {
    const abort = new AbortController();
    const running = runReference(nothing, abort.signal);
    abort.abort(new Error('Enough.'));
    await assert.rejects(running, /^Error: Enough\.$/);
    await assert.rejects(runReference(nothing, abort.signal), /^Error: Enough\.$/);
  });

  test('that is not there for a platform, or does not load', () => {
    const missing = {
      kind: 'failed',
      stage: 'binding',
      message: "Cannot find module '../bin/napi-v6/darwin/x64/onnxruntime_binding.node'",
    } as const;
    assert.match(
      explainReferenceFailure(missing),
      /^ONNX Runtime is not there for this platform \(\w+-\w+\)\./,
    );
    assert.match(
      explainReferenceFailure({ ...missing, message: 'libstdc++.so.6: version `GLIBCXX_3.4.29’ not found' }),
      /^ONNX Runtime does not load on this machine .*GLIBCXX/,
    );
  });

  test('whose words are known', () => {
    const said = (stage: 'session' | 'run', message: string) =>
      explainReferenceFailure({ kind: 'failed', stage, message });
    assert.equal(
      said('session', 'Unsupported model IR version: 14, max supported IR version: 13'),
      'ONNX Runtime knows IR versions up to 13, and the model has 14. Lower the model’s ir_version.',
    );
    assert.equal(
      said('session', "Could not find an implementation for Einsum(12) node with name 'e'"),
      'ONNX Runtime has no kernel for Einsum (version 12) with these types on the CPU, at node e. Compare with values from elsewhere (a folder of .npy files).',
    );
    assert.match(
      said('session', 'Unsupported data type: 16'),
      /data type 16 of ONNX.*Leave it out with --tensors/,
    );
    assert.match(said('run', 'std::bad_alloc'), /The memory is not enough/);
    assert.equal(said('run', 'Something new.'), 'ONNX Runtime does not run the model: Something new.');
  });
});
