import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runtimeName, statusText } from '../../client/src/status-text.ts';
import type { DocumentStatus, RuntimeDescription } from '../../server/src/protocol.ts';

const runtime: RuntimeDescription = {
  id: 'tensorrt-11.2.1',
  product: 'TensorRT',
  version: '11.2.1',
  mode: 'cpu-only',
  directory: '/opt/tensorrt',
  origin: 'LD_LIBRARY_PATH',
};
const refused: DocumentStatus = {
  uri: 'onnx:/model.onnx',
  state: 'refused',
  runtime,
  summary: 'TensorRT 11.2.1: 4 of 312 nodes refused',
};

describe('the status item', () => {
  test('shows the verdict and, on hover, which TensorRT gave it, how, and from where', () => {
    const { text, tooltip, severity, busy } = statusText(refused);
    assert.equal(text, 'TensorRT 11.2.1: 4 of 312 nodes refused · CPU only');
    assert.equal(severity, 'error');
    assert.equal(busy, false);
    assert.match(tooltip, /TensorRT 11\.2\.1 \(CPU only\)/);
    assert.match(tooltip, /LD\\_LIBRARY\\_PATH in `\/opt\/tensorrt`/);
  });

  test('turns while a check runs', () => {
    const { icon, busy } = statusText({
      ...refused,
      state: 'checking',
      summary: 'TensorRT 11.2.1: checking',
    });
    assert.equal(icon, 'loading~spin');
    assert.equal(busy, true);
  });

  test('warns, without a runtime to describe, where no TensorRT is found', () => {
    const { severity, tooltip } = statusText({
      uri: refused.uri,
      state: 'no-runtime',
      summary: 'No TensorRT',
    });
    assert.equal(severity, 'warning');
    assert.doesNotMatch(tooltip, /found by/);
  });

  test('shows a name with Markdown in it as it is', () => {
    const { tooltip } = statusText({ ...refused, summary: 'node __a__ <b>' });
    assert.match(tooltip, /node \\_\\_a\\_\\_ \\<b\\>/);
  });

  test('names a runtime by its product until its version is known', () => {
    assert.equal(runtimeName({ ...runtime, version: 'unknown' }), 'TensorRT');
  });
});
