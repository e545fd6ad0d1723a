/**
 * No server outlives its editor. An editor that crashes or is killed says no `exit`; without it the server would go on with what it
 * has begun, and each message that cannot be sent would be told of in a message that cannot be sent either.
 */

/** Milliseconds. */
const interval = 500;

/** Ends the process when the way to the editor is broken: the pipes of `--stdio`, the channel of `--node-ipc`; or by a signal. */
export function endWithConnection(): void {
  process.once('disconnect', end);
  // Editors that are ended themselves end their children by a signal.
  process.once('SIGTERM', end);
  process.once('SIGHUP', end);
  if (process.argv.includes('--stdio')) {
    for (const stream of [process.stdin, process.stdout]) {
      stream.once('error', end);
      stream.once('end', end);
      stream.once('close', end);
    }
  }
}

/**
 * Ends the process when the editor's process is gone. Its pipes tell that as well, unless another process has inherited them.
 * `processId` is what the editor says of itself in `initialize`, where it does.
 */
export function endWithProcess(processId: number | null): void {
  if (processId === null) return;
  // A process that has ended keeps its id until its parent takes note; its children have another parent at once.
  const isOurParent = process.ppid === processId;
  setInterval(() => {
    if (isOurParent ? process.ppid !== processId : !exists(processId)) end();
  }, interval).unref();
}

/** In order: what is on disk for TensorRT is removed when the process exits. */
function end(): never {
  process.exit(1);
}

function exists(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // A process of another user may not be sent a signal; it exists.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
