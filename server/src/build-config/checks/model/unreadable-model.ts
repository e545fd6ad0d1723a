import type { Rule } from '../rule.ts';

/** Without the model, nothing that depends on it can be checked, and nothing be built. */
export const unreadableModel: Rule = ({ build, modelProblem }, report) => {
  if (modelProblem === undefined) return;
  report({
    code: 'config.unreadable-model',
    severity: 'warning',
    origin: build.get('model')?.origin ?? build.origin,
    message: `${modelProblem} What the config says of it is not checked.`,
  });
};
