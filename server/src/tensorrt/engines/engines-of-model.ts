/** Engines of a model: those whose `ENGINE.json` names it, in its folder and where configs beside it put them, and those of its name. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { refitRules } from '../../engine/refit/refit-rules.ts';
import { namedFile } from '../../node/named-file.ts';
import { readProvenance } from '../build/provenance.ts';

/** A folder of thousands of files is not looked through whenever a text changes. */
const mostEngines = 50;

export interface ModelEngine {
  /** Absolute. */
  readonly path: string;
  /** Whether it may be refitted with the model, by the rules of its build. */
  readonly isRefittable: boolean;
}

/** Sorted by path. `model`: absolute, as builds name it. `ofConfigs`: paths of engines that configs make of the model. */
export async function enginesOfModel(
  model: string,
  ofConfigs: readonly string[],
): Promise<readonly ModelEngine[]> {
  const folder = path.dirname(model);
  const names = await readdir(folder).catch((): string[] => []);
  const all = new Set(names);
  const noted = names.filter((name) => all.has(`${name}.json`));
  const stem = path.basename(model, path.extname(model));
  const named = endings.map((ending) => `${stem}${ending}`).filter((name) => all.has(name));
  const own = new Set([...ofConfigs, ...named.map((name) => path.join(folder, name))]);
  const candidates = new Set([...own, ...noted.map((name) => path.join(folder, name))]);
  const found = await Promise.all(
    [...candidates]
      .sort()
      .slice(0, mostEngines)
      .map((engine) => engineOf(model, engine, own.has(engine))),
  );
  return found.flat();
}

const endings = ['.engine', '.plan', '.trt'];

/** `isOwn`: it is the model's as long as no note says otherwise. */
async function engineOf(model: string, engine: string, isOwn: boolean): Promise<ModelEngine[]> {
  const file = await stat(engine).catch(() => undefined);
  if (!file?.isFile()) return [];
  const provenance = await readProvenance(engine);
  // A note of another file says nothing of this one.
  const made = provenance?.engine.bytes === file.size ? provenance : undefined;
  if (made ? namedFile(made.model.path, engine) !== model : !isOwn) return [];
  const flags = made?.request.settings.flags ?? [];
  const rules = made
    ? refitRules({ flags, sameWeights: 'later', assumesSame: false, refit: made.refit })
    : [];
  return [{ path: engine, isRefittable: rules.length > 0 && rules.every(({ answer }) => answer === 'yes') }];
}
