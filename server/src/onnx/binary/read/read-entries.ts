/** StringStringEntryProto and OperatorSetIdProto. */
import type { OpsetImport, StringEntry } from '../../model/model.ts';
import { encodeEntries } from '../write/encode-model.ts';
import { encodeFields } from '../write/field-sink.ts';
import { appendOthers, finishOthers, type OtherFields, withOther } from './other-fields.ts';
import type { WireCursor } from './wire-cursor.ts';

/**
 * A repeated field of entries, as it is read. An entry without a key or value, or with more fields, is more than a StringEntry
 * can say; then the whole field becomes `serialized`, in order.
 */
export interface EntryList {
  entries: StringEntry[];
  serialized: OtherFields;
}

/** Reads one more entry of the field. */
export function readEntry(
  cursor: WireCursor,
  field: number,
  list: EntryList = { entries: [], serialized: undefined },
): EntryList {
  const entry = cursor.message('entry', list.entries.length, readKeyAndValue);
  if (list.serialized === undefined && entry !== undefined) {
    list.entries.push(entry);
    return list;
  }
  list.serialized ??= appendOthers(
    undefined,
    encodeFields((sink) => encodeEntries(sink, field, list.entries)),
  );
  list.entries = [];
  list.serialized = appendOthers(list.serialized, cursor.lastField());
  return list;
}

export function entriesOf(list: EntryList | undefined): readonly StringEntry[] {
  return list?.entries ?? noEntries;
}
const noEntries: readonly StringEntry[] = [];

/** `other` and what the list could not say. */
export function withSerialized(other: OtherFields, list: EntryList | undefined): OtherFields {
  return list?.serialized === undefined ? other : appendOthers(other, finishOthers(list.serialized));
}

/** Undefined where a StringEntry cannot say it. */
function readKeyAndValue(cursor: WireCursor): StringEntry | undefined {
  let key: string | undefined;
  let value: string | undefined;
  let more = false;
  while (cursor.more()) {
    const tag = cursor.tag();
    // 1: key, 2: value.
    if (tag === 0x0a) key = cursor.string();
    else if (tag === 0x12) value = cursor.string();
    else {
      cursor.skip(tag);
      more = true;
    }
  }
  return key === undefined || value === undefined || more ? undefined : { key, value };
}

export function readOpsetImport(cursor: WireCursor): OpsetImport {
  let domain: string | undefined;
  let version: OpsetImport['version'] = 0;
  let other: OtherFields;
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x0a: // 1: domain
        domain = cursor.string();
        break;
      case 0x10: // 2: version
        version = cursor.int64();
        if (version === 0) other = appendOthers(other, cursor.lastField());
        break;
      default:
        cursor.skip(tag);
        other = appendOthers(other, cursor.lastField());
    }
  }
  return domain === undefined
    ? { domain: '', omitted: 'domain', version, ...withOther(other) }
    : { domain, version, ...withOther(other) };
}
