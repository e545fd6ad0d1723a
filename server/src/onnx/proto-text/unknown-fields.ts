/** What protobuf's text forms cannot say. */

/** Is told of a field that onnx.proto does not name. */
export type UnknownField = (message: string, number: number) => void;

/** Gathers them into one sentence; undefined where there are none. */
export function unknownFields(): { readonly tell: UnknownField; sentence(): string | undefined } {
  const found = new Set<string>();
  return {
    tell: (message, number) => found.add(`${number} of ${message.replace('onnx.', '')}`),
    sentence: () =>
      found.size === 0
        ? undefined
        : `Fields that onnx.proto does not name were left out, as this form has no place for them: ${[...found].join(', ')}.`,
  };
}
