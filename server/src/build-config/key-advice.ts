/** What to say of a key that there is not. */
import { closest } from '../onnx/text/parser/suggestions.ts';
import { type ConfigKey, configKeyNames, foreignFlags, keyDefinitions, keyOfFlag } from './flags/index.ts';
import type { ConfigFix, ConfigProblem, MapEntry } from './model.ts';

/** A nearest name, or what became of a flag of that name. */
export function keyAdvice({ key, value, origin }: MapEntry): ConfigProblem {
  const name = key.text;
  const problem = (message: string, fixes: readonly ConfigFix[] = []): ConfigProblem => ({
    code: 'config.unknown-key',
    severity: 'error',
    origin: key.origin,
    message,
    ...(fixes.length > 0 && { fixes }),
  });
  const rename = (to: string): ConfigFix => ({
    title: `Replace by ${to}`,
    edits: [{ origin: key.origin, newText: to }],
    isPreferred: true,
  });

  const successor = keyOfFlag(`--${name}`) ?? keyOfFlag(name);
  if (successor !== undefined) {
    const isSameValue =
      keyDefinitions[successor].value.kind !== 'profiles' &&
      keyDefinitions[successor].value.kind !== 'profile';
    return problem(
      isSameValue
        ? `The key for ${name} is ${successor}.`
        : `Shapes are given together in ${successor}, by input: \`images: { min: [1, 3], opt: [8, 3], max: [32, 3] }\`.`,
      isSameValue ? [rename(successor)] : [],
    );
  }
  const foreign = foreignFlags.find(({ flag }) => flag === `--${name}`);
  if (foreign) {
    if (foreign.replacement?.kind === 'pool' && value.kind === 'scalar') {
      const newText = `memPoolSize: { ${foreign.replacement.pool}: ${value.text}MiB }`;
      return problem(`There is no ${name}. ${foreign.advice}`, [
        { title: `Replace by ${newText}`, edits: [{ origin, newText }], isPreferred: true },
      ]);
    }
    const renamed = foreign.replacement?.kind === 'flag' ? keyOfFlag(foreign.replacement.flag) : undefined;
    return problem(`There is no ${name}. ${foreign.advice}`, renamed === undefined ? [] : [rename(renamed)]);
  }
  const near: ConfigKey | undefined = closest(name, configKeyNames) as ConfigKey | undefined;
  return problem(
    `There is no key ${name}.${near === undefined ? ' Flags of trtexec that this extension does not know go under unknownFlags; keys of your own, as for anchors, begin with x-.' : ` Did you mean ${near}?`}`,
    near === undefined ? [] : [rename(near)],
  );
}
