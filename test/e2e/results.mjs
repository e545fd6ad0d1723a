import { existsSync, readFileSync } from 'node:fs';

/**
 * What the in-host suite has written: a line per test, then its summary as JSON. A suite that ended early, or an editor that
 * says something else than the suite, counts as a failure.
 */
export function readResults(file, editorSucceeded) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  const last = lines.at(-1) ?? '';
  if (!last.startsWith('{')) {
    const passed = lines.filter((line) => line.startsWith('  ✓')).length;
    return { lines: [...lines, '  ✗ The suite did not come to its end.'], passed, failed: 1 };
  }
  lines.pop();
  const { passed, failed } = JSON.parse(last);
  return { lines, passed, failed: Math.max(failed, editorSucceeded && passed > 0 ? 0 : 1) };
}
