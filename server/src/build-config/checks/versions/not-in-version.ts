import { type ConfigKey, type KeyDefinition, keyDefinitions } from '../../flags/index.ts';
import type { ConfigFix, Origin } from '../../model.ts';
import { availabilityText, isAtLeast, isAvailable, type Version } from '../../versions.ts';
import { removedEntry, removedSetting } from '../edits.ts';
import { tensorrtVersion } from '../facts/runtime.ts';
import { type AnySetting, type CheckContext, preferred, type Rule } from '../rule.ts';
import { settingsOf } from '../settings/set.ts';
import { choicesIn } from './choices-in.ts';

/** Keys and choices that the TensorRT that builds does not have: not yet, or not any more. */
export const notInVersion: Rule = (context, report) => {
  const version = tensorrtVersion(context.runtime);
  if (version === undefined) return;
  for (const { key, setting } of settingsOf(context.build)) {
    const definition = keyDefinitions[key];
    if (isAvailable(definition, version)) {
      for (const { name, key: at, value, choice } of choicesIn(definition, setting)) {
        if (choice && !isAvailable(choice, version)) {
          report({
            code: 'config.version',
            severity: 'error',
            origin: at,
            message: `TensorRT ${version} has no ${name} in \`${key}\` (${availabilityText(choice)}).${choice.doc.startsWith('Always on') ? ` ${choice.doc}` : ''}`,
            fixes: preferred([removedChoice(context, setting, name, at, value)]),
          });
        }
      }
    } else if (!isDefaultBefore(key, version)) {
      const advice = adviceFor(definition, version);
      report({
        code: 'config.version',
        severity: definition.role === 'build' ? 'error' : 'warning',
        origin: setting.keyOrigin,
        message: `TensorRT ${version} has no \`${key}\` (${availabilityText(definition)}).${advice}`,
        ...(definition.removedIn !== undefined && { tag: 'deprecated' as const }),
        fixes: fixesFor(context, key, definition, setting, version),
      });
    }
  }
};

/** Asks for what an older trtexec does anyway: `noCudaGraph` before 11.0. */
function isDefaultBefore(key: ConfigKey, version: Version): boolean {
  const isNew = key === 'noCudaGraph' || key === 'noSpinWait' || key === 'includeDataTransfers';
  return isNew && !isAtLeast(version, '11.0');
}

function adviceFor({ removedIn, deprecated, group }: KeyDefinition, version: Version): string {
  if (removedIn === undefined || !isAtLeast(version, removedIn)) {
    return ' Remove it, or build with a version that has it.';
  }
  if (group === 'precision')
    return ' The types of the model count: export it in the precision that you want.';
  return deprecated?.instead === undefined ? ' Remove it.' : ` Use ${deprecated.instead}.`;
}

/** `stronglyTyped` says what is meant in a config that older versions take as well. */
function fixesFor(
  context: CheckContext,
  key: ConfigKey,
  { removedIn, group, value }: KeyDefinition,
  setting: AnySetting,
  version: Version,
): readonly ConfigFix[] {
  const isGone = removedIn !== undefined && isAtLeast(version, removedIn);
  const remove = {
    title: isGone && group === 'precision' ? `Remove ${key}: the model’s types count` : `Remove ${key}`,
    edits: removedSetting(context, setting),
  };
  const canReplace =
    isGone && group === 'precision' && value.kind === 'boolean' && !context.build.get('stronglyTyped');
  return preferred([
    remove,
    ...(canReplace
      ? [{ title: 'Use stronglyTyped', edits: [{ origin: setting.keyOrigin, newText: 'stronglyTyped' }] }]
      : []),
  ]);
}

function removedChoice(
  context: CheckContext,
  setting: AnySetting,
  name: string,
  at: Origin,
  value: Origin | undefined,
): ConfigFix {
  if (value) return { title: `Remove ${name}`, edits: removedEntry(context, at, value) };
  return { title: 'Remove the setting', edits: removedSetting(context, setting) };
}
