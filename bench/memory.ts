/** What processes use of memory, in MB, and of the processor, from Linux's /proc. */
import { readdirSync, readFileSync } from 'node:fs';

export function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** CPU time of all threads of a process so far, in milliseconds; whole hundredths of a second. */
export function cpuMilliseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime and stime of proc(5), in clock ticks, of which Linux tells programs 100 a second on every machine.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** With all processes below it. */
export function treeMegabytes(root: number): number {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    } catch {
      // The process ended between the listing and the reading.
    }
  }
  const add = (pid: number): number =>
    residentMegabytes(pid) + (children.get(pid) ?? []).reduce((sum, child) => sum + add(child), 0);
  return add(root);
}
