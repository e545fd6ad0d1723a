import type { CodeActionProvider } from '../code-action.ts';

export const refactorings: readonly CodeActionProvider[] = [];
