/**
 * CUDA by its driver API, which every NVIDIA driver brings: no CUDA toolkit is needed. Everything happens on the first visible
 * device, in its primary context, which is also the one that TensorRT uses.
 */
import type { KoffiFunc } from 'koffi';
import type { Pointer } from '../abi/methods.ts';
import { BridgeError } from '../errors.ts';
import type { CudaDevice } from '../protocol.ts';
import { driverName } from './cuda-driver.ts';
import koffi from './koffi.ts';

const pointerOut = koffi.out(koffi.pointer('void *'));
const deviceAddressOut = koffi.out(koffi.pointer('uint64_t'));
const sizeOut = koffi.out(koffi.pointer('size_t'));
const intOut = koffi.out(koffi.pointer('int'));

/** What is called, and with what: all answer a CUresult. */
const signatures = {
  cuInit: ['uint32_t'],
  cuDeviceGetName: [koffi.pointer('char'), 'int', 'int'],
  cuDeviceTotalMem_v2: [sizeOut, 'int'],
  cuDeviceGetAttribute: [intOut, 'int', 'int'],
  cuDevicePrimaryCtxRetain: [pointerOut, 'int'],
  cuCtxSetCurrent: ['void *'],
  cuCtxSynchronize: [],
  cuMemGetInfo_v2: [sizeOut, sizeOut],
  cuMemAlloc_v2: [deviceAddressOut, 'size_t'],
  cuMemFree_v2: ['uint64_t'],
  cuMemsetD8_v2: ['uint64_t', 'uint8_t', 'size_t'],
  cuMemHostAlloc: [pointerOut, 'size_t', 'uint32_t'],
  cuMemFreeHost: ['void *'],
  cuMemcpyHtoD_v2: ['uint64_t', 'void *', 'size_t'],
  cuMemcpyDtoH_v2: ['void *', 'uint64_t', 'size_t'],
  cuMemcpyHtoDAsync_v2: ['uint64_t', 'void *', 'size_t', 'void *'],
  cuMemcpyDtoHAsync_v2: ['void *', 'uint64_t', 'size_t', 'void *'],
  cuStreamCreate: [pointerOut, 'uint32_t'],
  cuStreamDestroy_v2: ['void *'],
  cuStreamSynchronize: ['void *'],
  cuStreamBeginCapture_v2: ['void *', 'int'],
  cuStreamEndCapture: ['void *', pointerOut],
  cuEventCreate: [pointerOut, 'uint32_t'],
  cuEventDestroy_v2: ['void *'],
  cuEventRecord: ['void *', 'void *'],
  cuEventSynchronize: ['void *'],
  cuEventElapsedTime: [koffi.out(koffi.pointer('float')), 'void *', 'void *'],
  cuGraphInstantiateWithFlags: [pointerOut, 'void *', 'uint64_t'],
  cuGraphLaunch: ['void *', 'void *'],
  cuGraphDestroy: ['void *'],
  cuGraphExecDestroy: ['void *'],
} as const;

type Name = keyof typeof signatures;
type DriverFunction = (...values: unknown[]) => number;

/** cuStreamCreate's CU_STREAM_NON_BLOCKING: waits for no legacy default stream. */
const nonBlocking = 1;
/** CU_STREAM_CAPTURE_MODE_THREAD_LOCAL: calls of other threads don't break a capture. */
const threadLocalCapture = 1;
/** CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR. */
const computeCapabilityAttributes = [75, 76] as const;

export type Handle = unknown;

/** One device, ready for use. It stays for the life of the process. */
export class Cuda {
  readonly device: CudaDevice;
  readonly #functions: Readonly<Record<Name, DriverFunction>>;
  readonly #errorString: (status: number, words: (string | null)[]) => number;
  readonly #context: Handle;

  /** Throws `needsGpu` where there is no driver or device. */
  constructor() {
    const driver = loadDriver();
    const functions: Partial<Record<Name, DriverFunction>> = {};
    for (const name of Object.keys(signatures) as Name[]) {
      const native: KoffiFunc<DriverFunction> = driver.func(name, 'int', [...signatures[name]]);
      functions[name] = native;
    }
    this.#functions = functions as Record<Name, DriverFunction>;
    this.#errorString = driver.func('cuGetErrorString', 'int', ['int', koffi.out(koffi.pointer('str'))]);
    this.#call('cuInit', 0);
    this.#context = this.#handle('cuDevicePrimaryCtxRetain', 0);
    this.useHere();
    this.device = this.#describe();
  }

  /** Makes the context current on this thread. */
  useHere(): void {
    this.#call('cuCtxSetCurrent', this.#context);
  }

  /** Bytes in use on the device, by all processes. */
  usedMemory(): number {
    const free = [0];
    const total = [0];
    this.#call('cuMemGetInfo_v2', free, total);
    return Number(total[0]) - Number(free[0]);
  }

  /** Device memory; at least one byte, as empty tensors need an address, too. */
  allocate(byteLength: number): Pointer {
    const place = [0n];
    this.#call('cuMemAlloc_v2', place, Math.max(byteLength, 1));
    return BigInt(place[0] ?? 0n);
  }

  free(address: Pointer): void {
    this.#call('cuMemFree_v2', address);
  }

  zero(address: Pointer, byteLength: number): void {
    if (byteLength > 0) {
      this.#call('cuMemsetD8_v2', address, 0, byteLength);
    }
  }

  /** Page-locked memory of the host, which copies run from and to at full speed. */
  allocateHost(byteLength: number): Pointer {
    return BigInt(koffi.address(this.#handle('cuMemHostAlloc', Math.max(byteLength, 1), 0)));
  }

  freeHost(address: Pointer): void {
    this.#call('cuMemFreeHost', address);
  }

  copyToDevice(to: Pointer, from: Pointer | Uint8Array, byteLength: number): void {
    if (byteLength > 0) {
      this.#call('cuMemcpyHtoD_v2', to, from, byteLength);
    }
  }

  copyToHost(to: Pointer | Uint8Array, from: Pointer, byteLength: number): void {
    if (byteLength > 0) {
      this.#call('cuMemcpyDtoH_v2', to, from, byteLength);
    }
  }

  /** In the stream's order; the memory of the host has to be page-locked, and left alone until then. */
  enqueueCopyToDevice(to: Pointer, from: Pointer, byteLength: number, stream: Handle): void {
    if (byteLength > 0) {
      this.#call('cuMemcpyHtoDAsync_v2', to, from, byteLength, stream);
    }
  }

  enqueueCopyToHost(to: Pointer, from: Pointer, byteLength: number, stream: Handle): void {
    if (byteLength > 0) {
      this.#call('cuMemcpyDtoHAsync_v2', to, from, byteLength, stream);
    }
  }

  createStream(): Handle {
    return this.#handle('cuStreamCreate', nonBlocking);
  }

  destroyStream(stream: Handle): void {
    this.#call('cuStreamDestroy_v2', stream);
  }

  synchronize(stream: Handle): void {
    this.#call('cuStreamSynchronize', stream);
  }

  synchronizeAll(): void {
    this.#call('cuCtxSynchronize');
  }

  createEvent(): Handle {
    return this.#handle('cuEventCreate', 0);
  }

  destroyEvent(event: Handle): void {
    this.#call('cuEventDestroy_v2', event);
  }

  record(event: Handle, stream: Handle): void {
    this.#call('cuEventRecord', event, stream);
  }

  waitFor(event: Handle): void {
    this.#call('cuEventSynchronize', event);
  }

  /** Milliseconds between two events that have passed. */
  elapsed(from: Handle, to: Handle): number {
    const milliseconds = [0];
    this.#call('cuEventElapsedTime', milliseconds, from, to);
    return milliseconds[0] ?? 0;
  }

  /** What `work` enqueues, as a graph to launch. Throws where something in it cannot be captured. */
  capture(stream: Handle, work: () => void): CudaGraph {
    this.#call('cuStreamBeginCapture_v2', stream, threadLocalCapture);
    let graph: Handle;
    try {
      work();
    } finally {
      const place: Handle[] = [null];
      const status = this.#functions.cuStreamEndCapture(stream, place);
      graph = place[0];
      if (status !== 0) {
        graph = null;
      }
    }
    if (graph === null) {
      throw new BridgeError('tensorrtFailed', 'The work could not be captured as a CUDA graph.');
    }
    const executable = this.#handle('cuGraphInstantiateWithFlags', graph, 0);
    this.#call('cuGraphDestroy', graph);
    return {
      launch: () => this.#call('cuGraphLaunch', executable, stream),
      destroy: () => this.#call('cuGraphExecDestroy', executable),
    };
  }

  #describe(): CudaDevice {
    const name = Buffer.alloc(256);
    this.#call('cuDeviceGetName', name, name.length, 0);
    const totalMemory = [0];
    this.#call('cuDeviceTotalMem_v2', totalMemory, 0);
    const capability = computeCapabilityAttributes.map((attribute) => {
      const value = [0];
      this.#call('cuDeviceGetAttribute', value, attribute, 0);
      return value[0];
    });
    return {
      name: name.toString('utf8', 0, name.indexOf(0)),
      computeCapability: capability.join('.'),
      totalMemory: Number(totalMemory[0]),
    };
  }

  /** Calls a function whose first argument is a place for a handle. */
  #handle(name: Name, ...values: readonly unknown[]): Handle {
    const place: Handle[] = [null];
    this.#call(name, place, ...values);
    return place[0];
  }

  #call(name: Name, ...values: readonly unknown[]): void {
    const status = this.#functions[name](...values);
    if (status !== 0) {
      const words: (string | null)[] = [null];
      this.#errorString(status, words);
      throw new BridgeError(
        'tensorrtFailed',
        `CUDA fails at ${name}: ${words[0] ?? 'unknown error'} (${status}).`,
      );
    }
  }
}

/** A captured graph on the stream that it was captured from. */
export interface CudaGraph {
  readonly launch: () => void;
  readonly destroy: () => void;
}

function loadDriver(): ReturnType<typeof koffi.load> {
  try {
    return koffi.load(driverName());
  } catch {
    throw new BridgeError(
      'needsGpu',
      `Engines run on an NVIDIA GPU only, and no NVIDIA driver is installed here.`,
    );
  }
}
