/**
 * A C++ class as data: one row per virtual-table slot, in slot order. TensorRT exports a handful of C factories; all else
 * is a virtual call, and these tables say which slot it is.
 *
 * V* classes stand behind the public object's `mImpl` pointer (second word); I* interfaces are virtual themselves.
 * Tables are written for the Itanium C++ ABI (Linux); `msvc.ts` derives those of Windows.
 */
export type ClassTable = readonly Row[];

/**
 * Name, signature `result(type name, type name)` and the first version that has the slot, where that is not the family's
 * first. References are written as pointers; enums keep their names and are `int32`, masks (`…Flags`, `…s`) `uint32`. A later
 * overload carries its argument in the name: `registerCreator(IPluginCreatorInterface&)`.
 */
export type Row = readonly [name: string, signature: string, since?: string];

/** The two slots that the Itanium ABI gives a virtual destructor. */
export const completeDestructor = 'complete destructor';
export const deletingDestructor = 'deleting destructor';

export function isDestructor(row: Row): boolean {
  return row[1] === completeDestructor || row[1] === deletingDestructor;
}

/** The C++ name of a row: without the argument that tells an overload. */
export function baseName(row: Row): string {
  const [name] = row;
  const overload = name.indexOf('(');
  return overload < 0 ? name : name.slice(0, overload);
}

export interface Signature {
  readonly result: string;
  readonly parameters: readonly { readonly type: string; readonly name: string }[];
}

/** Splits `bool(string name, size_t size)`. */
export function parseSignature(signature: string): Signature {
  const match = /^([\w*]+)\((.*)\)$/.exec(signature);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new Error(`Not a signature: ${signature}`);
  }
  const parameters = match[2] === '' ? [] : match[2].split(', ');
  return {
    result: match[1],
    parameters: parameters.map((parameter) => {
      const space = parameter.lastIndexOf(' ');
      return { type: parameter.slice(0, space), name: parameter.slice(space + 1) };
    }),
  };
}
