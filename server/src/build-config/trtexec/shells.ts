/** Words as command lines of shells. On Windows a program gets one text, which it splits by the rules of CommandLineToArgvW. */

export type Shell = 'posix' | 'cmd' | 'powershell';

/** The words as one line that gives a program exactly these arguments, pasted into the shell. The first word is the program. */
export function shellLine(words: readonly string[], shell: Shell): string {
  switch (shell) {
    case 'posix':
      return words.map(posixWord).join(' ');
    case 'cmd':
      return words.map(cmdWord).join(' ');
    case 'powershell':
      return powershellLine(words);
  }
}

/** What a person should know before running the line: sentences. */
export function shellNotes(words: readonly string[], shell: Shell): string[] {
  if (shell === 'posix') return [];
  if (words.some((word) => /[\r\n]/.test(word))) {
    return ['A text of several lines is no argument there: write the line for a POSIX shell.'];
  }
  if (shell === 'cmd') {
    return words.some((word) => word.includes('%')) ? ['In a batch file, write each % twice.'] : [];
  }
  const rest = words.slice(firstVerbatim(words));
  const ends = rest.some((word) => word.includes('"')) && rest.some((word) => /[|&]/.test(word));
  return ends || rest.some(hasVariable)
    ? ['PowerShell may change %, | and & behind --%: write the line for cmd, or a POSIX shell.']
    : [];
}

/** The shell of a program: `/bin/zsh`, `C:\Windows\System32\cmd.exe`. What is neither PowerShell nor cmd reads POSIX quotes, as Git Bash does. */
export function shellOfProgram(program: string): Shell {
  const name = program.replace(/^.*[\\/]/, '').toLowerCase();
  if (/^(powershell|pwsh)(-preview)?(\.exe)?$/.test(name)) return 'powershell';
  return /^cmd(\.exe)?$/.test(name) ? 'cmd' : 'posix';
}

/** What a person types into who has chosen nothing else: `process.platform`. */
export function shellOfPlatform(platform: string): Shell {
  return platform === 'win32' ? 'powershell' : 'posix';
}

function posixWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * In double quotes nothing but `%NAME%` means something to cmd. It does not know `\"`, though, so with a double quote in the word, as
 * with two percent signs, all that means something is escaped by carets. In a batch file percent signs are doubled, which a
 * command line does not take.
 */
function cmdWord(word: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(word) && !hasVariable(word)) return word;
  const argument = windowsArgument(word);
  return word.includes('"') || hasVariable(word) ? argument.replace(/[()%!^"<>&|]/g, '^$&') : argument;
}

function hasVariable(word: string): boolean {
  return /%.+%/.test(word);
}

/** In double quotes, which are `\"` inside; backslashes are doubled before a quote, and nowhere else. */
function windowsArgument(word: string): string {
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`;
}

/**
 * Words in single quotes are taken as they are (the typographic ones count, too), but Windows PowerShell 5.1 and PowerShell 7.3 hand
 * double quotes in them, blanks with a backslash at the end, and empty words to programs in different ways. From the first such word
 * on, `--%` has both pass the rest on as it stands.
 */
function powershellLine(words: readonly string[]): string {
  const first = firstVerbatim(words);
  const rest = words.slice(first);
  return [
    ...words.slice(0, first).map(powershellWord),
    ...(rest.length > 0 ? ['--%', ...rest.map((word) => (isBare(word) ? word : windowsArgument(word)))] : []),
  ].join(' ');
}

function firstVerbatim(words: readonly string[]): number {
  const first = words.findIndex((word) => word === '' || word.includes('"') || /\s.*\\$/s.test(word));
  return first < 0 ? words.length : first;
}

function powershellWord(word: string): string {
  return isBare(word) ? word : `'${word.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}

/** A comma would make a list, and a single dash a parameter, which ends at a dot. */
function isBare(word: string): boolean {
  return /^(--)?[A-Za-z_./\\][\w=:./\\+-]*$/.test(word);
}
