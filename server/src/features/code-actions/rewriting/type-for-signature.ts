/** The type of a value that becomes an input or output of a graph: as ONNX text can say it. */
import type { Occurrence } from '../../../onnx/analysis/names.ts';
import type { OnnxDocument } from '../../document.ts';
import { type NetworkTypes, typeOfValue, type ValueReference } from '../../values.ts';

/**
 * By our inference, with TensorRT's word on what it leaves open. TensorRT comes second, for its networks know fewer types than
 * ONNX. Undefined where not even the element type is known.
 */
export function typeForSignature(
  document: OnnxDocument,
  value: ValueReference,
  occurrences: readonly Occurrence[],
  network: NetworkTypes | undefined,
): string | undefined {
  // Worked out now, for in big documents nobody else may have asked for it.
  const ours = document.inference && typeOfValue(document, [], value, undefined)?.text;
  const theirs = network?.current ? typeOfValue(document, occurrences, value, network) : undefined;
  const judged = theirs?.source === 'tensorrt' ? plainType(theirs.text) : undefined;
  const inferred = ours === undefined ? undefined : plainType(ours);
  const isOpen = inferred === undefined || /\?|\[\]/.test(inferred);
  const isSameElement = inferred === undefined || inferred.split('[')[0] === judged?.split('[')[0];
  return isOpen && judged !== undefined && isSameElement ? judged : inferred;
}

/** Dims that are expressions (`2*N`) have no word in ONNX text: `?`. Undefined for types without a known element type. */
function plainType(text: string): string | undefined {
  const plain = text.replace(/\[([^\]]*)\]/g, (_, dims: string) =>
    dims === '' ? '[]' : `[${splitDims(dims).map(plainDim).join(',')}]`,
  );
  return /^\?|\(\?/.test(plain) ? undefined : plain;
}

function plainDim(dim: string): string {
  return /^(?:\d+|[A-Za-z_]\w*)$/.test(dim) ? dim : '?';
}

/** At commas that are not inside parentheses: `min(a, b), 3`. */
function splitDims(dims: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= dims.length; at++) {
    const code = dims[at];
    if (code === '(') depth++;
    if (code === ')') depth--;
    if (code === undefined || (code === ',' && depth === 0)) {
      parts.push(dims.slice(start, at).trim());
      start = at + 1;
    }
  }
  return parts;
}
