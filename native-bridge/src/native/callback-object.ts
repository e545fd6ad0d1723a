import { isDestructor, parseSignature } from '../abi/class-table.ts';
import type { Abi, ClassName } from '../abi/families.ts';
import type { MethodName, Pointer } from '../abi/methods.ts';
import koffi from './koffi.ts';
import { interfaceInfoType, isStruct, koffiType } from './values.ts';

type Implementation = (...values: never[]) => unknown;

/** Addresses fit a number's 53 bits, and making a number is cheaper than making a bigint. */
const stringAddress = 'uint64';

/** What `this` is passed as: nobody looks at it, and 32 bits of it cost nothing. */
const ignoredSelf = 'int32_t';

/** nvinfer1::APILanguage::kCPP. */
const cppLanguage = 0;

/**
 * Makes an object that TensorRT can call: an interface of the ABI tables, implemented by functions that get the method's
 * arguments without `this`. Strings come as addresses, numbers: decoding a message that nobody wants would cost more than
 * the call.
 *
 * The object lives as long as the process: nothing says when TensorRT lets go of it. An exception in an implementation ends
 * there, in `onError`; TensorRT gets 0.
 */
export function createCallbackObject<C extends ClassName>(
  abi: Abi,
  className: C,
  methods: Readonly<Partial<Record<MethodName<C>, Implementation>>>,
  onError: (error: unknown) => void,
): Pointer {
  const implementations: Readonly<Record<string, Implementation | undefined>> = {
    getAPILanguage: () => cppLanguage,
    ...methods,
  };
  const rows = abi.classes[className];
  // Two words stand in front of a virtual table: offset to top and type information. Nobody looks at them here.
  const table = koffi.alloc('void *', rows.length + 2);
  for (const [index, row] of rows.entries()) {
    const [name, signature] = row;
    const place = index + 2;
    if (isDestructor(row)) {
      encodePointer(
        table,
        place,
        register(() => undefined, 'void', []),
      );
    } else if (name === 'getInterfaceInfo') {
      encodePointer(table, place, registerInterfaceInfo(abi, className));
    } else {
      const { result, parameters } = parseSignature(signature);
      const implementation = implementations[name] ?? (() => 0);
      const words = parameters.map(({ type }) => (type === 'string' ? stringAddress : type));
      encodePointer(table, place, register(guard(implementation, onError), result, words));
    }
  }
  const object = koffi.alloc('void *', 1);
  encodePointer(object, 0, koffi.address(table) + 16n);
  return koffi.address(object);
}

type Callback = (self: unknown, ...values: unknown[]) => unknown;

/**
 * Keeps exceptions away from native code. The parameters are spelled out (no method has more than six): TensorRT logs three
 * messages per layer, and rest parameters would cost more than the call itself.
 */
function guard(implementation: Implementation, onError: (error: unknown) => void): Callback {
  const call = implementation as (...values: unknown[]) => unknown;
  return (_self, a, b, c, d, e, f) => {
    try {
      return call(a, b, c, d, e, f);
    } catch (error) {
      onError(error);
      return 0;
    }
  };
}

function register(callback: Callback, result: string, words: readonly string[]): Pointer {
  const prototype = koffi.proto(koffiType(result), [ignoredSelf, ...words.map(koffiType)]);
  return koffi.register(callback, koffi.pointer(prototype));
}

/** Every interface says what it is: `{"ILogger", 1, 0}`. */
function registerInterfaceInfo(abi: Abi, className: ClassName): Pointer {
  const kind = koffi.alloc('char', className.length + 1);
  koffi.encode(kind, koffi.array('char', className.length + 1), className);
  const info = { kind: koffi.address(kind), major: 1, minor: 0 };
  if (abi.compiler === 'msvc' && isStruct('InterfaceInfo')) {
    const prototype = koffi.proto('void *', ['void *', 'void *']);
    return koffi.register((_self: unknown, place: Pointer) => {
      koffi.encode(place, interfaceInfoType, info);
      return place;
    }, koffi.pointer(prototype));
  }
  return koffi.register(() => info, koffi.pointer(koffi.proto(interfaceInfoType, ['void *'])));
}

function encodePointer(array: unknown, index: number, value: Pointer): void {
  koffi.encode(array, index * 8, 'void *', value);
}
