/** Bytes of a `.npy` file, written after the format's description, right or wrong. */
export function npy({
  descr = '<f4',
  fortran = false,
  shape = '(1,)',
  values = new Uint8Array(4),
  version = 1,
  dictionary = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`,
}: {
  readonly descr?: string;
  readonly fortran?: boolean;
  readonly shape?: string;
  readonly values?: Uint8Array;
  readonly version?: number;
  readonly dictionary?: string;
}): Buffer {
  const lead = version === 1 ? 10 : 12;
  const padded = `${dictionary.padEnd(Math.ceil((lead + dictionary.length + 1) / 64) * 64 - lead - 1)}\n`;
  const head = Buffer.alloc(lead);
  head.set([0x93, ...Buffer.from('NUMPY'), version, 0]);
  if (version === 1) head.writeUInt16LE(padded.length, 8);
  else head.writeUInt32LE(padded.length, 8);
  return Buffer.concat([head, Buffer.from(padded), values]);
}
