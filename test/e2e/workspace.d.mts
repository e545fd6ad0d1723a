import type { LibraryPaths } from '../../native-bridge/src/protocol.ts';

/** Fills the new folder `folder` with the models of the tests; answers its path. */
export function makeWorkspace(folder: string): string;
/** Settings that make verdicts those of TensorRT for RTX 1.7.1. */
export function testSettings(): Record<string, unknown>;
/** Libraries of TensorRT for RTX 1.7.1. */
export function testLibraries(): LibraryPaths;
