/** One profile from the files that tell of it together: times, layer times, layers. */
import type { LayerInformation } from '../layer-information.ts';
import type { RunConditions } from './conditions.ts';
import type { Profile } from './profile.ts';
import type { ProfileFile } from './read.ts';

export interface JoinedProfile extends Profile {
  readonly information?: LayerInformation;
  /** Absent where no file says how it was measured. */
  readonly conditions?: RunConditions;
  /** The model that the engine was built from, where a file says it. */
  readonly model?: string;
  readonly engine?: string;
}

/** Of two files that tell the same, the later one counts. */
export function joinProfile(files: readonly ProfileFile[]): JoinedProfile {
  let joined: JoinedProfile = { iterations: [], layers: [], layerRuns: 0 };
  for (const file of files) {
    switch (file.kind) {
      case 'times':
        joined = { ...joined, iterations: file.iterations };
        break;
      case 'layer-times':
        joined = { ...joined, layers: file.layers, layerRuns: file.runs };
        break;
      case 'layer-information':
        joined = { ...joined, information: file.information };
        break;
      case 'profile': {
        const { iterations, layers, runs, conditions, information, engine, model } = file;
        joined = {
          ...joined,
          iterations,
          layers,
          layerRuns: runs,
          conditions,
          ...(information && { information }),
          ...(engine !== undefined && { engine }),
          ...(model !== undefined && { model }),
        };
      }
    }
  }
  return joined;
}
