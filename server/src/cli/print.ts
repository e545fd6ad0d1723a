import path from 'node:path';
import { writeModel } from '../node/write-model.ts';
import { externalLocations } from '../onnx/model/external-data.ts';
import { writeOnnxText } from '../onnx/text/printer/print.ts';
import type { Command } from './command.ts';
import { loadModel, openFiles } from './load-model.ts';

/** Characters that are gathered before they are written. */
const chunkLength = 1 << 16;

export const printCommand: Command = {
  name: 'print',
  summary: 'Print a model as ONNX text',
  forms: ['print MODEL [-o FILE.onnxtxt] [--weights inline]'],
  description: [
    'Prints a model in the syntax of ONNX text. Big tensors are shown as references to the model file, with',
    'a path relative to the output; `onnx-trt encode` follows them and gives an equal model back.',
  ].join('\n'),
  options: {
    output: { short: 'o', value: 'FILE', help: 'Write to a file instead of standard output.' },
    weights: {
      value: 'HOW',
      choices: ['reference', 'inline'],
      help: 'inline: show all values of all tensors. reference (default): refer to those of big ones.',
    },
  },
  positionals: { least: 1, most: 1, what: 'The model' },
  run: async (given, terminal) => {
    const [name = ''] = given.positionals;
    const { model, path: modelPath } = loadModel(name);
    const output = given.value('output');
    const folder = output === undefined ? process.cwd() : path.dirname(path.resolve(output));
    const files = openFiles();
    const chunks = chunked((chunk) => {
      if (output === undefined) terminal.print(chunk);
      else written.push(Buffer.from(chunk));
    });
    const written: Buffer[] = [];
    try {
      const location = (file: string) => path.relative(folder, file).replaceAll(path.sep, '/');
      const weights = given.value('weights') === 'inline' ? 'inline' : 'elide';
      writeOnnxText(model, { location, readBytes: files.read, weights }, chunks.write);
    } finally {
      files.close();
    }
    chunks.end();
    if (output !== undefined) await writeModel(path.resolve(output), written);
    const [external] = externalLocations(model);
    if (external !== undefined && output !== undefined && folder !== path.dirname(modelPath)) {
      terminal.note(
        `note: the text refers to external data (${external}) relative to its folder, as the model does. Keep it beside ${name}, or the data beside the text.`,
      );
    }
    return 0;
  },
};

function chunked(flush: (chunk: string) => void): { write(piece: string): void; end(): void } {
  let pieces: string[] = [];
  let length = 0;
  const end = () => {
    if (length > 0) flush(pieces.join(''));
    pieces = [];
    length = 0;
  };
  const write = (piece: string) => {
    pieces.push(piece);
    length += piece.length;
    if (length >= chunkLength) end();
  };
  return { write, end };
}
