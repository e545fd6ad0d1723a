/** What a user may set for a profile, as text; what is left open is the config's, else trtexec's. */
import { dimsFrom } from '../../../server/src/build-config/trtexec/from-values.ts';
import { splitEntries } from '../../../server/src/build-config/trtexec/spec.ts';
import { budgetFrom } from '../../../server/src/build-config/values/scalars.ts';
import type { RunOptions } from '../../../server/src/measure-protocol.ts';

type Key = keyof RunOptions;

export interface RunOptionQuestion {
  readonly key: Key;
  readonly label: string;
  /** What holds where neither the user nor a config says anything. */
  readonly usual: string;
  readonly prompt: string;
  /** All answers there are, where they can be listed. */
  readonly choices?: readonly string[];
  /** The value of a trimmed text that is not empty, or why it is none. */
  readonly read: (text: string) => RunOptions | { readonly problem: string };
}

export const runOptionQuestions: readonly RunOptionQuestion[] = [
  {
    key: 'shapes',
    label: 'Shapes',
    usual: 'opt of the profile',
    prompt: 'Shapes of inputs: x:8x3x224x224,ids:8',
    read: (text) =>
      splitEntries(text)?.every(([name, sizes]) => name !== '' && dimsFrom(sizes))
        ? { shapes: text }
        : { problem: 'Names and sizes, like x:8x3x224x224,ids:8.' },
  },
  {
    key: 'loadInputs',
    label: 'Values of Inputs',
    usual: 'random',
    prompt: 'Files, .npy or raw, from the folder of the engine or config: x:x.npy,ids:/data/ids.npy',
    read: (text) =>
      splitEntries(text)?.every(([name, file]) => name !== '' && file !== '')
        ? { loadInputs: text }
        : { problem: "Names and files, like x:x.npy. A path with a colon wants quotes: 'x':C:\\x.npy." },
  },
  {
    key: 'profile',
    label: 'Optimization Profile',
    usual: '0',
    prompt: 'Index of the optimization profile',
    read: numberAs('profile', 0, true),
  },
  {
    key: 'iterations',
    label: 'Inferences, at Least',
    usual: '10',
    prompt: 'At least so many inferences',
    read: numberAs('iterations', 1, true),
  },
  {
    key: 'duration',
    label: 'Seconds, at Least',
    usual: '3',
    prompt: 'At least so many seconds',
    read: numberAs('duration', 0, false),
  },
  {
    key: 'streams',
    label: 'Streams',
    usual: '1',
    prompt: 'Execution contexts that run side by side',
    read: numberAs('streams', 1, true),
  },
  {
    key: 'weightStreamingBudget',
    label: 'Weight Streaming Budget',
    usual: 'off: all weights on the GPU',
    prompt: 'Streamable weights on the GPU: a size (512MiB), a part (50%), automatic or off',
    read: (text) =>
      budgetFrom(text) ? { weightStreamingBudget: text } : { problem: '512MiB, 50%, automatic or off.' },
  },
  {
    key: 'cudaGraph',
    label: 'CUDA Graph',
    usual: 'as trtexec: from TensorRT 11 on',
    prompt: 'Run as a CUDA graph?',
    ...yesOrNo('cudaGraph'),
  },
  {
    key: 'transfers',
    label: 'Copies to and from the GPU',
    usual: 'as trtexec: until TensorRT 10',
    prompt: 'Measure the copies, too?',
    ...yesOrNo('transfers'),
  },
];

/** As the user wrote it; undefined where it is left open. */
export function answerText(options: RunOptions, key: Key): string | undefined {
  const value = options[key];
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : value?.toString();
}

/** With an answer instead of the one before; without any where `text` is empty, or cannot be read. */
export function withAnswer(options: RunOptions, { key, read }: RunOptionQuestion, text: string): RunOptions {
  const { [key]: _, ...others } = options;
  const answer = text.trim() === '' ? {} : read(text.trim());
  return 'problem' in answer ? others : { ...others, ...answer };
}

function numberAs(
  key: 'profile' | 'iterations' | 'duration' | 'streams',
  least: number,
  isWhole: boolean,
): RunOptionQuestion['read'] {
  return (text) => {
    const value = Number(text);
    const answer: RunOptions = { [key]: value };
    return Number.isFinite(value) && value >= least && (!isWhole || Number.isInteger(value))
      ? answer
      : { problem: `${isWhole ? 'A whole number' : 'A number'}, at least ${least}.` };
  };
}

function yesOrNo(key: 'cudaGraph' | 'transfers'): Pick<RunOptionQuestion, 'choices' | 'read'> {
  return {
    choices: ['yes', 'no'],
    read: (text) => {
      const answer: RunOptions = { [key]: text === 'yes' };
      return /^(yes|no)$/.test(text) ? answer : { problem: 'yes or no.' };
    },
  };
}
