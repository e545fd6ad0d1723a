/** TensorRT's version, as three numbers. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/**
 * What `getInferLibVersion` answers: major · 10000 + minor · 100 + patch (11.2.1 is 110201, RTX 1.7.1 is 10701), and
 * major · 1000 + minor · 100 + patch before 10.0 (8.6.1 is 8601).
 */
export function decodeVersion(versionNumber: number): Version {
  const majorUnit = versionNumber < 10000 ? 1000 : 10000;
  return {
    major: Math.floor(versionNumber / majorUnit),
    minor: Math.floor((versionNumber % majorUnit) / 100),
    patch: versionNumber % 100,
  };
}

export function formatVersion(version: Version): string {
  return `${version.major}.${version.minor}.${version.patch}`;
}

/** Whether the version has what exists since `major.minor`. */
export function isAtLeast(version: Version, since: string): boolean {
  const [major = 0, minor = 0] = since.split('.').map(Number);
  return version.major !== major ? version.major > major : version.minor >= minor;
}
