/** Attributes that hold a TensorProto.DataType: `to` of Cast, `dtype` of generators. */
import type { AttributeSchema } from './schema.ts';

const names: ReadonlySet<string> = new Set(['to', 'dtype']);

export function isDataTypeAttribute({ name, type }: AttributeSchema): boolean {
  return type === 'int' && names.has(name);
}
