import type { Version } from '../versions.ts';

/** The versions of trtexec whose flags are known, the newest first. */
export const trtexecVersions: readonly Version[] = [
  '11.1',
  '11.0',
  ...Array.from({ length: 17 }, (_, index) => `10.${16 - index}`),
];
