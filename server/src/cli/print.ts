import path from 'node:path';
import { nodeFileAccess } from '../node/file-access.ts';
import { type LoadedModel, loadModel, longestText, openFiles } from '../node/load-model.ts';
import { writeModel } from '../node/write-model.ts';
import { type ProtoTextFormat, protoText, writeProtoText } from '../node/write-proto-text.ts';
import { encodeModelOfAnySize } from '../onnx/binary/writer.ts';
import { externalLocations } from '../onnx/model/external-data.ts';
import { writeOnnxText } from '../onnx/text/printer/print.ts';
import type { Command, ExitCode } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Characters that are gathered before they are written. */
const chunkLength = 1 << 16;

export const printCommand: Command = {
  name: 'print',
  summary: 'Print a model as ONNX text',
  forms: [
    'print MODEL [-o FILE.onnxtxt] [--weights inline|check]',
    'print MODEL --format textproto|json [-o FILE.textproto|FILE.json]',
  ],
  description: [
    'Prints a model in the syntax of ONNX text. Big tensors are shown as references to the model file, with a path relative',
    'to the output; `onnx-trt encode` follows them and gives an equal model back.',
    '',
    'textproto and json are protobuf’s own text forms, as google.protobuf’s text_format and json_format read them, with',
    'all weights by value.',
  ].join('\n'),
  options: {
    output: { short: 'o', value: 'FILE', help: 'Write to a file instead of standard output.' },
    format: {
      value: 'FORMAT',
      choices: ['text', 'textproto', 'json'],
      help: 'text (default), textproto or json.',
    },
    weights: {
      value: 'HOW',
      choices: ['reference', 'inline', 'check'],
      help: 'reference (default): refer to the values of big tensors. inline: show all. check: a fingerprint, for diffs.',
    },
  },
  positionals: { least: 1, most: 1, what: 'The model' },
  run: async (given, terminal) => {
    const [name = ''] = given.positionals;
    const loaded = loadModel(name);
    const { model, path: modelPath } = loaded;
    const output = given.value('output');
    const format = given.value('format');
    if (format === 'textproto' || format === 'json')
      return await printProtoText(loaded, format, output, terminal);
    const folder = output === undefined ? process.cwd() : path.dirname(path.resolve(output));
    const files = openFiles();
    const chunks = chunked((chunk) => {
      if (output === undefined) terminal.print(chunk);
      else written.push(Buffer.from(chunk));
    });
    const written: Buffer[] = [];
    let length = 0;
    const write = (piece: string) => {
      length += piece.length;
      // What could not be read again is not kept in memory until it is written.
      if (output !== undefined && length > longestText) throw new Error(tooLong(output));
      chunks.write(piece);
    };
    try {
      const location = (file: string) => path.relative(folder, file).replaceAll(path.sep, '/');
      const weights = weightsOf(given.value('weights'));
      writeOnnxText(model, { location, readBytes: files.read, weights }, write);
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

function tooLong(output: string): string {
  return `${output} was not written: the text would be longer than 512 MiB, and no longer one can be read again. Without --weights inline it refers to big weights; --format textproto and json have all weights.`;
}

function weightsOf(choice: string | undefined): 'elide' | 'inline' | 'check' {
  return choice === 'inline' || choice === 'check' ? choice : 'elide';
}

/** Of a binary model, its very bytes are what is printed. */
async function printProtoText(
  { model, path: file, isText }: LoadedModel,
  format: ProtoTextFormat,
  output: string | undefined,
  terminal: Terminal,
): Promise<ExitCode> {
  const whole = { path: file, offset: 0, length: nodeFileAccess.size(file) ?? 0 };
  const chunks = isText ? encodeModelOfAnySize(model) : [whole];
  let lost: string | undefined;
  if (output === undefined) {
    const text = protoText(format, chunks, nodeFileAccess);
    for (const piece of text.pieces) terminal.print(piece);
    lost = text.lost();
  } else lost = await writeProtoText(path.resolve(output), format, chunks, nodeFileAccess);
  if (lost !== undefined) terminal.note(`note: ${lost}`);
  return 0;
}

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
