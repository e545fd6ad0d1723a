import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

interface Measured {
  readonly statements: number;
  /** Of the text, in characters; as many bytes, as they are all Latin. */
  readonly length: number;
  /** Bytes that the document retains when all that the server works out of it has been asked for. */
  readonly open: number;
  /** The same after 40 edits. */
  readonly edited: number;
  /** Characters of the outline as JSON. */
  readonly symbols: number;
}

describe('memory', () => {
  const measured = measure();

  test('a big document retains little more than a kilobyte for a statement, next to its text', async () => {
    const { open, length, statements } = await measured;
    const each = (open - length) / statements;
    assert(each > 300, `${each} bytes is too little to be true`);
    assert(each < 1450, `${each.toFixed(0)} bytes for each of ${statements} statements`);
  });

  test('versions of a document that were edited are let go of', async () => {
    const { open, edited } = await measured;
    assert(
      edited < 1.1 * open,
      `${(edited / 1e6).toFixed(1)} MB after edits, ${(open / 1e6).toFixed(1)} MB before`,
    );
  });

  test('the outline of a big document is no longer than it has to be', async () => {
    const { symbols, statements } = await measured;
    const each = symbols / statements;
    assert(each < 280, `${each.toFixed(0)} characters for each of ${statements} statements`);
  });
});

async function measure(): Promise<Measured> {
  const script = fileURLToPath(new URL('measure-memory.mts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--import', 'tsx', script]);
  return JSON.parse(stdout) as Measured;
}
