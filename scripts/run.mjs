import { spawnSync } from 'node:child_process';

/** Runs a program to its end with its output shown; throws with the command line when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (result.error) throw new Error(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) {
    throw new Error(`\`${[command, ...args].join(' ')}\` ended with ${result.status ?? result.signal}.`);
  }
}

/** Whether a program answers `--version`. */
export function isInstalled(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Installs Debian packages whose programs are missing; needs root, and says what to install by hand without. */
export function installDebianPackages(packages) {
  if (process.getuid?.() !== 0 || !isInstalled('apt-get')) {
    throw new Error(`Please install these packages first: ${packages.join(' ')}.`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['-qq', 'update'], { env });
  run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...packages], { env });
}
