import type { LibraryHandle } from 'koffi';
import koffi from './koffi.ts';

export interface CudaDevices {
  readonly count: number;
  /** For people: how many devices there are, or the driver's reason that there is none. */
  readonly reason: string;
}

/** Asks the CUDA driver for its devices. A machine without a driver has none; that is no error. */
export function probeCudaDevices(): CudaDevices {
  let driver: LibraryHandle;
  const name = driverName();
  try {
    driver = koffi.load(name);
  } catch {
    return { count: 0, reason: `no NVIDIA driver is installed (${name} does not load)` };
  }
  const status = driver.func('cuInit', 'int', ['uint32_t'])(0);
  if (status !== 0) {
    return { count: 0, reason: `the CUDA driver does not start: ${errorWords(driver, status)}` };
  }
  const count = [0];
  const countStatus = driver.func('cuDeviceGetCount', 'int', [koffi.out(koffi.pointer('int'))])(count);
  if (countStatus !== 0) {
    return { count: 0, reason: `the CUDA driver finds no device: ${errorWords(driver, countStatus)}` };
  }
  const devices = count[0] ?? 0;
  if (devices === 0) {
    return { count: 0, reason: 'the CUDA driver finds no device' };
  }
  return { count: devices, reason: devices === 1 ? '1 CUDA device' : `${devices} CUDA devices` };
}

export function driverName(): string {
  return process.platform === 'win32' ? 'nvcuda.dll' : 'libcuda.so.1';
}

function errorWords(driver: LibraryHandle, status: number): string {
  const words: (string | null)[] = [null];
  driver.func('cuGetErrorString', 'int', ['int', koffi.out(koffi.pointer('str'))])(status, words);
  return `${words[0] ?? 'unknown error'} (CUDA error ${status})`;
}
