/** A type of ONNX text as operator schemas write it, without dims: `seq(float[N])` is `seq(tensor(float))`. */
export function onnxTypeName(type: string): string {
  const text = type.replace(/\s+/gu, '').replace(/\[[^\]]*\]/gu, '');
  const match = /^(seq|optional|sparse_tensor|map)\((.*)\)$/u.exec(text);
  const [, kind, inner = ''] = match ?? [];
  switch (kind) {
    case 'seq':
    case 'optional':
      return `${kind}(${onnxTypeName(inner)})`;
    case 'sparse_tensor':
      return `sparse_tensor(${inner})`;
    case 'map': {
      const comma = inner.indexOf(',');
      return `map(${inner.slice(0, comma)}, ${inner.slice(comma + 1)})`;
    }
    default:
      return `tensor(${text})`;
  }
}
