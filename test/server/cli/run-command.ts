import { runCommandLine } from '../../../server/src/cli/command-line.ts';
import { style } from '../../../server/src/cli/report/style.ts';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, and gathers what it writes. */
export async function runCommand(...args: string[]): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  const code = await runCommandLine(args, {
    print: (text) => {
      stdout += text;
    },
    note: (text) => {
      stderr += `${text}\n`;
    },
    progress: () => undefined,
    style: style(false),
    noteStyle: style(false),
  });
  return { code, stdout, stderr };
}
