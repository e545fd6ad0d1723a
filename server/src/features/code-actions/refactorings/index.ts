import type { CodeActionProvider } from '../code-action.ts';
import { nameNodes } from './name-nodes.ts';
import { removeDeadCode } from './remove-dead-code.ts';

export const refactorings: readonly CodeActionProvider[] = [nameNodes, removeDeadCode];
