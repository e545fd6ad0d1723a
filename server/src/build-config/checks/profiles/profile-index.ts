import { completeProfiles } from '../../profiles.ts';
import { removedSetting } from '../edits.ts';
import type { Rule } from '../rule.ts';

/** Indices name profiles that there are. */
export const profileIndex: Rule = (context, report) => {
  const { build } = context;
  if (build.get('loadEngine')) return;
  const count = Math.max(build.get('profiles')?.value.length ?? 0, completeProfiles(build).length, 1);
  for (const key of ['useProfile', 'calibProfile'] as const) {
    const setting = build.get(key);
    if (!setting || setting.value < count) continue;
    report({
      code: 'config.profile-index',
      severity: 'error',
      origin: setting.origin,
      message: `There is no profile ${setting.value}: profiles are counted from 0, and there ${count === 1 ? 'is one' : `are ${count}`}.`,
      fixes: [
        {
          title: `Use the last profile (${count - 1})`,
          edits: [{ origin: setting.origin, newText: String(count - 1) }],
          isPreferred: true,
        },
        { title: `Remove ${key}`, edits: removedSetting(context, setting) },
      ],
    });
  }
};
