import type { CodeActionProvider } from './code-action.ts';
import { quickFixes } from './quick-fixes/index.ts';
import { refactorings } from './refactorings/index.ts';

/** In the order in which they are shown. */
export const providers: readonly CodeActionProvider[] = [...quickFixes, ...refactorings];
