/** `{1, 2, 3}` → the bytes of the tensor's data field. */
import { type DataType, dataTypeOfNumber, isPackedInInt32Data } from '../../model/data-types.ts';
import type { Int64, TensorData } from '../../model/model.ts';
import { type ElementField, encodeElements, type TensorElement } from '../../model/tensor-values.ts';
import { encodeUtf8 } from '../../model/utf8.ts';
import type { Span, TensorDataSyntax, TypeSyntax } from '../syntax-tree.ts';
import type { Said } from './annotations.ts';
import { type Conversion, report, textAt } from './context.ts';
import { elementSpans } from './element-spans.ts';
import { exactBytes } from './names.ts';

type Values = Extract<TensorDataSyntax, { kind: 'values' }>;

interface Shaped {
  readonly dataType: number;
  readonly dims: readonly Int64[];
  /** Elements that dims ask for; undefined where they say nothing. */
  readonly count: number | undefined;
  readonly type: TypeSyntax;
}

export function elementsData(conversion: Conversion, data: Values, shaped: Shaped, said: Said): TensorData {
  const type = dataTypeOfNumber(shaped.dataType);
  checkCount(conversion, data, shaped, type, said);
  if (type?.kind === 'string') {
    const values = data.elements.map(
      (element, index) => exactBytes(said, String(index), String(element)) ?? encodeUtf8(String(element)),
    );
    return values.length === 0 ? { kind: 'none' } : { kind: 'strings', values };
  }
  const isRaw = said.rawData ?? conversion.defaults.rawData;
  if (data.elements.length === 0) return isRaw ? { kind: 'raw', bytes: new Uint8Array() } : { kind: 'none' };
  if (type === undefined) return { kind: 'none' };
  const field: ElementField = isRaw || type.field === 'string_data' ? 'raw_data' : type.field;
  const elements = fitted(conversion, data, shaped, type, field);
  const bytes = encodeElements(shaped, field, elements);
  if (elements.some(Number.isNaN)) writeNaNs(bytes, elements, textAt(conversion, data), said);
  return field === 'raw_data' ? { kind: 'raw', bytes } : { kind: 'typed', field, bytes };
}

function checkCount(
  conversion: Conversion,
  data: Values,
  { count, type, dims }: Shaped,
  dataType: DataType | undefined,
  said: Said,
): void {
  // A tensor whose data are in other fields shows no elements.
  const isElsewhere = data.elements.length === 0 && (said.fields.length > 0 || dataType === undefined);
  if (count === undefined || isElsewhere) return;
  const perElement = dataType?.kind === 'complex' ? 2 : 1;
  const expected = count * perElement;
  if (data.elements.length === expected) return;
  const of = perElement === 2 ? ' (real and imaginary parts in turn)' : '';
  const name = type.kind === 'tensor' ? `${type.element.name}[${dims.join(',')}]` : 'The tensor';
  const message = `${name} takes ${numbers(expected)}${of}, and there are ${data.elements.length}. Correct the elements or the dimensions.`;
  report(conversion, data.start === data.end ? type : data, 'onnx.tensor.element-count', message);
}

function numbers(count: number): string {
  return count === 1 ? '1 element' : `${count} elements`;
}

/**
 * The elements as they can be encoded: what is no value of the type is reported, and cut to what the field can hold so that there
 * is a model all the same. A typed field may hold more than its type allows, and keeps it.
 */
function fitted(
  conversion: Conversion,
  data: Values,
  shaped: Shaped,
  type: DataType,
  field: ElementField,
): readonly TensorElement[] {
  const range = valueRange(type);
  if (range === undefined) {
    const floats = data.elements.map((element) => (typeof element === 'string' ? 0 : element));
    const lacksImaginaryPart = type.kind === 'complex' && field === 'raw_data' && floats.length % 2 !== 0;
    return lacksImaginaryPart ? [...floats, 0] : floats;
  }
  const [minimum, maximum] = range;
  let cut: TensorElement[] | undefined;
  let spans: readonly Span[] | undefined;
  for (const [index, element] of data.elements.entries()) {
    // The parser has reported what is no integer.
    const value = typeof element === 'bigint' || Number.isInteger(element) ? (element as Int64) : 0;
    if (value === element && value >= minimum && value <= maximum) {
      if (type.kind === 'bool' && value > 1) {
        spans ??= elementSpans(textAt(conversion, data));
        reportBool(conversion, spanIn(data, spans[index]), value);
      }
      continue;
    }
    if (value === element) {
      spans ??= elementSpans(textAt(conversion, data));
      reportRange(conversion, spanIn(data, spans[index]), value, shaped, range);
    }
    cut ??= [...data.elements];
    cut[index] = cutTo(field, type, BigInt(value));
  }
  return cut ?? data.elements;
}

function spanIn(data: Values, found: Span | undefined): Span {
  return found ? { start: data.start + found.start, end: data.start + found.end } : data;
}

/** A byte that is neither is kept as it is: models with such ones are about, and run. */
function reportBool(conversion: Conversion, span: Span, element: Int64): void {
  const message = `${element} is neither 0 nor 1, the only values that ONNX has for a bool. It is kept as it is; most programs take it for true. Write 1.`;
  report(conversion, span, 'onnx.tensor.bool-value', message);
}

function reportRange(
  conversion: Conversion,
  span: Span,
  element: Int64,
  { type }: Shaped,
  [minimum, maximum]: readonly [Int64, Int64],
): void {
  const name = type.kind === 'tensor' ? type.element.name : '';
  const message = `${element} is no value of ${name}, which goes from ${minimum} to ${maximum}.`;
  report(conversion, span, 'onnx.value-out-of-range', message);
}

/** The integers that an element may be, as value or bit pattern; undefined for those that are floats. */
function valueRange({ kind, bits = 0 }: DataType): readonly [Int64, Int64] | undefined {
  if (kind === 'complex' || (kind === 'float' && bits >= 32)) return undefined;
  if (kind === 'bool') return [0, 255];
  const half = 2n ** BigInt(bits - 1);
  const [minimum, maximum] = kind === 'signed' ? [-half, half - 1n] : [0n, 2n * half - 1n];
  return bits < 53 ? [Number(minimum), Number(maximum)] : [minimum, maximum];
}

function cutTo(field: ElementField, type: DataType, value: bigint): bigint {
  const { bits = 8, kind } = type;
  if (field === 'int32_data' && !isPackedInInt32Data(type)) return BigInt.asIntN(32, value);
  if (field === 'int64_data') return BigInt.asIntN(64, value);
  if (field === 'uint64_data') return BigInt.asUintN(64, value);
  return kind === 'signed' ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** Gives NaNs their bits: the sign that they are written with, or what an annotation says. */
function writeNaNs(bytes: Uint8Array, elements: readonly TensorElement[], text: string, said: Said): void {
  const size = bytes.length / elements.length;
  const positive = size === 4 ? '7fc00000' : '7ff8000000000000';
  const negative = size === 4 ? 'ffc00000' : 'fff8000000000000';
  const spans = elementSpans(text);
  for (const [index, element] of elements.entries()) {
    if (!Number.isNaN(element)) continue;
    const annotated = said.nanBits.get(index);
    const isExact = annotated?.value.length === size * 2;
    if (isExact) annotated.used = true;
    const span = spans[index];
    const bits = isExact ? annotated.value : text[span?.start ?? 0] === '-' ? negative : positive;
    bytes.set(Buffer.from(bits, 'hex').reverse(), index * size);
  }
}
