/** Versions of TensorRT, dotted: `10.6`, `10.15.1`, `11.1`. Parts left out count as 0. */
export type Version = string;

const form = /^\d+(\.\d+){0,3}$/;

export function isVersion(text: string): boolean {
  return form.test(text);
}

/** Below 0 where `first` is older. Throws on what is no version. */
export function compareVersions(first: Version, second: Version): number {
  const [a, b] = [parts(first), parts(second)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether `version` is `least` or newer. */
export function isAtLeast(version: Version, least: Version): boolean {
  return compareVersions(version, least) >= 0;
}

/** `>=10.6`, `<11`; `10.6` or `==10.6` stands for all versions that begin so. */
export interface VersionBound {
  readonly operator: string;
  readonly version: Version;
}

/** Undefined for a word that is none. */
export function parseVersionBound(word: string): VersionBound | undefined {
  const match = /^(>=|<=|>|<|==?)?(\d[\d.]*?)\.?$/.exec(word);
  const version = match?.[2];
  return version !== undefined && isVersion(version) ? { operator: match?.[1] ?? '=', version } : undefined;
}

export function isWithin(version: Version, bound: VersionBound): boolean {
  const order = compareVersions(version, bound.version);
  switch (bound.operator) {
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    default: {
      const length = bound.version.split('.').length;
      return compareVersions(version.split('.').slice(0, length).join('.'), bound.version) === 0;
    }
  }
}

/** In which versions something exists. */
export interface Availability {
  /** Absent: in all versions that the extension knows, 10.0 being the oldest. */
  readonly since?: Version;
  /** The first version without it. */
  readonly removedIn?: Version;
  /** Times between in which it was missing: first version without it, first with it again. */
  readonly missing?: readonly (readonly [from: Version, to: Version])[];
}

export function isAvailable({ since, removedIn, missing = [] }: Availability, version: Version): boolean {
  return (
    (since === undefined || isAtLeast(version, since)) &&
    (removedIn === undefined || !isAtLeast(version, removedIn)) &&
    !missing.some(([from, to]) => isAtLeast(version, from) && !isAtLeast(version, to))
  );
}

/** `since 10.4`, `until 10.16 (removed in 11.0)`; empty where it was always there. */
export function availabilityText({ since, removedIn, missing = [] }: Availability): string {
  return [
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(removedIn === undefined ? [] : [`removed in ${removedIn}`]),
    ...missing.map(([from, to]) => `missing from ${from} until ${to}`),
  ].join(', ');
}

function parts(version: Version): number[] {
  if (!isVersion(version)) throw new Error(`${version} is no version of TensorRT, such as 10.6 or 11.1.`);
  return version.split('.').map(Number);
}
