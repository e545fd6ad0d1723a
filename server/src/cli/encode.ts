import path from 'node:path';
import { isWholeModel } from '../features/diagnostics/model.ts';
import { nodeFileAccess } from '../node/file-access.ts';
import { writeModel } from '../node/write-model.ts';
import { encodeModel } from '../onnx/binary/writer.ts';
import { externalLocations } from '../onnx/model/external-data.ts';
import { type Command, UsageError } from './command.ts';
import { loadTextDocument, readTextDocument, standardInput } from './load-model.ts';
import { problemsOf, renderProblems } from './text-problems.ts';

export const encodeCommand: Command = {
  name: 'encode',
  summary: 'Write ONNX text as a binary model',
  forms: ['encode FILE.onnxtxt -o MODEL.onnx', 'encode - -o MODEL.onnx'],
  description: [
    'Writes the binary model that an ONNX text describes. References to weights are followed, and the data is put',
    'back where it was. The output may be the model that the text refers to: it is replaced as a whole, at the end.',
    '- stands for standard input, whose references are relative to the working folder.',
    'Exit code 1: the text has problems.',
  ].join('\n'),
  options: { output: { short: 'o', value: 'MODEL', help: 'The model to write.' } },
  positionals: { least: 1, most: 1, what: 'The text file' },
  run: async (given, terminal) => {
    const [name = ''] = given.positionals;
    if (name === standardInput && given.value('output') === undefined)
      throw new UsageError('Please say with -o where the model is to be written.');
    const output = path.resolve(
      given.value('output') ?? name.replace(/\.(?:onnxtxt|onnxtext|txt)$/i, '.onnx'),
    );
    const folder = path.dirname(path.resolve(name));
    if (output === path.resolve(name))
      throw new Error(`The output would replace ${name}. Please give another with -o.`);
    const document = name === standardInput ? await readTextDocument() : loadTextDocument(name);
    const problems = problemsOf(document);
    if (problems.length > 0) terminal.note(renderProblems(name, document, problems, terminal.noteStyle));
    if (!isWholeModel(document)) return 1;
    const { model } = document.model;
    await writeModel(output, encodeModel(model));
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
