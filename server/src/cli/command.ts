import { type ParseArgsConfig, parseArgs } from 'node:util';
import { wrap } from './report/style.ts';
import type { Terminal } from './terminal.ts';

/** 0: supported, or done. 1: errors found. 2: could not check, or could not do. 130: interrupted from the keyboard. */
export type ExitCode = 0 | 1 | 2 | 130;

export interface Option {
  readonly short?: string;
  /** What its value is called in help; an option without one is a switch. */
  readonly value?: string;
  readonly multiple?: boolean;
  /** All allowed values, the default first. */
  readonly choices?: readonly string[];
  readonly help: string;
}

export interface Arguments {
  readonly positionals: readonly string[];
  flag(name: string): boolean;
  /** The last value given, or the first of the choices. */
  value(name: string): string | undefined;
  values(name: string): readonly string[];
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What stands behind the command's name, one line per form. */
  readonly forms: readonly string[];
  readonly description: string;
  readonly options: Readonly<Record<string, Option>>;
  /** How many arguments it takes that are no options. */
  readonly positionals: { readonly least: number; readonly most: number; readonly what: string };
  run(given: Arguments, terminal: Terminal): Promise<ExitCode>;
}

/** The command line is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads a command's arguments. Throws a UsageError. */
export function readArguments(command: Command, args: readonly string[]): Arguments {
  const config: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const [name, { short, value, multiple }] of Object.entries(command.options)) {
    config[name] = {
      type: value === undefined ? 'boolean' : 'string',
      ...(short !== undefined && { short }),
      ...(multiple === true && { multiple }),
    };
  }
  const { values, positionals } = parse(args, config);
  for (const [name, { choices }] of Object.entries(command.options)) {
    for (const given of [values[name] ?? []].flat()) {
      if (choices && typeof given === 'string' && !choices.includes(given)) {
        throw new UsageError(`--${name} takes ${choices.join(', ')}, not ${given}.`);
      }
    }
  }
  const { least, most, what } = command.positionals;
  const [surplus] = positionals.slice(most);
  if (values['help'] !== true && positionals.length < least) throw new UsageError(`${what} is missing.`);
  if (surplus !== undefined) throw new UsageError(`There is no place for the argument ${surplus}.`);
  const texts = (name: string) => [values[name] ?? []].flat().filter((value) => typeof value === 'string');
  return {
    positionals,
    flag: (name) => values[name] === true,
    value: (name) => texts(name).at(-1) ?? command.options[name]?.choices?.[0],
    values: texts,
  };
}

function parse(args: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const unknown = /^Unknown option '(.*?)'/.exec(words)?.[1];
    if (unknown === undefined) throw new UsageError(words);
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new UsageError(`There is no option ${unknown}. There are ${known.join(', ')}.`);
  }
}

/** Columns of help. */
const helpWidth = 120;

/** `onnx-trt check --help`. */
export function commandHelp(command: Command): string {
  const lines = command.forms.map((form, index) => `${index === 0 ? 'Usage: ' : '       '}onnx-trt ${form}`);
  const rows = Object.entries({
    ...command.options,
    help: { short: 'h', help: 'Show this.' } as Option,
  }).map(([name, option]): [string, string] => {
    const short = option.short === undefined ? '    ' : `-${option.short}, `;
    return [`${short}--${name}${option.value === undefined ? '' : ` ${option.value}`}`, option.help];
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  const options = rows.flatMap(([left, help]) => {
    const indent = width + '    '.length;
    return wrap(help, helpWidth - indent).map((line, index) =>
      index === 0 ? `  ${left.padEnd(width)}  ${line}` : `${' '.repeat(indent)}${line}`,
    );
  });
  return `${[...lines, '', command.description, '', 'Options:', ...options].join('\n')}\n`;
}
