/**
 * Writes what is made of the table of keys of build configs: the JSON Schema that other editors take, the table in
 * docs/build-config.md and the keys in the TextMate grammar. `npx tsx scripts/generate-build-config.mts`; a test says whether
 * they are up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { generatedFiles } from '../server/src/build-config/schema/generated-files.ts';

const root = new URL('../', import.meta.url);
for (const { path, text } of generatedFiles((path) => readFileSync(new URL(path, root), 'utf8'))) {
  writeFileSync(new URL(path, root), text);
}
