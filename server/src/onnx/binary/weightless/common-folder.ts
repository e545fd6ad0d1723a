import path from 'node:path';

/** The deepest folder that all files lie in, or most of them where they lie on several drives; `fallback` where there is none. */
export function commonFolder(files: readonly string[], fallback: string): string {
  const roots = new Map<string, number>();
  for (const file of files) {
    const { root } = path.parse(file);
    roots.set(root, (roots.get(root) ?? 0) + 1);
  }
  const [root] = [...roots].sort((one, two) => two[1] - one[1])[0] ?? [];
  if (root === undefined) return fallback;
  let folder: string | undefined;
  for (const file of files) {
    if (path.parse(file).root !== root) continue;
    folder ??= path.dirname(file);
    while (!isInside(folder, file)) folder = path.dirname(folder);
  }
  return folder ?? fallback;
}

/** Whether the file lies in the folder or below it. */
export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
