import path from 'node:path';
import { isWholeModel } from '../features/diagnostics/model.ts';
import { nodeFileAccess } from '../node/file-access.ts';
import { loadModel, loadTextDocument } from '../node/load-model.ts';
import { isModelFile, ModelTooLargeError, saveModelFile } from '../node/save-model-file.ts';
import { problemsOf } from '../node/text-problems.ts';
import { withExternalDataInside } from '../onnx/binary/embed-external-data.ts';
import { externalBytes } from '../onnx/binary/external-data.ts';
import { externalLocations, tensorsOf } from '../onnx/model/external-data.ts';
import type { Model } from '../onnx/model/model.ts';
import { rangesIn } from '../onnx/model/move-to-external-data.ts';
import { type Arguments, type Command, UsageError } from './command.ts';
import { readTextDocument, standardInput } from './standard-input.ts';
import { renderProblems } from './text-problems.ts';

export const encodeCommand: Command = {
  name: 'encode',
  summary: 'Write ONNX text as a binary model',
  forms: [
    'encode FILE.onnxtxt [-o MODEL.onnx] [--external-data FILE [--external-threshold BYTES]]',
    'encode FILE.onnxtxt [-o MODEL.onnx] --embed-external-data',
    'encode - -o MODEL.onnx',
  ],
  description: [
    'Writes the binary model that an ONNX text describes. References to weights are followed, and the data is put back',
    'where it was; what the text leaves alone is as it was in that model, byte by byte. The output may be the model that',
    'the text refers to: it is replaced as a whole, at the end. - stands for standard input, whose references are relative',
    'to the working folder.',
    '',
    'Exit code 0: written. 1: the text has problems. 2: it could not be read or written.',
  ].join('\n'),
  options: {
    output: { short: 'o', value: 'MODEL', help: 'The model to write; FILE.onnx beside the text otherwise.' },
    'external-data': {
      value: 'FILE',
      help: 'Move big initializers to this file, in the model’s folder or below. Needed beyond 2 GiB.',
    },
    'external-threshold': {
      value: 'BYTES',
      help: 'With --external-data: tensors of fewer bytes stay in the model (default: 1024).',
    },
    'embed-external-data': { help: 'Bring external data into the model.' },
  },
  positionals: { least: 1, most: 1, what: 'The text file' },
  run: async (given, terminal) => {
    const [name = ''] = given.positionals;
    if (name === standardInput && given.value('output') === undefined)
      throw new UsageError('Please say with -o where the model is to be written.');
    const output = path.resolve(
      given.value('output') ?? name.replace(/\.(?:onnxtxt|onnxtext|txt)$/i, '.onnx'),
    );
    const folder = path.dirname(path.resolve(name));
    if (/\.(?:textproto|pbtxt|prototxt|json)$/i.test(name)) {
      throw new UsageError(
        `${name} is in one of protobuf's text forms, which onnx-trt writes and does not read. The onnx package reads them: onnx.load("${name}").`,
      );
    }
    if (output === path.resolve(name))
      throw new Error(`The output would replace ${name}. Please give another with -o.`);
    const document = name === standardInput ? await readTextDocument() : loadTextDocument(name);
    const problems = problemsOf(document);
    if (problems.length > 0) terminal.note(renderProblems(name, document, problems, terminal.noteStyle));
    if (!isWholeModel(document)) return 1;
    const { model: written } = document.model;
    const isEmbedded = given.flag('embed-external-data');
    if (isEmbedded && given.value('external-data') !== undefined) {
      throw new UsageError(
        '--embed-external-data and --external-data are opposites. Please give one of them.',
      );
    }
    const model = isEmbedded
      ? withExternalDataInside(written, externalBytes(nodeFileAccess, folder))
      : written;
    const from = originalOf(written);
    const externalData = externalDataOf(given);
    try {
      const places = await saveModelFile({
        target: output,
        model,
        original:
          from === undefined ? undefined : { path: from, model: loadModel(from).document().model.model },
        files: nodeFileAccess,
        ...(externalData && { externalData }),
      });
      if (externalData && places.length === 0) {
        terminal.note(
          `note: ${externalData.path} was not written: no initializer of the main graph has ${externalData.threshold} bytes or more in raw_data, float_data or double_data. Values of Constant nodes stay in the model.`,
        );
      }
    } catch (error) {
      if (!(error instanceof ModelTooLargeError)) throw error;
      throw new Error(`${error.message} Name one with --external-data ${path.basename(output)}.data`, {
        cause: error,
      });
    }
    for (const location of externalLocations(model)) {
      if (nodeFileAccess.size(path.resolve(path.dirname(output), location)) !== undefined) continue;
      const beside = path.dirname(output);
      const from = beside === folder ? '' : ` Copy it there from ${folder}.`;
      terminal.note(
        `note: the model refers to external data in ${location}, which is not in ${beside}.${from}`,
      );
    }
    return 0;
  },
};

/** The one model that the text refers to: what the text leaves alone is taken from it. */
function originalOf(model: Model): string | undefined {
  const [first, ...others] = new Set(rangesIn(tensorsOf(model)).map(({ range }) => range.path));
  return first !== undefined && others.length === 0 && isModelFile(nodeFileAccess, first) ? first : undefined;
}

function externalDataOf(given: Arguments): { path: string; threshold: number } | undefined {
  const file = given.value('external-data');
  const bytes = given.value('external-threshold');
  if (file === undefined) {
    if (bytes !== undefined) throw new UsageError('--external-threshold needs --external-data.');
    return undefined;
  }
  const threshold = bytes === undefined ? 1024 : Number(bytes);
  if (!Number.isSafeInteger(threshold) || threshold < 0) {
    throw new UsageError(`--external-threshold takes a number of bytes, not ${bytes}.`);
  }
  return { path: path.resolve(file), threshold };
}
