/** What a user may set for a profile: a list that shows what is in force, and runs when it is left as it is. */
import * as vscode from 'vscode';
import type { RunOptions } from '../../../server/src/measure-protocol.ts';

type Key = keyof RunOptions;

interface Asked {
  readonly key: Key;
  readonly label: string;
  readonly usual: string;
  readonly prompt: string;
  /** The value, or why it is none. */
  readonly read: (text: string) => Pick<RunOptions, Key> | string;
}

const numberOf =
  (key: 'iterations' | 'duration' | 'streams', least: number, whole: boolean) =>
  (text: string): RunOptions | string => {
    const value = Number(text);
    return text.trim() !== '' && value >= least && (!whole || Number.isInteger(value))
      ? { [key]: value }
      : `${whole ? 'A whole number' : 'A number'}, at least ${least}.`;
  };

const yesOrNo =
  (key: 'cudaGraph' | 'transfers') =>
  (text: string): RunOptions | string =>
    /^(yes|no)$/i.test(text.trim()) ? { [key]: /^yes$/i.test(text.trim()) } : 'yes or no';

const asked: readonly Asked[] = [
  {
    key: 'shapes',
    label: 'Shapes',
    usual: 'opt of the profile',
    prompt: 'Shapes of inputs: x:8x3x224x224,ids:8',
    read: (text) =>
      /^\s*\S+:[\dx]+(,\S+:[\dx]+)*\s*$/.test(text) ? { shapes: text.trim() } : 'x:8x3x224x224',
  },
  {
    key: 'loadInputs',
    label: 'Values of inputs',
    usual: 'random',
    prompt: 'Absolute paths of .npy or raw files: x:/data/x.npy',
    read: (text) => (/^\s*[^\s:]+:\S/.test(text) ? { loadInputs: text.trim() } : 'x:/data/x.npy'),
  },
  {
    key: 'iterations',
    label: 'Inferences, at least',
    usual: '10',
    prompt: 'At least so many inferences',
    read: numberOf('iterations', 1, true),
  },
  {
    key: 'duration',
    label: 'Seconds, at least',
    usual: '3',
    prompt: 'At least so many seconds',
    read: numberOf('duration', 0, false),
  },
  {
    key: 'streams',
    label: 'Streams',
    usual: '1',
    prompt: 'Execution contexts that run side by side',
    read: numberOf('streams', 1, true),
  },
  {
    key: 'cudaGraph',
    label: 'CUDA graph',
    usual: 'as trtexec: from TensorRT 11 on',
    prompt: 'Run as a CUDA graph: yes or no',
    read: yesOrNo('cudaGraph'),
  },
  {
    key: 'transfers',
    label: 'Copies to and from the GPU',
    usual: 'as trtexec: until TensorRT 10',
    prompt: 'Measure the copies, too: yes or no',
    read: yesOrNo('transfers'),
  },
];

/** Undefined where the user calls it off. */
export async function askRunOptions(): Promise<RunOptions | undefined> {
  let options: RunOptions = {};
  for (;;) {
    const run = { label: '$(play) Run', description: '', entry: undefined };
    const picked = await vscode.window.showQuickPick(
      [
        run,
        ...asked.map((entry) => ({
          label: entry.label,
          description: String(options[entry.key] ?? entry.usual),
          entry,
        })),
      ],
      { title: 'Profile Engine', placeHolder: 'Run, or set something first' },
    );
    if (picked === undefined) return undefined;
    if (picked.entry === undefined) return options;
    const { entry } = picked;
    const text = await vscode.window.showInputBox({
      title: `Profile Engine: ${entry.label}`,
      prompt: `${entry.prompt}. Empty: ${entry.usual}.`,
      value: options[entry.key] === undefined ? '' : String(options[entry.key]),
      validateInput: (value) => {
        const read = value.trim() === '' ? undefined : entry.read(value);
        return typeof read === 'string' ? read : undefined;
      },
    });
    if (text === undefined) continue;
    const { [entry.key]: _, ...others } = options;
    const read = text.trim() === '' ? {} : entry.read(text);
    options = typeof read === 'string' ? options : { ...others, ...read };
  }
}
