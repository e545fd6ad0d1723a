import { enumName } from '../abi/enums.ts';
import type { Pointer } from '../abi/methods.ts';
import koffi from '../native/koffi.ts';
import { readPointer, type VirtualCalls } from '../native/virtual-calls.ts';
import type { ParserErrorRecord } from '../protocol.ts';

/** Copies an nvonnxparser::IParserError, which dies with its parser. */
export function readParserError(calls: VirtualCalls, address: Pointer): ParserErrorRecord {
  const error = calls.object('IParserError', address);
  const code = calls.invoke(error, 'code');
  return {
    code,
    codeName: enumName(calls.abi, 'ParserErrorCode', code) ?? String(code),
    description: calls.invoke(error, 'desc') ?? '',
    file: calls.invoke(error, 'file') ?? '',
    line: calls.invoke(error, 'line'),
    function: calls.invoke(error, 'func') ?? '',
    nodeIndex: calls.invoke(error, 'node'),
    nodeName: calls.invoke(error, 'nodeName') ?? '',
    operator: calls.invoke(error, 'nodeOperator') ?? '',
    localFunctionStack: readStrings(
      calls.invoke(error, 'localFunctionStack'),
      calls.invoke(error, 'localFunctionStackSize'),
    ),
  };
}

/** Copies an array of C strings; a top-level node has no stack: null, size 0. */
function readStrings(address: Pointer | null, count: number): string[] {
  if (address === null) {
    return [];
  }
  return Array.from({ length: count }, (_, index) => {
    const text = readPointer(address + BigInt(index * 8));
    return text === 0n ? '' : koffi.decode.string(text);
  });
}
