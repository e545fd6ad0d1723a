/** Engines that may be refitted with a model: those whose `ENGINE.json` names it, in its folder and where configs beside it put them. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { refitRules } from '../../../engine/refit/refit-rules.ts';
import { readProvenance } from '../../build/provenance.ts';

/** A folder of thousands of files is not looked through whenever a text changes. */
const mostEngines = 50;

/** Absolute paths, sorted. `others`: paths of engines elsewhere. `model`: absolute, as builds name it. */
export async function refittableEngines(
  model: string,
  others: readonly string[],
): Promise<readonly string[]> {
  const folder = path.dirname(model);
  const names = await readdir(folder).catch((): string[] => []);
  const beside = names
    .filter((name) => name.endsWith('.json') && names.includes(name.slice(0, -'.json'.length)))
    .map((name) => path.join(folder, name.slice(0, -'.json'.length)));
  const candidates = [...new Set([...beside, ...others])].sort().slice(0, mostEngines);
  const found = await Promise.all(
    candidates.map(async (engine) => {
      const provenance = await readProvenance(engine);
      if (provenance?.model.path !== model) return [];
      const flags = provenance.request.settings.flags ?? [];
      const { refit } = provenance;
      const rules = refitRules({ flags, sameWeights: 'later', assumesSame: false, refit });
      const isThere = (await stat(engine).catch(() => undefined))?.size === provenance.engine.bytes;
      return isThere && rules.every(({ answer }) => answer === 'yes') ? [engine] : [];
    }),
  );
  return found.flat();
}
