/** Replaces the whole line `line` (zero-based) of a document. */
export interface LineEdit {
  readonly line: number;
  readonly text: string;
}

/**
 * Saving moves weights inside the binary file, so the text of what was written differs from the text that was saved in its
 * references. Where the user has typed on meanwhile, the document cannot be reloaded; these edits bring the references of
 * `current` up to date instead. A line that was itself edited meanwhile is left alone; the server refuses a stale reference.
 */
export function rebaseWrittenText(saved: string, written: string, current: string): LineEdit[] {
  const savedLines = saved.split('\n');
  const writtenLines = written.split('\n');
  if (savedLines.length !== writtenLines.length) return [];
  const moved = new Map<string, string>();
  for (const [index, line] of savedLines.entries()) {
    const now = writtenLines[index];
    if (now !== undefined && now !== line) moved.set(line, now);
  }
  return current.split('\n').flatMap((line, index) => {
    const text = moved.get(line);
    return text === undefined ? [] : [{ line: index, text }];
  });
}
