import type { Product } from '../../../../native-bridge/src/protocol.ts';

/** What a library is for. `lean` and `dispatch` run engines but have neither builder nor parser. */
export type LibraryRole =
  | 'infer'
  | 'parser'
  | 'plugin'
  | 'vc-plugin'
  | 'lean'
  | 'dispatch'
  | 'builder-resource';

export interface LibraryName {
  readonly fileName: string;
  readonly product: Product;
  readonly role: LibraryRole;
  /** Numbers of the file name, as many as it has: `[10]`, `[10, 15, 1]`, `[1, 7]`. Empty for a bare `libnvinfer.so`. */
  readonly version: readonly number[];
}

const roles: readonly (readonly [stem: string, product: Product, role: LibraryRole])[] = [
  ['nvinfer', 'TensorRT', 'infer'],
  ['nvonnxparser', 'TensorRT', 'parser'],
  ['nvinfer_plugin', 'TensorRT', 'plugin'],
  ['nvinfer_vc_plugin', 'TensorRT', 'vc-plugin'],
  ['nvinfer_lean', 'TensorRT', 'lean'],
  ['nvinfer_dispatch', 'TensorRT', 'dispatch'],
  ['tensorrt_rtx', 'TensorRT-RTX', 'infer'],
  ['tensorrt_onnxparser_rtx', 'TensorRT-RTX', 'parser'],
];

const byStem = new Map(roles.map(([stem, product, role]) => [stem, { product, role }]));

/** The part that a file name plays in a TensorRT installation; undefined for all other files. */
export function libraryName(fileName: string, platform: NodeJS.Platform): LibraryName | undefined {
  const match =
    platform === 'win32'
      ? /^(?<stem>[a-z_]+?)(?:_(?<version>\d+(?:_\d+)*))?\.dll$/i.exec(fileName)
      : /^lib(?<stem>[a-z0-9_]+)\.so(?:\.(?<version>\d+(?:\.\d+)*))?$/.exec(fileName);
  const { stem: spelling, version: numbers = '' } = match?.groups ?? {};
  if (spelling === undefined) return undefined;
  const stem = spelling.toLowerCase();
  const version = numbers.split(/[._]/).filter(Boolean).map(Number);
  if (stem.startsWith('nvinfer_builder_resource')) {
    return { fileName, product: 'TensorRT', role: 'builder-resource', version };
  }
  const known = byStem.get(stem);
  return known && { fileName, ...known, version };
}

/** The soname that a missing library would have, for messages. */
export function expectedName(
  product: Product,
  role: LibraryRole,
  major: number,
  platform: NodeJS.Platform,
): string {
  const stem = roles.find((row) => row[1] === product && row[2] === role)?.[0] ?? role;
  return platform === 'win32' ? `${stem}_${major}.dll` : `lib${stem}.so.${major}`;
}
