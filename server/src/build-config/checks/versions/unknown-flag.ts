import type { Rule } from '../rule.ts';

/** Flags that the language has no key for are passed on to trtexec, and mean nothing to builds in the editor. */
export const unknownFlag: Rule = ({ build }, report) => {
  for (const { value, origin } of build.unknownFlags) {
    report({
      code: 'config.unknown-flag',
      severity: 'information',
      origin,
      message: `${value.split('=')[0]} is not known here: it stays in trtexec lines, and has no effect on builds in the editor.`,
    });
  }
};
