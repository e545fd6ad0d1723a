import type { CodeActionProvider } from '../code-action.ts';
import { changeOpset } from './change-opset.ts';
import { extractFunction } from './extract-function.ts';
import { extractModel } from './extract-model.ts';
import { foldConstants } from './fold-constants.ts';
import { inlineCall } from './inline-call.ts';
import { moveWeights } from './move-weights.ts';
import { nameNodes } from './name-nodes.ts';
import { removeDeadCode } from './remove-dead-code.ts';
import { showElements } from './show-elements.ts';

export const refactorings: readonly CodeActionProvider[] = [
  extractFunction,
  inlineCall,
  extractModel,
  nameNodes,
  removeDeadCode,
  foldConstants,
  changeOpset,
  moveWeights,
  showElements,
];
