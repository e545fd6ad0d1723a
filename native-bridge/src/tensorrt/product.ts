import { basename } from 'node:path';
import { BridgeError } from '../errors.ts';
import type { LibraryPaths, Product } from '../protocol.ts';

interface LibraryName {
  readonly product: Product;
  readonly role: 'infer' | 'onnxParser';
  /** Linux: `libNAME.so` with any numbers behind; Windows: `NAME.dll` or `NAME_10.dll`. */
  readonly name: string;
}

const libraryNames: readonly LibraryName[] = [
  { product: 'TensorRT', role: 'infer', name: 'nvinfer' },
  { product: 'TensorRT', role: 'onnxParser', name: 'nvonnxparser' },
  { product: 'TensorRT-RTX', role: 'infer', name: 'tensorrt_rtx' },
  { product: 'TensorRT-RTX', role: 'onnxParser', name: 'tensorrt_onnxparser_rtx' },
];

/**
 * The product by its libraries' file names (symbolic links followed), before anything is loaded. Throws `unsupportedLibrary`
 * when a library is not TensorRT's, when the two are of different products, or of different versions as far as their names
 * tell.
 */
export function identifyProduct(libraries: Pick<LibraryPaths, 'infer' | 'onnxParser'>): Product {
  const infer = identify(libraries.infer, 'infer');
  const onnxParser = identify(libraries.onnxParser, 'onnxParser');
  const together = `${libraries.infer} and ${libraries.onnxParser} do not belong together`;
  if (infer.product !== onnxParser.product) {
    throw new BridgeError(
      'unsupportedLibrary',
      `${together}: one is of ${infer.product}, the other of ${onnxParser.product}. Choose both from one installation.`,
    );
  }
  const known = Math.min(infer.numbers.length, onnxParser.numbers.length);
  for (let index = 0; index < known; index++) {
    if (infer.numbers[index] !== onnxParser.numbers[index]) {
      throw new BridgeError(
        'unsupportedLibrary',
        `${together}: one is of version ${infer.numbers.join('.')}, the other of ` +
          `${onnxParser.numbers.join('.')}. Choose both from one installation.`,
      );
    }
  }
  return infer.product;
}

const runtimeNames = /^(?:lib)?(?:(nvinfer(?:_lean|_dispatch)?)|(tensorrt_rtx))(?:_\d+)*\.(?:so|dll)/i;

/** The product of a library that runs engines: full, lean or dispatch. Throws `unsupportedLibrary`. */
export function productOfRuntime(path: string): Product {
  const match = runtimeNames.exec(basename(path));
  if (!match) {
    throw new BridgeError(
      'unsupportedLibrary',
      `${path} is no runtime of TensorRT: libnvinfer, libnvinfer_lean, libnvinfer_dispatch and libtensorrt_rtx are.`,
    );
  }
  return match[2] === undefined ? 'TensorRT' : 'TensorRT-RTX';
}

function identify(path: string, role: LibraryName['role']): { product: Product; numbers: readonly string[] } {
  const file = basename(path);
  for (const { product, role: knownRole, name } of libraryNames) {
    const match = new RegExp(`^(?:lib${name}\\.so((?:\\.\\d+)*)|${name}((?:_\\d+)*)\\.dll)$`, 'i').exec(file);
    if (match && knownRole === role) {
      return { product, numbers: (match[1] ?? match[2] ?? '').split(/[._]/).filter((part) => part !== '') };
    }
    if (match) {
      const wanted = role === 'infer' ? 'the TensorRT library itself' : 'its ONNX parser';
      throw new BridgeError(
        'unsupportedLibrary',
        `${path} is ${name} of ${product}, but ${wanted} is needed here: ${namesOf(role)}.`,
      );
    }
  }
  throw new BridgeError(
    'unsupportedLibrary',
    `${path} is not a library of TensorRT; ${role === 'infer' ? 'it' : 'its ONNX parser'} is called ${namesOf(role)}.`,
  );
}

function namesOf(role: LibraryName['role']): string {
  return libraryNames
    .filter((known) => known.role === role)
    .map(({ name }) => (process.platform === 'win32' ? `${name}.dll` : `lib${name}.so`))
    .join(' or ');
}
