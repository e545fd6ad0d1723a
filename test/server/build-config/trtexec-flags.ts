/** The facts of trtexec's flags, read from the sources of its versions 8.6 to 11.1: independent of the table under test. */
import { readFileSync } from 'node:fs';

export interface FlagFact {
  readonly flag: string;
  /** `=N`, `bool`, `=spec` … */
  readonly value: string;
  /** Oldest version that reads it; undefined for those older than 10.0. */
  readonly since: string | undefined;
  /** Newest version that reads it; undefined where 11.1 does. */
  readonly last: string | undefined;
  readonly note: string;
  readonly group: string;
}

const lines = readFileSync(new URL('trtexec-flags.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1);

export const flagFacts: readonly FlagFact[] = lines.map((line) => {
  const [flag = '', value = '', since = '', last = '', note = '', group = ''] = line.split('\t');
  return {
    flag,
    value,
    since: /^\d/.test(since) && since !== '9.x' ? since : undefined,
    last: last === '' ? undefined : last,
    note,
    group,
  };
});
