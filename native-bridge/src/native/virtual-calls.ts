import type { KoffiFunc } from 'koffi';
import type { Signature } from '../abi/class-table.ts';
import { deletingDestructor } from '../abi/class-table.ts';
import type { Abi, ClassName } from '../abi/families.ts';
import {
  type Arguments,
  type Dims,
  findSlot,
  type MethodName,
  type Pointer,
  type Result,
} from '../abi/methods.ts';
import koffi from './koffi.ts';
import { dimsType, isStruct, koffiType, maxDims, rangeCheck } from './values.ts';

const pointerSize = 8n;

type Method = (self: Pointer, ...values: unknown[]) => unknown;
type AsyncMethod = (self: Pointer, ...values: unknown[]) => Promise<unknown>;

/** The methods of one virtual table, decoded on first use. */
interface VirtualTable {
  readonly className: ClassName;
  readonly address: Pointer;
  readonly methods: Map<string, Method>;
  readonly asyncMethods: Map<string, AsyncMethod>;
}

/** A C++ object of a class of the ABI tables. It owns nothing. */
export interface NativeObject<C extends ClassName> {
  /** What TensorRT handed out, and takes as an argument. */
  readonly address: Pointer;
  /** What `this` is inside the methods: the object itself, or its `mImpl` for V* classes. */
  readonly self: Pointer;
  readonly table: VirtualTable & { readonly className: C };
}

/**
 * Calls through virtual tables for one library. Decoded methods are kept per table address, so that an object costs two
 * reads of memory and a call one map lookup beside the call itself (about 1 µs).
 */
export class VirtualCalls {
  readonly abi: Abi;
  readonly #tables = new Map<ClassName, Map<Pointer, VirtualTable>>();

  constructor(abi: Abi) {
    this.abi = abi;
  }

  /** Takes an address for an object of a class. The address must be one that TensorRT answered for this class. */
  object<C extends ClassName>(className: C, address: Pointer): NativeObject<C> {
    const self = className.startsWith('V') ? readPointer(address + pointerSize) : address;
    return { address, self, table: this.#table(className, readPointer(self)) };
  }

  /**
   * Calls a method. Throws BridgeError `notAvailable` where the running version lacks it and RangeError for numbers that do
   * not fit.
   */
  invoke<C extends ClassName, M extends MethodName<C>>(
    object: NativeObject<C>,
    method: M,
    ...values: Arguments<C, M>
  ): Result<C, M> {
    const call = object.table.methods.get(method) ?? this.#decode(object.table, method);
    return call(object.self, ...values) as Result<C, M>;
  }

  /**
   * Calls a method on a thread of its own; callbacks of TensorRT come to this thread meanwhile. Nothing of the same builder, network
   * or engine may be used before it answers.
   */
  async invokeAsync<C extends ClassName, M extends MethodName<C>>(
    object: NativeObject<C>,
    method: M,
    ...values: Arguments<C, M>
  ): Promise<Result<C, M>> {
    const { table } = object;
    let call = table.asyncMethods.get(method);
    if (!call) {
      const { address, signature } = this.#find(table, method);
      call = bindAsyncMethod(address, signature);
      table.asyncMethods.set(method, call);
    }
    return (await call(object.self, ...values)) as Result<C, M>;
  }

  /** Deletes an object whose class has a public destructor. Nothing of it may be used afterwards. */
  delete(object: NativeObject<ClassName>): void {
    const slot = this.#destructorSlot(object.table.className);
    const address = readPointer(readPointer(object.address) + BigInt(slot) * pointerSize);
    if (this.abi.compiler === 'msvc') {
      // Microsoft's only destructor slot deletes when its hidden argument says so.
      koffi.call(address, scalarDeletingDestructor, object.address, 1);
    } else {
      koffi.call(address, destructor, object.address);
    }
  }

  /** The deleting destructor, in the virtual table of the public object. */
  #destructorSlot(className: ClassName): number {
    if (className.startsWith('V')) {
      // The public class in front of a V* class declares its destructor first, and nothing else of interest.
      return this.abi.compiler === 'msvc' ? 0 : 1;
    }
    return this.abi.classes[className].findIndex(([, signature]) => signature === deletingDestructor);
  }

  #table<C extends ClassName>(className: C, address: Pointer): VirtualTable & { readonly className: C } {
    let byAddress = this.#tables.get(className);
    if (!byAddress) {
      byAddress = new Map();
      this.#tables.set(className, byAddress);
    }
    let table = byAddress.get(address);
    if (!table) {
      table = { className, address, methods: new Map(), asyncMethods: new Map() };
      byAddress.set(address, table);
    }
    return table as VirtualTable & { readonly className: C };
  }

  #decode(table: VirtualTable, name: string): Method {
    const { address, signature } = this.#find(table, name);
    const method = bindMethod(address, signature, this.abi.compiler);
    table.methods.set(name, method);
    return method;
  }

  #find(table: VirtualTable, name: string): { readonly address: Pointer; readonly signature: Signature } {
    const { index, signature } = findSlot(this.abi, table.className, name);
    return { address: readPointer(table.address + BigInt(index) * pointerSize), signature };
  }
}

/** Reads a pointer; a null pointer is 0n. */
export function readPointer(address: Pointer): Pointer {
  return BigInt(koffi.decode.uint64(address));
}

const destructor = koffi.proto('void', ['void *']);
const scalarDeletingDestructor = koffi.proto('void', ['void *', 'uint32_t']);

function bindMethod(address: Pointer, signature: Signature, compiler: Abi['compiler']): Method {
  const words = signature.parameters.map(({ type }) => type);
  const hiddenResult = compiler === 'msvc' && isStruct(signature.result);
  const prototype = koffi.proto(hiddenResult ? 'void *' : koffiType(signature.result), [
    'void *',
    ...(hiddenResult ? ['void *'] : []),
    ...words.map(koffiType),
  ]);
  const native: KoffiFunc<(...values: unknown[]) => unknown> = koffi.decode(address, prototype);
  const call: Method = hiddenResult ? withHiddenResult(native, signature.result) : native;
  return withResult(withArguments(call, signature), signature.result);
}

/** For methods of plain words: structs and numbers that may not fit are for `bindMethod`. */
function bindAsyncMethod(address: Pointer, signature: Signature): AsyncMethod {
  const words = signature.parameters.map(({ type }) => type);
  if ([signature.result, ...words].some((word) => isStruct(word) || word === 'Dims*')) {
    throw new Error('Methods with structs are called synchronously only.');
  }
  const prototype = koffi.proto(koffiType(signature.result), ['void *', ...words.map(koffiType)]);
  const native: KoffiFunc<(...values: unknown[]) => unknown> = koffi.decode(address, prototype);
  return (self, ...values) =>
    new Promise((resolve, reject) => {
      native.async(self, ...values, (error: unknown, result: unknown) => {
        if (error) {
          reject(error);
        } else {
          resolve(result);
        }
      });
    });
}

/** Microsoft's compiler passes the address for a returned struct after `this`. */
function withHiddenResult(native: Method, word: string): Method {
  const type = koffiType(word);
  return (self, ...values) => {
    const place = koffi.alloc(type, 1);
    try {
      native(self, place, ...values);
      return koffi.decode(place, type);
    } finally {
      koffi.free(place);
    }
  };
}

function withArguments(call: Method, signature: Signature): Method {
  const prepare = signature.parameters.map(({ type, name }) => {
    if (type === 'Dims*') {
      return toNativeDims;
    }
    return rangeCheck(type, name);
  });
  if (prepare.every((step) => step === undefined)) {
    return call;
  }
  return (self, ...values) => call(self, ...values.map((value, index) => prepare[index]?.(value) ?? value));
}

function withResult(call: Method, word: string): Method {
  return word === 'Dims' ? (self, ...values) => fromNativeDims(call(self, ...values)) : call;
}

interface NativeDims {
  readonly nbDims: number;
  readonly d: readonly (number | bigint)[];
}

function toNativeDims(value: unknown): NativeDims {
  const dims = value as Dims;
  if (dims.length > maxDims) {
    throw new RangeError(`TensorRT has at most ${maxDims} dimensions, not ${dims.length}.`);
  }
  return { nbDims: dims.length, d: [...dims, ...new Array<number>(maxDims - dims.length).fill(0)] };
}

function fromNativeDims(value: unknown): Dims | undefined {
  const { nbDims, d } = value as NativeDims;
  return nbDims < 0 ? undefined : d.slice(0, nbDims).map(Number);
}

/** For methods whose table says `Dims*` as a result of memory that TensorRT owns. */
export function readDims(address: Pointer): Dims | undefined {
  return fromNativeDims(koffi.decode(address, dimsType));
}
