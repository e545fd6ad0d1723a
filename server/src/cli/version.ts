import { version as manifestVersion } from '../../../package.json';

/** Of this program, as package.json says. */
export const version: string = manifestVersion;
