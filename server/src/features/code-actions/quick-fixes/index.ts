import type { CodeActionProvider } from '../code-action.ts';

export const quickFixes: readonly CodeActionProvider[] = [];
