/** The table of commands. What they promise to scripts is in docs/command-line.md. */
import { buildCommand } from './build.ts';
import { checkCommand } from './check.ts';
import { type Command, commandHelp, type ExitCode, readArguments, UsageError } from './command.ts';
import { configCommand } from './config.ts';
import { contextMemoryCommand } from './context-memory.ts';
import { debugCommand } from './debug.ts';
import { encodeCommand } from './encode.ts';
import { errorText } from './error-text.ts';
import { inspectCommand } from './inspect.ts';
import { lspCommand } from './lsp.ts';
import { printCommand } from './print.ts';
import { profileCommand } from './profile.ts';
import { refitCommand } from './refit.ts';
import { runtimesCommand } from './runtimes.ts';
import { shapesCommand } from './shapes.ts';
import { snippetCommand } from './snippet.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';
import { weightStreamingCommand } from './weight-streaming.ts';

const commands: readonly Command[] = [
  checkCommand,
  shapesCommand,
  printCommand,
  encodeCommand,
  configCommand,
  buildCommand,
  inspectCommand,
  refitCommand,
  profileCommand,
  weightStreamingCommand,
  contextMemoryCommand,
  snippetCommand,
  debugCommand,
  runtimesCommand,
  lspCommand,
];

/** Runs one command line, without the program's own name. Problems become sentences on standard error. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = commands.find((command) => command.name === rest[0]);
    terminal.print(asked ? commandHelp(asked) : overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-V') {
    terminal.print(`${version}\n`);
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) {
    terminal.note(
      `There is no command ${name}. There are ${commands.map((known) => known.name).join(', ')}.`,
    );
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.print(commandHelp(command));
    return 0;
  }
  try {
    return await command.run(readArguments(command, rest), terminal);
  } catch (error) {
    terminal.note(errorText(error, terminal.noteStyle));
    if (error instanceof UsageError) terminal.note(`See onnx-trt ${command.name} --help.`);
    return 2;
  } finally {
    terminal.progress('');
  }
}

function overview(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const list = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return `${[
    'Usage: onnx-trt COMMAND …',
    '',
    'Reads ONNX models, has them judged by the real TensorRT ONNX parser, builds their engines, and tells what these do.',
    '',
    'Commands:',
    ...list,
    '',
    'onnx-trt COMMAND --help tells more. --version shows the version.',
  ].join('\n')}\n`;
}
