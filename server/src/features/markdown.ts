/** Words of users' models inside Markdown. */
import type { MarkupContent } from 'vscode-languageserver-types';

export function markdown(blocks: readonly (string | undefined)[]): MarkupContent {
  return { kind: 'markdown', value: blocks.filter((block) => block).join('\n\n') };
}

/** A code span; its fence is longer than any run of backticks inside. */
export function code(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  const fence = '`'.repeat(longestRun(line) + 1);
  return line.includes('`') || line === '' ? `${fence} ${line} ${fence}` : fence + line + fence;
}

/** A code block in ONNX text. */
export function codeBlock(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}onnx\n${text}\n${fence}`;
}

/** A name as ONNX text writes it: in quotes unless it is letters, digits and underscores. */
export function nameText(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
}

export function list(items: readonly string[]): string | undefined {
  return items.length === 0 ? undefined : items.map((item) => `- ${item}`).join('\n');
}

/** `1,234,567` */
export function grouped(number: number | bigint): string {
  return number.toLocaleString('en-US');
}

/** `2,048,000 bytes (1.95 MiB)` */
export function byteSize(bytes: number): string {
  const exact = `${grouped(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length);
  const unit = units[power - 1];
  return unit ? `${exact} (${(bytes / 1024 ** power).toFixed(power > 1 ? 2 : 1)} ${unit})` : exact;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
