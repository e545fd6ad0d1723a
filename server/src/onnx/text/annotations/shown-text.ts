/**
 * A string as text can show it. What editors do not keep (line ends other than \n, control characters) and what UTF-8 cannot hold
 * (bytes that were not UTF-8, see utf8.ts) shows as U+FFFD; the exact string then stands in a `bytes` annotation.
 */
export function shownText(text: string): string {
  const shown = text.replace(unkeepable, replacement);
  return shown === text || shown.length <= longestShown ? shown : `${shown.slice(0, longestShown)}…`;
}
const unkeepable = /(?![\t\n])[\p{Control}\p{Surrogate}\u2028\u2029\ufeff]/gu;
export const replacement = '\ufffd';
/** UTF-16 units. Strings that need replacements are mostly binary data, of which nobody reads a megabyte. */
const longestShown = 256;
