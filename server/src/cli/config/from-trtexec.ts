import { text as textOf } from 'node:stream/consumers';
import { configText, fromTrtexec, type TrtexecArgument } from '../../build-config/trtexec/from-trtexec.ts';
import { findTrtexecLines, trtexecLineOf } from '../../build-config/trtexec/lines.ts';
import { readTextFile } from '../../node/read-text-file.ts';
import { type Arguments, type ExitCode, UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';

/** `onnx-trt config from-trtexec -- ARGS…`, or `--file` for a script or a log. The config goes to standard output. */
export async function configFromTrtexec(
  args: readonly string[],
  given: Arguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const file = given.value('file');
  if (file !== undefined && args.length > 0)
    throw new UsageError('Give either --file or arguments, not both.');
  const words: readonly TrtexecArgument[] =
    file === undefined
      ? withoutProgram(args).map((text) => ({ text }))
      : lineIn(file === '-' ? await textOf(process.stdin) : readTextFile(file), file, given, terminal);
  if (words.length === 0)
    throw new UsageError('The arguments of trtexec are missing: -- --onnx=model.onnx …');
  const converted = fromTrtexec(words, { keepSecrets: given.flag('secrets') });
  for (const { severity, message } of converted.problems) {
    terminal.note(`${severity === 'information' ? 'note' : severity}: ${message}`);
  }
  terminal.print(configText(converted));
  return 0;
}

function lineIn(
  text: string,
  file: string,
  given: Arguments,
  terminal: Terminal,
): readonly TrtexecArgument[] {
  const found = findTrtexecLines(text);
  // A log has its own line several times.
  const lines = found.filter(
    ({ words }, index) =>
      found.findIndex((other) => textOfWords(other.words) === textOfWords(words)) === index,
  );
  const only = trtexecLineOf(text);
  const all = lines.length > 0 ? lines : only ? [only] : [];
  const number = Number(given.value('number') ?? '1');
  const line = all[number - 1];
  if (!line) {
    throw new Error(
      all.length === 0
        ? `${file} has no command line of trtexec.`
        : `${file} has ${all.length} command line${all.length === 1 ? '' : 's'} of trtexec; --number takes 1 to ${all.length}.`,
    );
  }
  if (all.length > 1 && given.value('number') === undefined) {
    terminal.note(
      `note: ${file} has ${all.length} command lines of trtexec; this is the first. --number chooses another.`,
    );
  }
  return line.words;
}

function textOfWords(words: readonly TrtexecArgument[]): string {
  return words.map(({ text }) => text).join('\0');
}

function withoutProgram(args: readonly string[]): readonly string[] {
  return /(^|[\\/])(trtexec|tensorrt_rtx)(\.exe)?$/.test(args[0] ?? '') ? args.slice(1) : args;
}
