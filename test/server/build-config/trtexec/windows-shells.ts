/**
 * What a program gets from a line in cmd and PowerShell of Windows. No Windows is here: these are the documented rules, written down
 * independently of what makes the lines, and stand in for the real shells.
 */

/** CommandLineToArgvW ("Parsing C++ command-line arguments" of Microsoft), of what follows the program. */
export function argumentsOfCommandLine(line: string): string[] {
  const found: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === ' ' || line[at] === '\t') {
      at++;
      continue;
    }
    let text = '';
    let isQuoted = false;
    for (; at < line.length && (isQuoted || (line[at] !== ' ' && line[at] !== '\t')); at++) {
      let backslashes = 0;
      while (line[at] === '\\') {
        backslashes++;
        at++;
      }
      if (line[at] !== '"') {
        text += '\\'.repeat(backslashes);
        if (at >= line.length || (!isQuoted && /[ \t]/.test(line[at] ?? ''))) break;
        text += line[at];
        continue;
      }
      text += '\\'.repeat(Math.floor(backslashes / 2));
      if (backslashes % 2 === 1) text += '"';
      else isQuoted = !isQuoted;
    }
    found.push(text);
  }
  return found;
}

/** At the prompt of cmd: variables first, even in quotes, then carets and operators outside of quotes. */
export function argumentsInCmd(line: string, variables: Readonly<Record<string, string>>): string[] {
  const expanded = line.replace(
    /%([^%]+)%/g,
    (whole, name: string) => variables[name.toUpperCase()] ?? whole,
  );
  let text = '';
  let isQuoted = false;
  for (let at = 0; at < expanded.length; at++) {
    const character = expanded[at] ?? '';
    if (character === '^' && !isQuoted) {
      text += expanded[++at] ?? '';
      continue;
    }
    if (character === '"') isQuoted = !isQuoted;
    if (!isQuoted && /[&|<>()]/.test(character)) throw new Error(`${character} is an operator in: ${line}`);
    text += character;
  }
  return argumentsOfCommandLine(text).slice(1);
}

/**
 * At the prompt of PowerShell, only what lines here consist of: words without any meaning, words in single quotes, and `--%`. `5.1`
 * puts quotes around arguments with blanks, and that is all; `7.3` makes arguments as CommandLineToArgvW reads them.
 */
export function argumentsInPowershell(
  line: string,
  version: '5.1' | '7.3',
  variables: Readonly<Record<string, string>>,
): string[] {
  const quotes = /['\u2018\u2019\u201a\u201b]/;
  const words: string[] = [];
  let verbatim = '';
  let at = 0;
  while (at < line.length) {
    if (line[at] === ' ') {
      at++;
    } else if (/^--%( |$)/.test(line.slice(at))) {
      verbatim = line
        .slice(at + 4)
        .replace(/%(\w+)%/g, (whole, name: string) => variables[name.toUpperCase()] ?? whole);
      if (/[|\n]/.test(verbatim.replace(/"[^"]*"/g, ''))) throw new Error(`A pipe ends: ${line}`);
      break;
    } else if (quotes.test(line[at] ?? '')) {
      let word = '';
      for (at++; at < line.length; at++) {
        if (quotes.test(line[at] ?? '')) {
          if (!quotes.test(line[at + 1] ?? '')) break;
          at++;
        }
        word += line[at];
      }
      words.push(word);
      at++;
    } else {
      const word = /^[^ ]+/.exec(line.slice(at))?.[0] ?? '';
      if (/[^\w=:./\\+-]|^-[^-]|^\d/.test(word))
        throw new Error(`${word} means something to PowerShell in: ${line}`);
      words.push(word);
      at += word.length;
    }
  }
  const handed = words.slice(1).map((word) => (version === '5.1' ? asOf51(word) : asOf73(word)));
  return argumentsOfCommandLine([...handed, verbatim].join(' '));
}

function asOf51(word: string): string {
  return /\s/.test(word) ? `"${word}"` : word;
}

function asOf73(word: string): string {
  if (word !== '' && !/[\s"]/.test(word)) return word;
  let text = '';
  let backslashes = 0;
  for (const character of word) {
    if (character === '\\') {
      backslashes++;
      continue;
    }
    text += '\\'.repeat(character === '"' ? 2 * backslashes + 1 : backslashes) + character;
    backslashes = 0;
  }
  return `"${text}${'\\'.repeat(2 * backslashes)}"`;
}
