import type {
  HeaderEntry,
  HeaderValue,
  Identifier,
  OpsetImportSyntax,
  StringEntrySyntax,
} from '../syntax-tree.ts';
import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';
import { nameAt, startsName } from './identifiers.ts';
import { continuesList, type List } from './lists.ts';
import { isAtSignature } from './lookahead.ts';
import { fitsInt64, integerValue, scanNumber } from './numbers.ts';
import { didYouMean } from './suggestions.ts';
import { readStringEntries } from './tensors.ts';

type ValueKind = 'integer' | 'string' | 'opset-imports' | 'metadata';

const modelKeys: ReadonlyMap<string, ValueKind> = new Map([
  ['ir_version', 'integer'],
  ['opset_import', 'opset-imports'],
  ['producer_name', 'string'],
  ['producer_version', 'string'],
  ['domain', 'string'],
  ['model_version', 'integer'],
  ['doc_string', 'string'],
  ['metadata_props', 'metadata'],
]);

const functionKeys: ReadonlyMap<string, ValueKind> = new Map([
  ['domain', 'string'],
  ['opset_import', 'opset-imports'],
  ['overload', 'string'],
  ['doc_string', 'string'],
]);

const forms: Readonly<Record<ValueKind, string>> = {
  integer: 'an integer',
  string: 'a string in quotes',
  'opset-imports': 'a list of domains and versions: `["" : 21]`',
  metadata: 'a list of keys and values: `["key": "value"]`',
};

/** `<key: value, …>`, at the `<`. */
export function readHeader(cursor: Cursor, kind: 'model' | 'function'): readonly HeaderEntry[] {
  const entries: HeaderEntry[] = [];
  cursor.pos++;
  if (cursor.peek() === character.greater) {
    cursor.expected(
      'onnx.syntax.expected-value',
      'Expected a key and a value, such as `opset_import: ["" : 21]`.',
    );
    cursor.pos++;
    return entries;
  }
  do {
    const next = cursor.peek();
    if (!startsName(next) || (cursor.isFirstOnLine && isAtSignature(cursor))) {
      cursor.expected('onnx.syntax.expected-name', `Expected a key: ${[...keysOf(kind).keys()].join(', ')}.`);
      if (startsName(next)) {
        return entries;
      }
      continue;
    }
    entries.push(readEntry(cursor, nameAt(cursor, next), kind));
  } while (continuesHeader(cursor));
  return entries;
}

const headerList: List = {
  close: character.greater,
  entry: 'key',
  isAtEntry: (cursor) => startsName(cursor.peek()) && isAtKey(cursor),
  isBehind: (cursor) => startsName(cursor.peek()) || cursor.peek() === character.openBrace,
};

const opsetList: List = {
  close: character.closeBracket,
  entry: 'domain and version',
  isAtEntry: (cursor) => cursor.peek() === character.quote,
  isBehind: () => false,
};

/** After an entry: whether another one follows. */
function continuesHeader(cursor: Cursor): boolean {
  cursor.peek();
  if (cursor.isAtArrow) {
    cursor.expected('onnx.syntax.unexpected-text', 'Expected `>` at the end of the header, without `=`.');
    cursor.pos += 2;
    return false;
  }
  return continuesList(cursor, headerList);
}

function isAtKey(cursor: Cursor): boolean {
  return cursor.lookAhead(() => {
    cursor.skipToken();
    return cursor.peek() === character.colon;
  });
}

function readEntry(cursor: Cursor, key: Identifier, kind: 'model' | 'function'): HeaderEntry {
  const keys = keysOf(kind);
  const valueKind = keys.get(key.name);
  if (!valueKind) {
    const advice = didYouMean(key.name, keys.keys()) || ` Its keys are ${[...keys.keys()].join(', ')}.`;
    cursor.problem(
      'onnx.syntax.unknown-header-key',
      cursor.base + key.start,
      cursor.base + key.end,
      `The header of a ${kind} has no \`${key.name}\`.${advice}`,
    );
  }
  if (!cursor.matches(character.colon)) {
    cursor.expected('onnx.syntax.expected-colon', `Expected \`:\` and the value of \`${key.name}\`.`);
    const value = { kind: 'incomplete', start: cursor.endOffset, end: cursor.endOffset } as const;
    return { start: key.start, end: cursor.endOffset, key, value };
  }
  const value = readValue(cursor, valueKind);
  return { start: key.start, end: cursor.endOffset, key, value };
}

/** The value of a key; of an unknown one (`kind` is undefined), any that there can be. */
function readValue(cursor: Cursor, kind: ValueKind | undefined): HeaderValue {
  const next = cursor.peek();
  const start = cursor.offset;
  let value: HeaderValue;
  if (next === character.quote) {
    const text = cursor.string();
    value = { kind: 'string', start, end: cursor.offset, value: text };
  } else if (next === character.openBracket) {
    value = kind === 'metadata' ? readMetadata(cursor) : readOpsetImports(cursor);
  } else {
    const integer = readInteger(cursor);
    if (integer === undefined) {
      if (cursor.offset === start) {
        cursor.expected('onnx.syntax.expected-value', `Expected ${kind ? forms[kind] : 'a value'}.`);
      }
      return { kind: 'incomplete', start, end: cursor.offset };
    }
    value = { kind: 'integer', start, end: cursor.offset, value: integer };
  }
  if (kind && value.kind !== kind) {
    const { end } = value;
    cursor.problem(
      'onnx.syntax.expected-value',
      cursor.base + start,
      cursor.base + end,
      `Expected ${forms[kind]}.`,
    );
  }
  return value;
}

function readMetadata(cursor: Cursor): HeaderValue {
  const start = cursor.offset;
  cursor.pos++;
  const entries: readonly StringEntrySyntax[] = readStringEntries(cursor);
  return { kind: 'metadata', start, end: cursor.endOffset, entries };
}

function readOpsetImports(cursor: Cursor): HeaderValue {
  const start = cursor.offset;
  const imports: OpsetImportSyntax[] = [];
  cursor.pos++;
  if (!cursor.matches(character.closeBracket)) {
    do {
      const before = cursor.pos;
      const entry = readOpsetImport(cursor);
      if (cursor.pos > before) {
        imports.push(entry);
      }
    } while (continuesList(cursor, opsetList));
  }
  return { kind: 'opset-imports', start, end: cursor.endOffset, imports };
}

function readOpsetImport(cursor: Cursor): OpsetImportSyntax {
  const next = cursor.peek();
  if (next !== character.quote) {
    cursor.expected('onnx.syntax.expected-value', 'Expected a domain in quotes and a version: `"" : 21`.');
  }
  const domain = startsName(next) ? nameAt(cursor, next) : cursor.missingIdentifier();
  if (!cursor.matches(character.colon)) {
    cursor.expected('onnx.syntax.expected-colon', 'Expected `:` and a version.');
  }
  cursor.peek();
  const start = cursor.offset;
  const value = readInteger(cursor);
  if (value === undefined && cursor.offset === start) {
    cursor.expected('onnx.syntax.expected-value', 'Expected a version, an integer such as 21.');
  }
  const version = { start, end: cursor.offset, value: value ?? 0 };
  return { start: domain.start, end: cursor.endOffset, domain, version };
}

/** Undefined where there is none; what else there is a number is reported and consumed. */
function readInteger(cursor: Cursor): number | bigint | undefined {
  const start = cursor.pos;
  const shape = scanNumber(cursor);
  if (shape === 'float') {
    cursor.problem('onnx.syntax.expected-value', start, cursor.pos, 'Expected an integer.');
  }
  if (shape !== 'integer') {
    return undefined;
  }
  const value = integerValue(cursor.text, start, cursor.pos);
  if (!fitsInt64(value)) {
    cursor.problem(
      'onnx.syntax.number-out-of-range',
      start,
      cursor.pos,
      'This number does not fit 64 bits. Write a smaller one.',
    );
  }
  return value;
}

function keysOf(kind: 'model' | 'function'): ReadonlyMap<string, ValueKind> {
  return kind === 'model' ? modelKeys : functionKeys;
}
