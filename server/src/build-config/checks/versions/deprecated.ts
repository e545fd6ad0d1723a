import { keyDefinitions } from '../../flags/index.ts';
import { isAtLeast, isAvailable } from '../../versions.ts';
import { removedEntry, removedSetting } from '../edits.ts';
import { tensorrtVersion } from '../facts/runtime.ts';
import { type Rule, withFixes } from '../rule.ts';
import { isSet, settingsOf } from '../settings/set.ts';
import { choicesIn } from './choices-in.ts';

/** What still works and has a successor. */
export const deprecated: Rule = (context, report) => {
  const version = tensorrtVersion(context.runtime);
  if (version === undefined) return;
  for (const { key, setting } of settingsOf(context.build)) {
    const definition = keyDefinitions[key];
    // What is gone altogether is told of elsewhere.
    if (!isAvailable(definition, version)) continue;
    const { deprecated: deprecation } = definition;
    if (deprecation && (deprecation.since === undefined || isAtLeast(version, deprecation.since))) {
      const canReplace = definition.group === 'precision' && definition.value.kind === 'boolean';
      const hasSuccessor = isSet(context.build, 'stronglyTyped');
      report({
        code: 'config.deprecated',
        severity: 'hint',
        tag: 'deprecated',
        origin: setting.keyOrigin,
        message: `\`${key}\` is deprecated${deprecation.since === undefined ? '' : ` since ${deprecation.since}`}.${deprecation.instead === undefined ? '' : ` Use ${deprecation.instead}.`}`,
        ...withFixes(
          canReplace && !hasSuccessor
            ? [
                {
                  title: 'Use stronglyTyped',
                  edits: [{ origin: setting.keyOrigin, newText: 'stronglyTyped' }],
                },
              ]
            : deprecation.instead === undefined
              ? [{ title: `Remove ${key}`, edits: removedSetting(context, setting) }]
              : [],
        ),
      });
    }
    for (const { name, choice, key: at, value } of choicesIn(definition, setting)) {
      const old = choice?.deprecated;
      if (!choice || !old || !isAvailable(choice, version)) continue;
      if (old.since !== undefined && !isAtLeast(version, old.since)) continue;
      report({
        code: 'config.deprecated',
        severity: 'hint',
        tag: 'deprecated',
        origin: at,
        message: `${name} is deprecated${old.since === undefined ? '' : ` since ${old.since}`}. ${old.instead === undefined ? choice.doc : `Use ${old.instead}.`}`,
        ...withFixes(value ? [{ title: `Remove ${name}`, edits: removedEntry(context, at, value) }] : []),
      });
    }
  }
};
