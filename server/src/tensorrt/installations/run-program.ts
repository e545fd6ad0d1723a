import { spawn } from 'node:child_process';
import { neutralFolder } from '../neutral-folder.ts';

/**
 * Runs a program for its answer. Undefined when it is missing, fails or takes longer than `timeout` milliseconds: the callers
 * ask programs that many machines do not have.
 */
export function outputOf(
  program: string,
  args: readonly string[],
  options: { readonly timeout: number; readonly environment: NodeJS.ProcessEnv },
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: neutralFolder(),
      stdio: ['ignore', 'pipe', 'ignore'],
      env: options.environment,
      timeout: options.timeout,
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code === 0 ? Buffer.concat(chunks).toString('utf8') : undefined));
  });
}
