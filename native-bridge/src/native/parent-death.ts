import koffi from './koffi.ts';

/**
 * Has the operating system end this process when its parent ends, even in the middle of a native call that never returns.
 * Linux only; elsewhere the process ends when it next comes back from native code and finds its pipes closed.
 */
export function dieWithParent(): void {
  if (process.platform !== 'linux') {
    return;
  }
  const setParentDeathSignal = 1;
  const killSignal = 9;
  koffi.load(null).func('prctl', 'int', ['int', 'ulong', 'ulong', 'ulong', 'ulong'])(
    setParentDeathSignal,
    killSignal,
    0,
    0,
    0,
  );
}
