import { addRuntimeFolder } from './add-runtime-folder.ts';
import { checkModel } from './check-model.ts';
import type { Command } from './command.ts';
import { convertTrtexecLine } from './convert-trtexec-line.ts';
import { copyTrtexecLine } from './copy-trtexec-line.ts';
import { exportText } from './export-text.ts';
import { installRtx } from './install-rtx.ts';
import { openAsBinary } from './open-as-binary.ts';
import { openAsText } from './open-as-text.ts';
import { renameAt } from './rename-at.ts';
import { restartBridge } from './restart-bridge.ts';
import { saveModelAs } from './save-model-as.ts';
import { selectRuntime } from './select-runtime.ts';
import { showDocument } from './show-document.ts';
import { showBridgeLog, showOutput } from './show-output.ts';
import { showReferences } from './show-references.ts';

import {
  changeOpset,
  foldConstants,
  moveWeightsIn,
  moveWeightsOut,
  nameNodes,
  removeDeadCode,
} from './source-actions.ts';

export const commands: readonly Command[] = [
  changeOpset,
  foldConstants,
  moveWeightsIn,
  moveWeightsOut,
  nameNodes,
  removeDeadCode,
  addRuntimeFolder,
  checkModel,
  convertTrtexecLine,
  copyTrtexecLine,
  exportText,
  installRtx,
  openAsBinary,
  openAsText,
  renameAt,
  showDocument,
  restartBridge,
  saveModelAs,
  selectRuntime,
  showBridgeLog,
  showOutput,
  showReferences,
];
