/** `1 inference`, `20 inferences`. */
export function inferencesText(count: number): string {
  return count === 1 ? '1 inference' : `${count} inferences`;
}

/** `2.31 MB`: millions of bytes, three digits. */
export function byteText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}

/** `0.0358`: milliseconds to three digits, never in powers of ten. */
export function millisecondsText(milliseconds: number): string {
  // 0.09999999 has as many digits as 0.1.
  const rounded = Number(milliseconds.toPrecision(3));
  if (rounded === 0) return '0';
  const digits = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(Math.abs(rounded)))));
  return milliseconds.toFixed(digits);
}

/** `2026-01-31 14:05 UTC`, of a time in ISO's own form; anything else as it is. */
export function timeText(iso: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)[\d:.]*Z$/.exec(iso) ?? [];
  return day === undefined ? iso : `${day} ${time} UTC`;
}

/** `12.3 %`. */
export function shareText(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
