import type { CodeActionProvider } from '../code-action.ts';
import { nameNodes } from './name-nodes.ts';

export const refactorings: readonly CodeActionProvider[] = [nameNodes];
