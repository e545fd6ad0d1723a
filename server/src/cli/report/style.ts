/** How text output looks; each returns the text itself where colours are off. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  error(text: string): string;
  note(text: string): string;
  success(text: string): string;
}

export function style(colours: boolean): Style {
  const paint = (code: string) => (text: string) =>
    colours && text !== '' ? `\x1b[${code}m${text}\x1b[0m` : text;
  return {
    bold: paint('1'),
    dim: paint('2'),
    error: paint('1;31'),
    note: paint('1;36'),
    success: paint('1;32'),
  };
}

/**
 * Text of a model as a terminal may see it: names and strings of a model must not move its cursor or change its title. Tabs
 * become spaces, so that carets stand where they should.
 */
export function printable(text: string): string {
  return text.replaceAll('\t', ' ').replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, '\ufffd');
}

/** Cuts a paragraph at blanks into lines of at most `width` characters, longer words apart. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
