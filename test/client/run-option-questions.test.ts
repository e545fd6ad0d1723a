import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  answerText,
  runOptionQuestions,
  withAnswer,
} from '../../client/src/measurements/run-option-questions.ts';
import type { RunOptions } from '../../server/src/measure-protocol.ts';

function question(key: keyof RunOptions) {
  return runOptionQuestions.find((entry) => entry.key === key) ?? assert.fail(`nobody asks for ${key}`);
}

/** What a text is taken for: the option's value, or undefined where the user is told that it is none. */
function read(key: keyof RunOptions, text: string) {
  const answer = question(key).read(text);
  if (!('problem' in answer)) return answer[key];
  assert.match(answer.problem, /\.$/);
  return undefined;
}

describe('options of a profile in the editor', () => {
  test('each is asked for, and shown as it was written', () => {
    const answers: Required<RunOptions> = {
      shapes: 'x:8x3x224x224,ids:8',
      loadInputs: "x:x.npy,'a:0':C:/some files/a.npy",
      profile: 1,
      iterations: 100,
      duration: 0.5,
      streams: 2,
      weightStreamingBudget: '50%',
      cudaGraph: false,
      transfers: true,
    };
    let options: RunOptions = {};
    for (const entry of runOptionQuestions) {
      options = withAnswer(options, entry, answerText(answers, entry.key) ?? '');
    }
    assert.deepEqual(options, answers);
    assert.equal(answerText(options, 'cudaGraph'), 'no');
  });

  test('an answer that is emptied is open again', () => {
    assert.deepEqual(withAnswer({ streams: 2, profile: 1 }, question('profile'), ' '), { streams: 2 });
  });

  test('names of inputs are trtexec’s: with spaces, and in quotes where they have a colon', () => {
    assert.equal(read('shapes', "my input:1x2,'x:0':3"), "my input:1x2,'x:0':3");
    assert.equal(read('shapes', 'scale:'), 'scale:', 'a scalar has no sizes');
    assert.equal(read('loadInputs', 'my input:/data/my file.npy'), 'my input:/data/my file.npy');
  });

  test('what cannot be meant is refused before anything is loaded', () => {
    assert.equal(read('shapes', 'x=1'), undefined);
    assert.equal(read('shapes', 'x:1,x:2'), undefined);
    assert.equal(read('shapes', ':1x2'), undefined);
    assert.equal(read('loadInputs', 'x.npy'), undefined);
    assert.equal(read('profile', '-1'), undefined);
    assert.equal(read('profile', '0.5'), undefined);
    assert.equal(read('duration', '1e999'), undefined);
    assert.equal(read('weightStreamingBudget', '120%'), undefined);
    assert.equal(read('weightStreamingBudget', '5 apples'), undefined);
    assert.equal(read('cudaGraph', 'perhaps'), undefined);
  });

  test('budgets are those of a config', () => {
    for (const text of ['0', '512MiB', '2 GiB', '12.5%', 'automatic', 'off']) {
      assert.equal(read('weightStreamingBudget', text), text);
    }
  });
});
