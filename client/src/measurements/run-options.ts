/** Asks what a user may set for a profile: a list that shows what is in force, and runs when it is left as it is. */
import * as vscode from 'vscode';
import type { RunOptions } from '../../../server/src/measure-protocol.ts';
import {
  answerText,
  type RunOptionQuestion,
  runOptionQuestions,
  withAnswer,
} from './run-option-questions.ts';

/** Undefined where the user calls it off. `hasConfig`: what is left open is a config's. */
export async function askRunOptions(hasConfig: boolean): Promise<RunOptions | undefined> {
  let options: RunOptions = {};
  const usualText = ({ usual }: RunOptionQuestion) =>
    hasConfig ? `as the config says, else ${usual}` : usual;
  for (;;) {
    const run = { label: '$(play) Run', description: '', question: undefined };
    const picked = await vscode.window.showQuickPick(
      [
        run,
        ...runOptionQuestions.map((question) => ({
          label: question.label,
          description: answerText(options, question.key) ?? usualText(question),
          question,
        })),
      ],
      { title: 'Profile Engine', placeHolder: 'Run, or set something first' },
    );
    if (picked === undefined) return undefined;
    const { question } = picked;
    if (question === undefined) return options;
    const text = await ask(question, answerText(options, question.key) ?? '', usualText(question));
    if (text !== undefined) options = withAnswer(options, question, text);
  }
}

/** Empty for what holds anyway; undefined where the user goes back. */
async function ask(
  { label, prompt, choices, read }: RunOptionQuestion,
  value: string,
  usual: string,
): Promise<string | undefined> {
  const title = `Profile Engine: ${label}`;
  if (choices) {
    const items = [
      ...choices.map((text) => ({ label: text, text, description: text === value ? 'set' : '' })),
      { label: 'leave open', text: '', description: usual },
    ];
    return (await vscode.window.showQuickPick(items, { title, placeHolder: prompt }))?.text;
  }
  return await vscode.window.showInputBox({
    title,
    prompt: `${prompt}. Empty: ${usual}.`,
    value,
    validateInput: (text) => {
      const answer = text.trim() === '' ? {} : read(text.trim());
      return 'problem' in answer ? answer.problem : undefined;
    },
  });
}
