/** The JSON of document symbols: of 100,000 nodes it has 30 MB, and JSON.stringify takes several times as long for it. */
import type { DocumentSymbol, Range } from 'vscode-languageserver-types';

/** Writes what JSON.stringify gives for the symbols (properties of the protocol that are never set here aside). */
export function writeDocumentSymbols(
  symbols: readonly DocumentSymbol[],
  write: (text: string) => void,
): void {
  write('[');
  let separator = '';
  for (const symbol of symbols) {
    const { name, kind, range, selectionRange, detail, children } = symbol;
    const opening = `${separator}{"name":${quoted(name)},"kind":${kind},"range":${rangeJson(range)}`;
    const details = detail ? `,"detail":${quoted(detail)}` : '';
    write(`${opening},"selectionRange":${rangeJson(selectionRange)}${details}`);
    if (children && children.length > 0) {
      write(',"children":');
      writeDocumentSymbols(children, write);
    }
    write('}');
    separator = ',';
  }
  write(']');
}

function rangeJson({ start, end }: Range): string {
  return `{"start":{"line":${start.line},"character":${start.character}},"end":{"line":${end.line},"character":${end.character}}}`;
}

/** Printable ASCII without quotes and backslashes. */
const plain = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text);
}
