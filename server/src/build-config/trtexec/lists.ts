/**
 * trtexec's arguments as a list of strings: in Dockerfiles, JSON and Python (`["trtexec", "--onnx=a.onnx"]`), and in YAML, as
 * Kubernetes and Docker Compose have them, between brackets or with dashes, with the program's name or without.
 */
import type { TrtexecLine } from './lines.ts';
import type { Word } from './words.ts';

const quoted = String.raw`([fFrRbBuU]{0,2})(?:"((?:\\.|[^"\\\n])*)"|'((?:\\.|''|[^'\\\n])*)')`;
/** Without quotes; YAML has it end at a comma, a bracket or a comment. */
const plainFlag = String.raw`(-(?:[^,\]\s#]|[ \t]+(?=[^,\]\s#])|(?<=\S)#)*)`;
const plainWord = plainFlag.replace('(-', String.raw`([^\s,\]"'#]`);

/** The items behind the program's name, which a comma follows. Words without quotes are items where the name has none. */
export function lineOfList(text: string, start: number, from: number): TrtexecLine {
  const isQuoted = /["']/.test(text[from - 1] ?? '');
  return lineOfItems(
    text,
    bracketStart(text, start),
    from,
    new RegExp(`\\s*,\\s*(?:${quoted}|${isQuoted ? plainFlag : plainWord})`, 'y'),
  );
}

/** The items that follow one with the program's name: `- trtexec`; undefined where that is no item. */
export function lineOfDashes(text: string, start: number, from: number): TrtexecLine | undefined {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const dash = /^([ \t]*)-[ \t]+$/.exec(text.slice(lineStart, start));
  const next = nextLine.exec(text.slice(from, from + 4096));
  if (!dash || !next) return undefined;
  const line = lineOfItems(text, keyStart(text, lineStart), from, dashItem(dash[1] ?? ''));
  return line.words.length > 0 ? line : undefined;
}

/** Nothing but a comment up to the line's end. */
const nextLine = /^[ \t]*(?:#[^\n]*)?\r?\n/;

function dashItem(indent: string): RegExp {
  return new RegExp(
    String.raw`(?:(?<![^])|(?:[ \t]*(?:#[^\n]*)?\r?\n)+)${indent}-[ \t]+(?:${quoted}|([^\s"'#](?:[^\s#]|[ \t]+(?=[^\s#])|(?<=\S)#)*))(?=[ \t]*(?:#|\r?\n|$)|[ \t]+#)`,
    'y',
  );
}

/** Lists that begin with a flag and name a model or an engine, as trtexec’s do: the program is named elsewhere. */
export function listsWithoutProgram(text: string): TrtexecLine[] {
  const found: TrtexecLine[] = [];
  let searched = 0;
  for (const { index, 0: match, 1: indent } of text.matchAll(listStart)) {
    if (index < searched) continue;
    // As if the program stood before the first item.
    const line =
      indent === undefined
        ? lineOfItems(
            text,
            bracketStart(text, index),
            index + match.length,
            new RegExp(`(?:(?<=\\[)|\\s*,)\\s*(?:${quoted}|${plainFlag})`, 'y'),
          )
        : lineOfItems(text, keyStart(text, index), Math.max(0, index - 1), dashItem(indent));
    searched = Math.max(line.end, index + match.length);
    if (isOfTrtexec(line.words) && !isOfConfig(text, index)) found.push(line);
  }
  return found;
}

const listStart = /\[(?=\s*["']?--[A-Za-z])|(?<![^\n])([ \t]*)-[ \t]+(?=["']?--[A-Za-z])/g;

/** A document's list of options has words behind them. */
function isOfTrtexec(words: readonly Word[]): boolean {
  return (
    words.some(({ text }) => /^--(onnx|loadEngine|saveEngine)=/.test(text)) &&
    words.every(({ text }) => text.startsWith('-') && !/^\S+[:,]?\s+[^\s=]+\s/.test(text))
  );
}

/** Flags without a key of a config: `unknownFlags: [--onnx=a.onnx]`. */
function isOfConfig(text: string, start: number): boolean {
  return /\bunknownFlags['"]?\s*:\s*$/.test(text.slice(Math.max(0, start - 64), start));
}

/** Where the key of a list in brackets begins, on the same line; `start` is that of its bracket, or of its first item. */
function bracketStart(text: string, start: number): number {
  const key = /["']?[\w-]+["']?[ \t]*:[ \t]*(?:\[[ \t]*)?$/.exec(text.slice(Math.max(0, start - 128), start));
  return start - (key?.[0].length ?? 0);
}

/** Where the key of a list with dashes begins, in the line above it; that of the list itself where there is none. */
function keyStart(text: string, start: number): number {
  const key = /(?:^|\n)([ \t]*["']?[\w-]+["']?[ \t]*:[ \t]*(?:#[^\n]*)?\r?\n)$/.exec(
    text.slice(Math.max(0, start - 256), start),
  );
  return start - (key?.[1]?.length ?? 0);
}

/** `item` matches from `from` on, one after the other. A bracket that ends the list is a part of the line. */
function lineOfItems(text: string, start: number, from: number, item: RegExp): TrtexecLine {
  const words: Word[] = [];
  item.lastIndex = from;
  let end = from;
  for (let match = item.exec(text); match; match = item.exec(text)) {
    const [, prefix = '', double, single, plain] = match;
    const word = plain ?? (double ?? single?.replaceAll("''", "'") ?? '').replaceAll(/\\(["'\\])/g, '$1');
    const hasExpansion = /f/i.test(prefix) ? /\{/.test(word) : /\$[{(\w]/.test(word);
    end = item.lastIndex;
    words.push({ text: word, start: match.index, end, hasExpansion });
  }
  const bracket = /\s*,?\s*\]/y;
  bracket.lastIndex = end;
  return { start, end: words.length > 0 && bracket.test(text) ? bracket.lastIndex : end, words };
}
