import type { CodeActionProvider } from '../code-action.ts';
import { declaredTypeFix } from './declared-type.ts';
import { didYouMeanFix } from './did-you-mean.ts';
import { duplicateValueFix } from './duplicate-value.ts';
import { irVersionFix } from './ir-version.ts';
import { missingAttributeFix } from './missing-attribute.ts';
import { missingImportFix } from './missing-import.ts';
import { removeUnusedFix } from './remove-unused.ts';
import { sortNodesFix } from './sort-nodes.ts';
import { successorOperatorFix } from './successor-operator.ts';
import { surplusArgumentsFix } from './surplus-arguments.ts';

/** One of several fixes of a problem is the preferred one: the one that comes first here. */
export const quickFixes: readonly CodeActionProvider[] = [
  didYouMeanFix,
  missingImportFix,
  irVersionFix,
  successorOperatorFix,
  missingAttributeFix,
  surplusArgumentsFix,
  removeUnusedFix,
  declaredTypeFix,
  duplicateValueFix,
  sortNodesFix,
];
