import { addPluginLibrary } from './add-plugin-library.ts';
import { addRuntimeFolder } from './add-runtime-folder.ts';
import { build, buildForced } from './build.ts';
import {
  buildAgain,
  cancelBuild,
  clearFinishedBuilds,
  openBuild,
  openBuildConfig,
  openBuiltEngine,
  revealEngine,
  showBuildLog,
  showProvenance,
} from './builds.ts';
import { checkModel } from './check-model.ts';
import type { Command } from './command.ts';
import { compareEngines } from './compare-engines.ts';
import { convertTrtexecLine } from './convert-trtexec-line.ts';
import { copyTrtexecLine } from './copy-trtexec-line.ts';
import { clearDebugCapture, debugTensors, markDebugTensor, showDebugCapture } from './debug-tensors.ts';
import { exportText } from './export-text.ts';
import { installRtx } from './install-rtx.ts';
import {
  measureContextMemory,
  profileEngine,
  profileEngineWithOptions,
  sweepWeightStreaming,
} from './measure-engine.ts';
import { compareProfiles, generateRunner, showMeasurement } from './measurements.ts';
import { newBuildConfig } from './new-build-config.ts';
import { openAsBinary } from './open-as-binary.ts';
import { openAsText } from './open-as-text.ts';
import { openDocumentation } from './open-documentation.ts';
import { refitEngine } from './refit-engine.ts';
import { renameAt } from './rename-at.ts';
import { restartBridge } from './restart-bridge.ts';
import { saveModelAs } from './save-model-as.ts';
import { selectRuntime } from './select-runtime.ts';
import { showDocument } from './show-document.ts';
import { showBridgeLog, showOutput } from './show-output.ts';
import { clearProfile, showProfile } from './show-profile.ts';
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
  addPluginLibrary,
  addRuntimeFolder,
  build,
  buildAgain,
  buildForced,
  cancelBuild,
  checkModel,
  clearDebugCapture,
  clearFinishedBuilds,
  clearProfile,
  compareEngines,
  compareProfiles,
  convertTrtexecLine,
  copyTrtexecLine,
  debugTensors,
  exportText,
  generateRunner,
  installRtx,
  markDebugTensor,
  measureContextMemory,
  newBuildConfig,
  openAsBinary,
  openAsText,
  openBuild,
  openBuildConfig,
  openBuiltEngine,
  openDocumentation,
  profileEngine,
  profileEngineWithOptions,
  refitEngine,
  renameAt,
  showDocument,
  restartBridge,
  revealEngine,
  saveModelAs,
  selectRuntime,
  showBridgeLog,
  showBuildLog,
  showDebugCapture,
  showMeasurement,
  showOutput,
  showProfile,
  showProvenance,
  showReferences,
  sweepWeightStreaming,
];
