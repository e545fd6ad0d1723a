/** Reporter for `node --test`: each failure where it happens, what failing files printed, and the counts as the last line. */
import path from 'node:path';
import { inspect } from 'node:util';

export default async function* report(events) {
  let passed = 0;
  let failed = 0;
  /** Names of the enclosing suites by depth; events of one file come in order. */
  const names = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      names[data.nesting] = data.name;
      names.length = data.nesting + 1;
    } else if (type === 'test:pass' && data.details.type !== 'suite') {
      passed++;
    } else if (type === 'test:fail') {
      // A suite or a test fails with its subtests; only what failed by itself is counted and shown.
      if (data.details.error?.failureType === 'subtestsFailed') continue;
      failed++;
      const file = path.relative(process.cwd(), data.file ?? '');
      const title = [...names.slice(0, data.nesting), data.name].join(' › ');
      const cause = data.details.error?.cause ?? data.details.error;
      yield `✖ ${file}: ${title}\n${indent(describe(cause))}\n\n`;
    } else if (type === 'test:stderr' || type === 'test:stdout') {
      yield data.message;
    }
  }
  yield `${passed} passed, ${failed} failed\n`;
}

/** Message, difference and our own frames; `inspect` for what is no error. */
function describe(cause) {
  if (typeof cause === 'string') return cause;
  if (!(cause instanceof Error) || cause.stack === undefined) return inspect(cause);
  const stack = cause.stack.replaceAll(/\n +at .*\(?node:.*/g, '');
  return cause.cause === undefined ? stack : `${stack}\nCause: ${describe(cause.cause)}`;
}

function indent(text) {
  return text.replaceAll(/^/gm, '    ');
}
