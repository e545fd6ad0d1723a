import { indentStep, lineWidth } from './context.ts';

/** A list on one line, or spread over lines as full as they may be. Continuation lines start with `indent`. */
export function spread(open: string, elements: readonly string[], close: string, indent: string): string {
  let length = open.length + close.length;
  for (const element of elements) length += element.length + 2;
  if (length <= longestLine) return `${open}${elements.join(', ')}${close}`;
  const inner = indent + indentStep;
  const lines: string[] = [];
  let line = '';
  for (const element of elements) {
    if (line !== '' && inner.length + line.length + element.length + 3 > lineWidth) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? element : `${line}, ${element}`;
  }
  if (line !== '') lines.push(line);
  return `${open}\n${inner}${lines.join(`,\n${inner}`)}\n${indent}${close}`;
}
/** Columns. A list somewhat longer than a line is still easier to read on one. */
const longestLine = 2 * lineWidth;
