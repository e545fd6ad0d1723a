import path from 'node:path';
import type { ConfigFile, ConfigProblem, ResolvedConfig } from '../../build-config/model.ts';
import { parseBuildConfig } from '../../build-config/parse.ts';
import { resolveBuildConfig } from '../../build-config/resolve/resolve.ts';
import { redactSecrets } from '../../build-config/trtexec/secrets.ts';
import { offsetAt, sourceText } from '../../features/source-text.ts';
import { readTextFile } from '../../node/read-text-file.ts';
import { excerpt } from '../report/excerpt.ts';
import { printable, type Style } from '../report/style.ts';

/** A build config with all that it extends. Throws an error for people where the file itself cannot be read. */
export function loadConfig(name: string): ResolvedConfig {
  const file = path.resolve(name);
  return resolveBuildConfig(parseBuildConfig(readTextFile(file), file), readTextFile);
}

export function hasErrors(problems: readonly ConfigProblem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

/** Problems as a compiler shows them, with lines of the texts that are given; files are named relative to the working folder. */
export function renderConfigProblems(
  files: readonly ConfigFile[],
  problems: readonly ConfigProblem[],
  style: Style,
): string {
  return problems
    .map(({ code, severity, message, origin }) => {
      const { file, range } = origin;
      const paint = severity === 'error' ? style.error : style.note;
      const place = `${printable(shownPath(file))}:${range.start.line + 1}:${range.start.character + 1}:`;
      const [sentence = '', ...others] = message.split('\n').map(printable);
      const more = others.map((line) => `\n${line}`).join('');
      const head = `${style.bold(place)} ${paint(`${severity}:`)} ${style.bold(sentence)} ${style.dim(`[${code}]`)}${more}`;
      const text = files.find((known) => known.file === file)?.text;
      if (text === undefined) return head;
      const source = sourceText(redactSecrets(text));
      const offsets = { start: offsetAt(source, range.start), end: offsetAt(source, range.end) };
      return `${head}\n${excerpt(source, offsets, { style, mark: '^', paint })}`;
    })
    .join('\n');
}

export function shownPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') || relative === '' ? file : relative;
}
