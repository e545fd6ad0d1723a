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

/** Watches how much of the current device's memory is in use, by all processes on it. */
export class DeviceMemory {
  readonly #read: () => number | undefined;
  readonly #timer: NodeJS.Timeout;
  #peak: number | undefined;

  /** Undefined where there is no device. */
  static watch(): DeviceMemory | undefined {
    const read = deviceMemoryReader();
    return read && new DeviceMemory(read);
  }

  private constructor(read: () => number | undefined) {
    this.#read = read;
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), sampleInterval);
  }

  /** Bytes in use at most so far. */
  peak(): number | undefined {
    this.#sample();
    return this.#peak;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    const used = this.#read();
    if (used !== undefined) {
      this.#peak = Math.max(this.#peak ?? 0, used);
    }
  }
}

/** Milliseconds. */
const sampleInterval = 200;

/** Reads the memory in use of the first visible device, the one that TensorRT builds on. */
function deviceMemoryReader(): (() => number | undefined) | undefined {
  let driver: LibraryHandle;
  try {
    driver = koffi.load(driverName());
  } catch {
    return undefined;
  }
  const context: unknown[] = [null];
  const retain = driver.func('cuDevicePrimaryCtxRetain', 'int', [koffi.out(koffi.pointer('void *')), 'int']);
  const setCurrent = driver.func('cuCtxSetCurrent', 'int', ['void *']);
  const info = driver.func('cuMemGetInfo_v2', 'int', [
    koffi.out(koffi.pointer('size_t')),
    koffi.out(koffi.pointer('size_t')),
  ]);
  if (driver.func('cuInit', 'int', ['uint32_t'])(0) !== 0 || retain(context, 0) !== 0) {
    return undefined;
  }
  return () => {
    const free = [0];
    const total = [0];
    return setCurrent(context[0]) === 0 && info(free, total) === 0
      ? Number(total[0] ?? 0) - Number(free[0] ?? 0)
      : undefined;
  };
}

function driverName(): string {
  return process.platform === 'win32' ? 'nvcuda.dll' : 'libcuda.so.1';
}

function errorWords(driver: LibraryHandle, status: number): string {
  const words: (string | null)[] = [null];
  driver.func('cuGetErrorString', 'int', ['int', koffi.out(koffi.pointer('str'))])(status, words);
  return `${words[0] ?? 'unknown error'} (CUDA error ${status})`;
}
