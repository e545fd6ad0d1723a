/** Sizes and times of builds, for people. */
import { shipSize, shipText } from '../../engine/ship-size.ts';
import type { Provenance } from './provenance.ts';

/** `2.3 MB in 4.1 s`, `118 kB without about 788 kB of weights in 4.1 s`. */
export function builtSentence(provenance: Provenance): string {
  const { engine, milliseconds } = provenance;
  const time = Object.values(milliseconds).reduce((sum, part) => sum + part, 0);
  const ship = shipSize(engine.bytes, provenance, undefined);
  return `${ship ? shipText(ship) : sizeText(engine.bytes)} in ${secondsText(time)}`;
}

/** `2.3 MB`: millions of bytes. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${units[unit]}`;
}

/** `4.1 s`, `2 min 5 s`. */
export function secondsText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${rest} s`;
}
