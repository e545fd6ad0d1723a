import { type FileHandle, open } from 'node:fs/promises';

/** What a shared library's file says of itself without being loaded. */
export interface LibraryImage {
  readonly format: 'ELF' | 'PE';
  /** Node's name of the processor it is built for, or the machine number of its header. */
  readonly architecture: string;
  /** The file ends before its own tables do: an interrupted download or copy. */
  readonly isCutShort?: true;
  /**
   * What its `getInferLibVersion` answers (110201; RTX 1.7.1: 10701), read from the function's machine code
   * `mov eax, <version>; ret`. Undefined where the library has no such function or another body.
   */
  readonly inferLibVersion?: number;
}

const versionSymbol = 'getInferLibVersion';

/** Tables beyond this size (bytes) belong to no TensorRT library; a lying header costs no memory. */
const largestTable = 16 << 20;

/** Undefined for a file that is no 64-bit ELF or PE image (a text file, a Git LFS pointer, a linker script). */
export async function readLibraryImage(path: string): Promise<LibraryImage | undefined> {
  const file = await open(path, 'r');
  try {
    const start = await readAt(file, 0, 64);
    if (start.length < 64) return undefined;
    if (start.readUInt32BE(0) === 0x7f454c46) return await readElf(file, start);
    if (start.readUInt16LE(0) === 0x5a4d) return await readPortableExecutable(file, start);
    return undefined;
  } finally {
    await file.close();
  }
}

async function readElf(file: FileHandle, header: Buffer): Promise<LibraryImage | undefined> {
  const [class64, littleEndian, sharedObject] = [header[4] === 2, header[5] === 1, header[16] === 3];
  if (!class64 || !littleEndian || !sharedObject) return undefined;
  const machine = header.readUInt16LE(18);
  const architecture = machine === 62 ? 'x64' : machine === 183 ? 'arm64' : `ELF machine ${machine}`;
  // Linkers write the section headers last.
  const entrySize = header.readUInt16LE(58);
  const tableSize = entrySize * header.readUInt16LE(60);
  const sections = await readAt(file, Number(header.readBigUInt64LE(40)), tableSize);
  if (sections.length < tableSize) return { format: 'ELF', architecture, isCutShort: true };
  const inferLibVersion = await unlessOutOfRange(async () => {
    const code = await elfVersionFunction(file, sections, entrySize);
    return code && returnedConstant(code, architecture);
  });
  return { format: 'ELF', architecture, ...(inferLibVersion !== undefined && { inferLibVersion }) };
}

/** The first bytes of the exported version function. */
async function elfVersionFunction(
  file: FileHandle,
  table: Buffer,
  entrySize: number,
): Promise<Buffer | undefined> {
  const section = (index: number) => {
    const at = index * entrySize;
    return {
      type: table.readUInt32LE(at + 4),
      address: Number(table.readBigUInt64LE(at + 16)),
      offset: Number(table.readBigUInt64LE(at + 24)),
      size: Number(table.readBigUInt64LE(at + 32)),
      link: table.readUInt32LE(at + 40),
    };
  };
  const dynamicSymbols = 11;
  for (let index = 0; (index + 1) * entrySize <= table.length; index++) {
    const symbols = section(index);
    if (symbols.type !== dynamicSymbols) continue;
    const names = section(symbols.link);
    const nameBytes = await readAt(file, names.offset, names.size);
    const symbolBytes = await readAt(file, symbols.offset, symbols.size);
    for (let at = 0; at + 24 <= symbolBytes.length; at += 24) {
      if (!isName(nameBytes, symbolBytes.readUInt32LE(at), versionSymbol)) continue;
      const sectionIndex = symbolBytes.readUInt16LE(at + 6);
      if (sectionIndex === 0) continue;
      const code = section(sectionIndex);
      const offset = Number(symbolBytes.readBigUInt64LE(at + 8)) - code.address + code.offset;
      return await readAt(file, offset, 12);
    }
  }
  return undefined;
}

async function readPortableExecutable(
  file: FileHandle,
  dosHeader: Buffer,
): Promise<LibraryImage | undefined> {
  const at = dosHeader.readUInt32LE(60);
  const header = await readAt(file, at, 24 + 120);
  if (header.length < 24 + 120 || header.readUInt32LE(0) !== 0x4550 || header.readUInt16LE(24) !== 0x20b) {
    return undefined;
  }
  const machine = header.readUInt16LE(4);
  const architecture = machine === 0x8664 ? 'x64' : machine === 0xaa64 ? 'arm64' : `PE machine ${machine}`;
  const sections = await readAt(file, at + 24 + header.readUInt16LE(20), header.readUInt16LE(6) * 40);
  const fileSize = (await file.stat()).size;
  for (let row = 0; row + 40 <= sections.length; row += 40) {
    const end = sections.readUInt32LE(row + 20) + sections.readUInt32LE(row + 16);
    if (end > fileSize) return { format: 'PE', architecture, isCutShort: true };
  }
  const inferLibVersion = await unlessOutOfRange(async () => {
    const code = await peVersionFunction(file, header, sections);
    return code && returnedConstant(code, architecture);
  });
  return { format: 'PE', architecture, ...(inferLibVersion !== undefined && { inferLibVersion }) };
}

async function peVersionFunction(
  file: FileHandle,
  header: Buffer,
  sections: Buffer,
): Promise<Buffer | undefined> {
  const fileOffset = (address: number): number => {
    for (let row = 0; row + 40 <= sections.length; row += 40) {
      const start = sections.readUInt32LE(row + 12);
      const size = Math.max(sections.readUInt32LE(row + 8), sections.readUInt32LE(row + 16));
      if (address >= start && address < start + size)
        return address - start + sections.readUInt32LE(row + 20);
    }
    throw new RangeError('An address of the image lies in no section.');
  };
  const exportsAddress = header.readUInt32LE(24 + 112);
  const exportsSize = header.readUInt32LE(24 + 116);
  if (exportsAddress === 0) return undefined;
  // Names and tables of the export directory lie inside it, so that one read has them all.
  const directory = await readAt(file, fileOffset(exportsAddress), exportsSize);
  const inside = (field: number) => directory.readUInt32LE(field) - exportsAddress;
  const [functions, names, ordinals] = [inside(28), inside(32), inside(36)];
  for (let index = 0; index < directory.readUInt32LE(24); index++) {
    if (!isName(directory, directory.readUInt32LE(names + index * 4) - exportsAddress, versionSymbol))
      continue;
    const address = directory.readUInt32LE(functions + directory.readUInt16LE(ordinals + index * 2) * 4);
    return await readAt(file, fileOffset(address), 12);
  }
  return undefined;
}

/** An image whose tables point outside themselves still has a format and an architecture. */
async function unlessOutOfRange<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The constant of a function that does nothing but return one. */
function returnedConstant(code: Buffer, architecture: string): number | undefined {
  if (architecture === 'x64') {
    const movEax = 0xb8;
    const ret = 0xc3;
    return code[0] === movEax && code[5] === ret ? code.readUInt32LE(1) : undefined;
  }
  if (architecture === 'arm64') {
    // movz w0, #low; movk w0, #high, lsl #16; ret
    const [low, high, ret] = [code.readUInt32LE(0), code.readUInt32LE(4), code.readUInt32LE(8)];
    const isConstant =
      (low & 0xffe0001f) >>> 0 === 0x52800000 &&
      (high & 0xffe0001f) >>> 0 === 0x72a00000 &&
      ret === 0xd65f03c0;
    return isConstant ? ((low >>> 5) & 0xffff) + ((high >>> 5) & 0xffff) * 65536 : undefined;
  }
  return undefined;
}

function isName(bytes: Buffer, start: number, name: string): boolean {
  const end = start + name.length;
  return bytes[end] === 0 && bytes.toString('latin1', start, end) === name;
}

/** Fewer bytes than asked for at the end of the file. */
async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  if (length > largestTable || offset < 0 || !Number.isSafeInteger(offset))
    throw new RangeError('The image lies about its sizes.');
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
