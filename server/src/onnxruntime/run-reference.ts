/** Runs a model with ONNX Runtime in a process of its own. */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { neutralFolder } from '../tensorrt/neutral-folder.ts';
import { explainReferenceFailure } from './explain.ts';
import type { ReferenceAnswer, ReferenceRequest } from './protocol.ts';

/** ONNX Runtime does not run the model; the message is for people. */
export class ReferenceFailure extends Error {
  override readonly name = 'ReferenceFailure';
  /** The greatest IR version that it knows, where the model's is greater. */
  readonly knownIrVersion: number | undefined;

  constructor(answer: Extract<ReferenceAnswer, { kind: 'failed' }>) {
    super(explainReferenceFailure(answer));
    const known = /Unsupported model IR version: \d+, max supported IR version: (\d+)/.exec(answer.message);
    this.knownIrVersion = known ? Number(known[1]) : undefined;
  }
}

/** Characters of what the process said last. */
const lastWords = 2000;

/** Throws a ReferenceFailure, another error for people, or the signal's reason; the process is ended then. */
export async function runReference(
  request: ReferenceRequest,
  signal?: AbortSignal,
): Promise<Extract<ReferenceAnswer, { kind: 'done' }>> {
  signal?.throwIfAborted();
  const { script, execArgv } = hostScript();
  const child = fork(script, [], {
    execArgv,
    cwd: neutralFolder(),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // In VS Code the executable is Electron, which is to behave as Node.
    env: { ...process.env, ...(process.versions['electron'] && { ELECTRON_RUN_AS_NODE: '1' }) },
  });
  let said = '';
  child.stderr?.on('data', (data) => {
    said = `${said}${data}`.slice(-lastWords);
  });
  return await new Promise((resolve, reject) => {
    const abort = () => {
      child.kill('SIGKILL');
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    child.once('message', (answer: ReferenceAnswer) => {
      if (answer.kind === 'done') resolve(answer);
      else reject(new ReferenceFailure(answer));
    });
    child.once('error', (error) => reject(new Error(`ONNX Runtime could not be started: ${error.message}`)));
    // Not at `exit`: the answer may still be on its way then.
    child.once('close', (code, name) => {
      signal?.removeEventListener('abort', abort);
      // After an answer this changes nothing.
      const last = said.trim().split('\n').at(-1) ?? '';
      reject(
        new Error(
          `The process that runs ONNX Runtime ended (${name ?? `exit code ${code}`}) without an answer${last === '' ? '' : `; its last words: ${last}`}. The memory may have run out: capture fewer tensors, or take smaller shapes.`,
        ),
      );
    });
    child.send(request);
  });
}

/** Beside this file in dist/; in the sources, TypeScript that tsx runs. */
function hostScript(): { readonly script: string; readonly execArgv: string[] } {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const bundle = path.join(here, 'onnxruntime-host.js');
  if (existsSync(bundle)) return { script: bundle, execArgv: [] };
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return { script: path.join(here, 'host.ts'), execArgv: ['--import', tsx] };
}
