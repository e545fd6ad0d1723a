/** Words for messages. */

import { domainName } from '../operators/domains.ts';

export function count(number: number, noun: string): string {
  return `${number === 0 ? 'no' : number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `ai.onnx 17` */
export function opsetName(domain: string, version: number): string {
  return `opset ${version} of ${domainName(domain)}`;
}

export function listOf(words: readonly string[], limit = 8): string {
  const shown = words.slice(0, limit).map((word) => `\`${word}\``);
  const more = words.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
