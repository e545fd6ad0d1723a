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

/**
 * Ends this process at once. The exit handlers of native libraries do not run: TensorRT's call the logger, and plugin
 * libraries have been unloaded by then, so that an orderly exit ends in a crash.
 */
export function endProcess(): never {
  if (process.platform === 'win32') {
    const kernel = koffi.load('kernel32.dll');
    const self = kernel.func('GetCurrentProcess', 'void *', [])();
    kernel.func('TerminateProcess', 'bool', ['void *', 'uint32_t'])(self, 0);
  } else {
    koffi.load(null).func('_exit', 'void', ['int'])(0);
  }
  throw new Error('The process did not end.');
}
