import type { MarkupContent } from 'vscode-languageserver-types';
import { type DataType, dataTypeOfName } from '../../onnx/model/data-types.ts';
import type { DimensionSyntax, Identifier } from '../../onnx/text/syntax-tree.ts';
import { dimensionReferences } from '../dimension-references.ts';
import type { OnnxDocument } from '../document.ts';
import type { Place } from '../elements.ts';
import { code, markdown } from '../markdown.ts';

/** Formats whose names do not say it all. */
const formats: ReadonlyMap<string, string> = new Map([
  ['float', 'IEEE 754 single precision'],
  ['double', 'IEEE 754 double precision'],
  ['float16', 'IEEE 754 half precision: 5 bits of exponent, 10 of mantissa'],
  ['bfloat16', 'brain floating point: 8 bits of exponent, 7 of mantissa'],
  ['float8e4m3fn', '4 bits of exponent, 3 of mantissa, no infinities; TensorRT calls it FP8'],
  ['float8e4m3fnuz', '4 bits of exponent, 3 of mantissa, no infinities, no negative zero'],
  ['float8e5m2', '5 bits of exponent, 2 of mantissa'],
  ['float8e5m2fnuz', '5 bits of exponent, 2 of mantissa, no infinities, no negative zero'],
  ['float8e8m0', '8 bits of exponent: a power of two, for the scales of blocks'],
  ['float6e2m3', '2 bits of exponent, 3 of mantissa, no infinities, no NaN'],
  ['float6e3m2', '3 bits of exponent, 2 of mantissa, no infinities, no NaN'],
  ['float4e2m1', '2 bits of exponent, 1 of mantissa; TensorRT calls it FP4'],
]);

/** Element type, by its name in ONNX text. */
export function elementTypeHover(element: Identifier): MarkupContent | undefined {
  const type = dataTypeOfName(element.name);
  return type && markdown([`${code(type.name)}, element type: ${describe(type)}.`]);
}

/** Symbolic or unknown dimension. */
export function dimensionHover(
  document: OnnxDocument,
  place: Place,
  dimension: DimensionSyntax,
): MarkupContent | undefined {
  switch (dimension.kind) {
    case 'value':
      return undefined;
    case 'unknown':
      return markdown(['`?`, a dimension of which neither size nor name is known.']);
    case 'parameter': {
      const count = dimensionReferences(document, place.segment, dimension.name).length;
      return markdown([
        `${code(dimension.name)}, symbolic dimension`,
        `Known only at run time, and equal wherever the name stands (${count === 1 ? 'only here' : `${count} places`}). For TensorRT it is dynamic: an optimization profile gives its range.`,
      ]);
    }
  }
}

function describe({ name, bits, kind }: DataType): string {
  const format = formats.get(name);
  const size = bits === undefined ? 'of any length' : bits === 1 ? '1 bit' : `${bits} bits`;
  const words = {
    float: 'floating point',
    signed: "integer, two's complement",
    unsigned: 'integer without sign',
    bool: 'true or false, stored as a byte',
    complex: 'complex number, real and imaginary part',
    string: 'UTF-8 text',
  }[kind];
  return [words, size, ...(format ? [format] : [])].join('; ');
}
