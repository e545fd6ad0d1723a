import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inBackground, noteMessage } from '../../../server/src/lsp/background.ts';
import { stepwise } from '../../../server/src/onnx/analysis/steps.ts';

/** Work of so many steps, each of which takes a millisecond. */
function steps(count: number, done: { steps: number }) {
  return stepwise(function* () {
    for (let step = 0; step < count; step++) {
      for (const start = performance.now(); performance.now() - start < 1; );
      done.steps++;
      yield;
    }
    return done;
  });
}

const nobody = new AbortController().signal;
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('work in the background', () => {
  test('is done in slices, between which others have their turn', async () => {
    const done = { steps: 0 };
    let turns = 0;
    const turn = setInterval(() => turns++, 0);
    assert.equal(await inBackground(steps(60, done), nobody), true);
    clearInterval(turn);
    assert.equal(done.steps, 60);
    assert.ok(turns >= 5, `${turns} turns`);
  });

  test('stops when told to', async () => {
    const done = { steps: 0 };
    const controller = new AbortController();
    const end = inBackground(steps(1000, done), controller.signal);
    await wait(5);
    controller.abort();
    assert.equal(await end, false);
    assert.ok(done.steps < 1000);
  });

  test('waits while messages come in, but not for ever', async () => {
    const [done, urgent] = [{ steps: 0 }, { steps: 0 }];
    noteMessage();
    const messages = setInterval(noteMessage, 2);
    const end = inBackground(steps(6, done), nobody);
    assert.equal(done.steps, 0);
    assert.equal(await inBackground(steps(6, urgent), nobody, { urgent: true }), true);
    assert.equal(done.steps, 0);
    assert.equal(await end, true);
    clearInterval(messages);
  });

  test('that fails is told to who waits for it', async () => {
    const work = stepwise((): Generator<undefined, object> => {
      throw new Error('broken');
    });
    await assert.rejects(inBackground(work, nobody), /broken/);
  });
});
