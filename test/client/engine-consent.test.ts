import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { consentQuestions } from '../../client/src/engine-consent-text.ts';

describe('what is asked before an engine is loaded', () => {
  test('nothing where what is installed loads it', () => {
    assert.deepEqual(consentQuestions('a.engine', { hostCode: false, plugins: [] }), []);
  });

  test('code inside the engine: what it is, and no way to go on without it', () => {
    const [question, ...others] = consentQuestions('a.engine', { hostCode: true, plugins: [] });
    assert.deepEqual(others, []);
    assert.equal(question?.message, 'Run the code inside a.engine?');
    assert.match(question.detail, /a program that runs on your CPU with all your rights/);
    assert.equal(question.decline, undefined);
  });

  test('plugins by name, and each question by itself', () => {
    const questions = consentQuestions('a.engine', { hostCode: true, plugins: ['/x/own.so', '/x/two.so'] });
    assert.deepEqual(
      questions.map(({ about }) => about),
      ['hostCode', 'plugins'],
    );
    assert.match(questions[1]?.detail ?? '', /\/x\/own\.so, \/x\/two\.so/);
    assert.equal(questions[1]?.decline, 'Load Without Them');
  });
});
