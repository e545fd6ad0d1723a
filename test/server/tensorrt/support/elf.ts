/** Makes small ELF shared objects, byte by byte: no compiler is needed to test what libraries can do to us. */

export interface SharedObject {
  readonly soname?: string;
  /** Functions by name, as machine code. */
  readonly exports?: Readonly<Record<string, Uint8Array>>;
  /** Machine code that the loader runs when it loads the library. */
  readonly initializer?: Uint8Array;
  /** ELF machine number; 62 is x86-64, 183 is arm64. */
  readonly machine?: number;
}

/** x86-64: `mov eax, value; ret`. */
export function returnConstant(value: number): Uint8Array {
  const code = Buffer.from([0xb8, 0, 0, 0, 0, 0xc3]);
  code.writeUInt32LE(value, 1);
  return code;
}

/** arm64: `movz w0, #low; movk w0, #high, lsl #16; ret`. */
export function returnConstantArm64(value: number): Uint8Array {
  const code = Buffer.alloc(12);
  code.writeUInt32LE((0x52800000 | ((value & 0xffff) << 5)) >>> 0, 0);
  code.writeUInt32LE((0x72a00000 | ((value >>> 16) << 5)) >>> 0, 4);
  code.writeUInt32LE(0xd65f03c0, 8);
  return code;
}

/** x86-64: `xor eax, eax; mov eax, [rax]`: reads address 0, which ends the process with a segmentation fault. */
export const segmentationFault = Uint8Array.from([0x31, 0xc0, 0x8b, 0x00]);

/** Bytes of an ELF shared object that the Linux loader accepts. Addresses are file offsets: one segment maps the whole file. */
export function sharedObject({ soname, exports = {}, initializer, machine = 62 }: SharedObject): Buffer {
  const strings = new StringTable();
  const names = Object.keys(exports).map((name) => strings.add(name));
  const sonameAt = soname === undefined ? undefined : strings.add(soname);
  const symbolCount = names.length + 1;

  const headersSize = 64 + 2 * 56;
  const hashAt = align(headersSize);
  const symbolsAt = align(hashAt + (3 + symbolCount) * 4);
  const stringsAt = symbolsAt + symbolCount * 24;
  let end = align(stringsAt + strings.size);
  const codeAt = end;
  const place = (code: Uint8Array) => {
    const at = end;
    end = align(end + code.length);
    return at;
  };
  const functions = Object.values(exports).map((code) => ({ code, at: place(code) }));
  const initializerAt = initializer && place(initializer);
  const dynamicAt = end;
  const dynamic: [tag: number, value: number][] = [
    [4, hashAt],
    [5, stringsAt],
    [6, symbolsAt],
    [10, strings.size],
    [11, 24],
    ...(sonameAt === undefined ? [] : [[14, sonameAt] as [number, number]]),
    ...(initializerAt === undefined ? [] : [[12, initializerAt] as [number, number]]),
    [0, 0],
  ];
  const sectionsAt = align(dynamicAt + dynamic.length * 16);
  const sectionCount = 4;
  const file = Buffer.alloc(sectionsAt + sectionCount * 64);

  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(machine, 18);
  file.writeUInt32LE(1, 20);
  writeUInt64(file, 64, 32);
  writeUInt64(file, sectionsAt, 40);
  for (const [at, value] of [
    [52, 64],
    [54, 56],
    [56, 2],
    [58, 64],
    [60, sectionCount],
  ] as const) {
    file.writeUInt16LE(value, at);
  }
  programHeader(file, 64, 1, 7, 0, file.length, 4096);
  programHeader(file, 64 + 56, 2, 6, dynamicAt, dynamic.length * 16, 8);

  // One hash bucket: a chain through all symbols.
  const hash = [
    1,
    symbolCount,
    symbolCount > 1 ? 1 : 0,
    0,
    ...names.map((_, i) => (i + 2 < symbolCount ? i + 2 : 0)),
  ];
  for (const [index, word] of hash.entries()) file.writeUInt32LE(word, hashAt + index * 4);
  for (const [index, name] of names.entries()) {
    const at = symbolsAt + (index + 1) * 24;
    file.writeUInt32LE(name, at);
    file[at + 4] = 0x12;
    file.writeUInt16LE(3, at + 6);
    writeUInt64(file, functions[index]?.at ?? 0, at + 8);
    writeUInt64(file, functions[index]?.code.length ?? 0, at + 16);
  }
  file.set(strings.bytes(), stringsAt);
  for (const { code, at } of functions) file.set(code, at);
  if (initializer && initializerAt !== undefined) file.set(initializer, initializerAt);
  for (const [index, [tag, value]] of dynamic.entries()) {
    writeUInt64(file, tag, dynamicAt + index * 16);
    writeUInt64(file, value, dynamicAt + index * 16 + 8);
  }
  section(file, sectionsAt + 64, 11, symbolsAt, symbolCount * 24, 2);
  section(file, sectionsAt + 128, 3, stringsAt, strings.size, 0);
  section(file, sectionsAt + 192, 1, codeAt, dynamicAt - codeAt, 0);
  return file;
}

class StringTable {
  readonly #parts: Buffer[] = [Buffer.from([0])];
  size = 1;

  add(text: string): number {
    const at = this.size;
    const bytes = Buffer.from(`${text}\0`, 'latin1');
    this.#parts.push(bytes);
    this.size += bytes.length;
    return at;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function programHeader(
  file: Buffer,
  at: number,
  type: number,
  flags: number,
  offset: number,
  size: number,
  alignment: number,
): void {
  file.writeUInt32LE(type, at);
  file.writeUInt32LE(flags, at + 4);
  for (const [field, value] of [offset, offset, offset, size, size, alignment].entries()) {
    writeUInt64(file, value, at + 8 + field * 8);
  }
}

function section(file: Buffer, at: number, type: number, offset: number, size: number, link: number): void {
  file.writeUInt32LE(type, at + 4);
  writeUInt64(file, offset, at + 16);
  writeUInt64(file, offset, at + 24);
  writeUInt64(file, size, at + 32);
  file.writeUInt32LE(link, at + 40);
}

function writeUInt64(file: Buffer, value: number, at: number): void {
  file.writeBigUInt64LE(BigInt(value), at);
}

function align(offset: number): number {
  return (offset + 15) & ~15;
}
