/** What is known of the TensorRT that a build would take, without starting it. */
import type { InitializeResult } from '../../../../native-bridge/src/protocol.ts';
import type { RuntimeFacts } from '../../build-config/checks/facts/facts.ts';
import { runtimeFromWords } from '../../build-config/checks/facts/runtime-facts.ts';
import { isVersion } from '../../build-config/versions.ts';
import { seemsToHaveGpu } from '../installations/choose.ts';
import type { UsableInstallation } from '../installations/installation.ts';

/** `info`: what the running library has said of itself, where it has run. */
export function factsOfInstallation(
  { product, version }: Pick<UsableInstallation, 'product' | 'version'>,
  info?: InitializeResult,
): RuntimeFacts {
  const known = info?.version ?? version;
  const mode = info?.mode ?? (seemsToHaveGpu() ? undefined : 'cpu-only');
  return {
    product,
    ...(isVersion(known) && { version: known }),
    ...(mode && { mode }),
    ...(info?.device && { device: info.device }),
  };
}

/** Of what is not installed here, its words; on a machine that is not this one, the mode is not known. */
export function factsOfWish(wish: string | undefined): RuntimeFacts | undefined {
  return wish === undefined ? undefined : runtimeFromWords(wish);
}
