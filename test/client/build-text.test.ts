import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  barText,
  configPathOf,
  descriptionText,
  elapsedText,
  isConfigName,
  outcomeOf,
  progressText,
} from '../../client/src/builds/build-text.ts';
import type { BuildStatus } from '../../server/src/build-protocol.ts';

function build(given: Partial<BuildStatus> = {}): BuildStatus {
  return {
    id: 1,
    title: 'detector.trt.yaml · fp16',
    uri: 'file:///models/detector.trt.yaml',
    build: 'fp16',
    state: 'running',
    phases: [],
    elapsed: 0,
    ...given,
  };
}
const phase = (name: string, step: number, steps: number) => ({ name, step, steps, elapsed: 0 });

describe('words of builds', () => {
  test('times are as exact as they matter', () => {
    assert.deepEqual([0, 440, 9_940, 9_960, 12_400, 59_600, 65_000, 3_599_600, 3_725_000].map(elapsedText), [
      '0.0 s',
      '0.4 s',
      '9.9 s',
      '10 s',
      '12 s',
      '1 min 00 s',
      '1 min 05 s',
      '1 h 00 min',
      '1 h 02 min',
    ]);
  });

  test('a notification names the outermost and the innermost phase with TensorRT’s steps, and no percentages', () => {
    const phases = [phase('Building engine', 4, 6), phase('Costs', 1, 5), phase('Tactics', 12, 40)];
    const text = progressText(build({ stage: 'building', phases }), 14_000);
    assert.equal(text, '14 s · Building engine, 4 of 6 › … › Tactics, 12 of 40');
    assert.equal(
      progressText(build({ stage: 'building', phases: [phase('One', 0, 1)] }), 500),
      '0.5 s · One',
    );
    assert.equal(progressText(build({ stage: 'parsing' }), 500), '0.5 s · Parsing the model');
    assert.equal(progressText(build(), 500), '0.5 s · Starting TensorRT');
    assert.equal(progressText(build({ state: 'waiting' }), 0), 'waiting for another build');
    assert.equal(
      progressText(build({ message: 'Another process builds on this GPU.' }), 0),
      '0.0 s · Another process builds on this GPU.',
    );
  });

  test('a row shows the first line of what became of a build', () => {
    assert.equal(descriptionText(build({ state: 'succeeded', message: '2 MB in 4 s' })), '2 MB in 4 s');
    assert.equal(descriptionText(build({ state: 'failed', message: 'No.\nAt all.' })), 'No.');
    assert.equal(descriptionText(build({ state: 'failed' })), 'failed');
    assert.equal(descriptionText(build({ state: 'up-to-date', message: 'Nothing changed.' })), 'up to date');
    assert.equal(descriptionText(build({ stage: 'building', elapsed: 5000 })), 'Building');
    assert.equal(descriptionText(build({ stage: 'building', message: 'Cancelling' })), 'Cancelling');
  });

  test('the status bar tells the running build and how many wait', () => {
    const waiting = build({ id: 2, state: 'waiting' });
    const elapsed = () => 12_000;
    assert.equal(barText([build(), waiting], elapsed), 'Building detector.trt.yaml · fp16 12 s (1 waiting)');
    assert.equal(barText([waiting], elapsed), '1 build waiting');
    assert.equal(barText([], elapsed), '');
  });

  test('what came of builds is told in a sentence, cancelled ones not at all', () => {
    const built = build({ state: 'succeeded', message: '2 MB in 4 s' });
    const same = build({ state: 'up-to-date', build: 'int8', title: 'detector.trt.yaml · int8' });
    const failed = build({ state: 'failed', message: 'No room.' });
    const cancelled = build({ state: 'cancelled' });
    assert.deepEqual(outcomeOf([built, cancelled]), {
      severity: 'information',
      text: 'detector.trt.yaml · fp16 was built: 2 MB in 4 s.',
    });
    assert.equal(
      outcomeOf([built, { ...built, build: 'fp32' }, same]).text,
      '2 engines were built: fp16, fp32. 1 other had not changed.',
    );
    assert.equal(
      outcomeOf([same]).text,
      'detector.trt.yaml · int8 is up to date: nothing has changed since the last build.',
    );
    assert.deepEqual(outcomeOf([built, failed, failed]), {
      severity: 'error',
      text: 'detector.trt.yaml · fp16 (and 1 more) was not built: No room.',
    });
    assert.equal(outcomeOf([cancelled]).severity, 'none');
  });

  test('configs are known by their names', () => {
    assert.ok(isConfigName('/a/b.trt.yaml') && isConfigName('/a/b.TRT.yml'));
    assert.ok(!isConfigName('/a/trt.yaml') && !isConfigName('/a/b.yaml'));
    assert.equal(configPathOf('/a/b.c.onnxtxt'), '/a/b.c.trt.yaml');
  });
});
