import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type BridgeProcess,
  type BridgeProcessOptions,
  startBridgeProcess,
} from '../../../../native-bridge/src/client-transport.ts';
import type { LibraryPaths } from '../../../../native-bridge/src/protocol.ts';
import { neutralFolder } from '../neutral-folder.ts';

/** Starts a bridge process for an installation's libraries, with variables beside those of this process. */
export function launchBridge(
  libraries: Pick<LibraryPaths, 'infer'>,
  variables: NodeJS.ProcessEnv = {},
): BridgeProcess {
  return startBridgeProcess({
    ...bridgeScript(),
    execPath: process.execPath,
    cwd: neutralFolder(),
    env: { ...environmentFor(libraries), ...variables },
  });
}

/** Beside this file in dist/; in the sources, TypeScript that tsx runs. */
function bridgeScript(): Pick<BridgeProcessOptions, 'bridgeScript' | 'execArgv'> {
  const here = fileURLToPath(import.meta.url);
  const bundle = path.join(path.dirname(here), 'native-bridge.js');
  if (existsSync(bundle)) return { bridgeScript: bundle };
  const source = path.resolve(path.dirname(here), '../../../../native-bridge/src/main.ts');
  // Resolved from here, as the working folder is the user's.
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return { bridgeScript: source, execArgv: ['--import', tsx] };
}

/**
 * TensorRT opens its builder resource by name at run time, so the loader's path must have its folder. In VS Code the
 * executable is Electron, which is to behave as Node.
 */
function environmentFor(libraries: Pick<LibraryPaths, 'infer'>): NodeJS.ProcessEnv {
  const windows = process.platform === 'win32';
  const [name, separator] = windows ? ['PATH', ';'] : ['LD_LIBRARY_PATH', ':'];
  const environment: NodeJS.ProcessEnv = {};
  let inherited = '';
  for (const [key, value] of Object.entries(process.env)) {
    if (windows ? key.toUpperCase() === name : key === name) inherited = value ?? '';
    else environment[key] = value;
  }
  const folder = path.dirname(libraries.infer);
  environment[name] = inherited ? `${folder}${separator}${inherited}` : folder;
  if (process.versions['electron']) environment['ELECTRON_RUN_AS_NODE'] = '1';
  return environment;
}
