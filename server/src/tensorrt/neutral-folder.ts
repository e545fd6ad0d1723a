/**
 * Where programs and native code run that are started from here. The folder of this process may be a user's workspace, and what lies there is
 * to take no part: Windows looks for programs and libraries in the current folder, Python for modules, and other loaders where
 * LD_LIBRARY_PATH has an empty entry.
 */
export function neutralFolder(
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  return platform === 'win32' ? (environment['SystemRoot'] ?? 'C:\\Windows') : '/';
}
