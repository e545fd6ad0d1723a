import { readFileSync } from 'node:fs';
import { enumNumber } from '../abi/enums.ts';
import type { Abi } from '../abi/families.ts';
import type { Pointer } from '../abi/methods.ts';
import { BridgeError } from '../errors.ts';
import { createCallbackObject } from '../native/callback-object.ts';
import koffi from '../native/koffi.ts';

/**
 * nvinfer1::IInt8EntropyCalibrator2 that knows a cache and no data, as trtexec's does where a cache exists: ranges come from the file.
 * It stays for the life of the process, and so do its bytes.
 */
export function createCacheCalibrator(abi: Abi, path: string): Pointer {
  const bytes = readCache(path);
  const memory = koffi.alloc('uint8_t', Math.max(bytes.length, 1));
  koffi.encode(memory, koffi.array('uint8_t', bytes.length, 'Typed'), bytes);
  return createCallbackObject(
    abi,
    'IInt8EntropyCalibrator2',
    {
      getBatchSize: () => 1,
      getBatch: () => false,
      readCalibrationCache: (length: Pointer) => {
        koffi.encode(length, 'size_t', bytes.length);
        return memory;
      },
      getAlgorithm: () => enumNumber(abi, 'CalibrationAlgoType', 'kENTROPY_CALIBRATION_2'),
    },
    (error) => console.error('The calibration cache was not read:', error),
  );
}

function readCache(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BridgeError(
      'modelNotReadable',
      `The calibration cache ${path} cannot be read: ${reason}. Name an existing file, or quantize the model with Q/DQ nodes.`,
    );
  }
}
