import type { Int64, OpsetImport, StringEntry } from '../../model/model.ts';
import type { HeaderEntry, OpsetImportSyntax } from '../syntax-tree.ts';
import type { Said } from './annotations.ts';
import type { Conversion } from './context.ts';
import { exactString } from './names.ts';
import { otherFieldsAt } from './types.ts';

/** What a header says. The last of equal keys counts, opset imports and metadata of all of them, as the reference parser has it. */
export interface Header {
  readonly integers: ReadonlyMap<string, Int64>;
  readonly strings: ReadonlyMap<string, string>;
  readonly opsetImports: readonly OpsetImport[];
  readonly metadata: readonly StringEntry[];
}

export function headerOf(conversion: Conversion, entries: readonly HeaderEntry[], said: Said): Header {
  const integers = new Map<string, Int64>();
  const strings = new Map<string, string>();
  const opsetImports: OpsetImport[] = [];
  const metadata: StringEntry[] = [];
  for (const { key, value } of entries) {
    switch (value.kind) {
      case 'integer':
        integers.set(key.name, value.value);
        break;
      case 'string':
        strings.set(key.name, exactString(said, key.name, value.value));
        break;
      case 'opset-imports':
        for (const syntax of value.imports)
          opsetImports.push(opsetImportOf(conversion, syntax, said, opsetImports.length));
        break;
      case 'metadata':
        for (const entry of value.entries) {
          const path = `metadata_props[${metadata.length}]`;
          metadata.push({
            key: exactString(said, `${path}.key`, entry.key.name),
            value: exactString(said, `${path}.value`, entry.value.name),
          });
        }
        break;
      default:
    }
  }
  return { integers, strings, opsetImports, metadata };
}

function opsetImportOf(
  conversion: Conversion,
  { domain, version }: OpsetImportSyntax,
  said: Said,
  index: number,
): OpsetImport {
  const path = `opset_import[${index}]`;
  const name = exactString(said, `${path}.domain`, domain.name);
  const isAbsent =
    said.absent.has(`${path}.domain`) || conversion.defaults.absentFields.has('OperatorSetIdProto.domain');
  return {
    domain: name,
    ...(name === '' && isAbsent ? { omitted: 'domain' } : undefined),
    version: version.value,
    ...otherFieldsAt(said, path),
  };
}
