import { elementCount } from '../../model/data-types.ts';
import type { Int64, SparseTensor, Tensor, TensorData } from '../../model/model.ts';
import type {
  Annotation,
  Identifier,
  Span,
  SparseTensorSyntax,
  TensorDataSyntax,
  TensorSyntax,
  TypeSyntax,
} from '../syntax-tree.ts';
import { type Construct, readAnnotations, type Said } from './annotations.ts';
import type { Conversion } from './context.ts';
import { elementsData } from './elements.ts';
import { withSaid } from './messages.ts';
import { exactString } from './names.ts';
import { referencedData } from './references.ts';
import { dataTypeNumber } from './types.ts';

/** What a tensor is written with, as an initializer or as an attribute's value. */
export interface TensorParts extends Span {
  readonly type: TypeSyntax;
  readonly name?: Identifier;
  readonly data?: TensorDataSyntax;
}

export function tensorOf(conversion: Conversion, syntax: TensorSyntax): Tensor {
  return annotatedTensor(conversion, syntax, syntax.annotations, 'tensor');
}

function annotatedTensor(
  conversion: Conversion,
  syntax: TensorParts,
  annotations: readonly Annotation[],
  construct: Construct,
): Tensor {
  return tensorSaid(conversion, syntax, readAnnotations(conversion, annotations, construct));
}

export function tensorSaid(conversion: Conversion, syntax: TensorParts, said: Said): Tensor {
  const { type } = syntax;
  const shaped = {
    name: exactString(said, 'name', syntax.name?.name ?? ''),
    dataType: type.kind === 'tensor' ? dataTypeNumber(type.element.name) : 0,
    dims: type.kind === 'tensor' ? sharedDims(conversion, type) : none,
  };
  const { name, dataType, dims } = shaped;
  const data = dataOf(conversion, syntax, shaped, said);
  // Written out: an object that is spread and then added to takes twice the memory.
  const tensor: Tensor = { name, dataType, dims, data, metadata: none };
  return withSaid(conversion, 'TensorProto', tensor, said);
}

const none: readonly never[] = [];

function sharedDims(conversion: Conversion, type: Extract<TypeSyntax, { kind: 'tensor' }>): readonly Int64[] {
  const known = conversion.dims.get(type);
  if (known !== undefined) return known;
  const dims = dimsOf(type);
  conversion.dims.set(type, dims);
  return dims;
}

export function sparseTensorOf(conversion: Conversion, syntax: SparseTensorSyntax): SparseTensor {
  return {
    values: tensorOf(conversion, syntax.values),
    indices: tensorOf(conversion, syntax.indices),
    dims: syntax.type.kind === 'sparse_tensor' ? dimsOf(syntax.type) : [],
  };
}

/** The parser has reported dims that are no numbers; they count as 0. */
function dimsOf({ dims = [] }: Extract<TypeSyntax, { kind: 'tensor' | 'sparse_tensor' }>): Int64[] {
  return dims.map((dimension) => (dimension.kind === 'value' ? dimension.value : 0));
}

function dataOf(
  conversion: Conversion,
  { type, data }: TensorParts,
  shaped: Pick<Tensor, 'name' | 'dataType' | 'dims'>,
  said: Said,
): TensorData {
  switch (data?.kind) {
    case 'values': {
      // Where the shape is no numbers the parser has said so, and how many elements there should be nobody knows.
      const isShaped = type.kind === 'tensor' && (type.dims ?? []).every(({ kind }) => kind === 'value');
      const count = isShaped ? elementCount(shaped.dims) : undefined;
      return elementsData(conversion, data, { ...shaped, count, type }, said);
    }
    case 'external':
      if (data.entries.some((entry) => entry.key.name === 'field'))
        return referencedData(conversion, data.entries, data, shaped);
      return {
        kind: 'external',
        entries: data.entries.map(({ key, value }, index) => ({
          key: exactString(said, `external_data[${index}].key`, key.name),
          value: exactString(said, `external_data[${index}].value`, value.name),
        })),
      };
    default:
      return { kind: 'none' };
  }
}
