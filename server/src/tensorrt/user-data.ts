import { homedir } from 'node:os';
import path from 'node:path';

/** Where we keep what belongs to the user, by the platform's convention. Absolute; may not exist yet. */
export function userDataDirectory(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const { XDG_DATA_HOME: dataHome, LOCALAPPDATA: localAppData } = environment;
  const name = 'onnx-tensorrt-tools';
  if (platform === 'win32') return path.join(localAppData || path.join(homedir(), 'AppData', 'Local'), name);
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Application Support', name);
  // The XDG base directory specification tells programs to ignore relative paths.
  const base = dataHome && path.isAbsolute(dataHome) ? dataHome : path.join(homedir(), '.local', 'share');
  return path.join(base, name);
}

/** Folder of the TensorRT installations that we made ourselves, one subfolder each. */
export function ownInstallationsDirectory(userData: string): string {
  return path.join(userData, 'runtimes');
}
