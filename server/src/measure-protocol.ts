/** Measurements of engines, as an editor asks the language server for them. See protocol.ts for what holds for all messages. */
import { RequestType } from 'vscode-jsonrpc';
import type { WorkspaceEdit } from 'vscode-languageserver-types';
import type { Section } from './engine/describe-engine.ts';
import type { SweepAdvice, WeightStreamingSweep } from './engine/measurements/weight-streaming.ts';
import type { ProfilePage } from './engine/profile/page.ts';
import type { RunnerLanguage } from './engine/runner/facts.ts';
import type { RunnerProfile } from './engine/runner/profiles.ts';
import type { EngineTrust } from './engine-protocol.ts';

/** All of these load an engine on the GPU. An act of trust: in trusted workspaces only, when the user asks for it. */
export interface MeasureParams {
  /** `file:` URI of an engine, or of a build config. */
  readonly uri: string;
  /** Which build of the config. */
  readonly build?: string;
  readonly trust?: EngineTrust;
}

/** As trtexec's options; what is absent is the config's, else trtexec's. */
export interface RunOptions {
  /** `x:8x3x224x224,ids:8`; `opt` of the profile where absent. */
  readonly shapes?: string;
  /** `x:FILE.npy,…`: paths, relative ones from the folder of the engine or config. */
  readonly loadInputs?: string;
  /** Index of the optimization profile. */
  readonly profile?: number;
  readonly iterations?: number;
  /** Seconds. */
  readonly duration?: number;
  readonly streams?: number;
  /** As `weightStreamingBudget` in a config: `512MiB`, `50%`, `automatic`, `off`. */
  readonly weightStreamingBudget?: string;
  readonly cudaGraph?: boolean;
  readonly transfers?: boolean;
}

export interface MeasureResult {
  /** `file:` URI of what was written beside the engine, to be shown again. */
  readonly file: string;
  /** `file:` URI of the engine's model, where `ENGINE.json` names one that is still there. */
  readonly model?: string;
  readonly notes: readonly string[];
}

export interface ProfileEngineParams extends MeasureParams {
  readonly options: RunOptions;
}
/** Writes ENGINE.profile.json. */
export const ProfileEngineRequest = new RequestType<ProfileEngineParams, MeasureResult, void>(
  'engine/profile',
);
export interface SweepWeightStreamingParams extends MeasureParams {
  readonly options: RunOptions;
  /** Budgets from none to all of the weights. */
  readonly steps?: number;
}
/** Writes ENGINE.weight-streaming.json. */
export const SweepWeightStreamingRequest = new RequestType<SweepWeightStreamingParams, MeasureResult, void>(
  'engine/sweepWeightStreaming',
);
/** Writes ENGINE.context-memory.json. */
export const MeasureContextMemoryRequest = new RequestType<MeasureParams, MeasureResult, void>(
  'engine/measureContextMemory',
);

/** What a file says that one of the requests above, the command line or trtexec wrote. */
export type Measurement =
  | ({
      readonly kind: 'profile';
      readonly title: string;
      /** `file:` URI of the model that the profile names, where it is there. */
      readonly model?: string;
    } & ProfilePage)
  | {
      readonly kind: 'weight-streaming';
      readonly title: string;
      /** `file:` URI. */
      readonly engine: string;
      readonly sweep: WeightStreamingSweep;
      readonly advice: SweepAdvice;
      readonly sections: readonly Section[];
    }
  | {
      readonly kind: 'context-memory';
      readonly title: string;
      readonly sections: readonly Section[];
      readonly notes: readonly string[];
    };
/** Several files: parts of one profile. */
export const ReadMeasurementRequest = new RequestType<
  { readonly files: readonly string[] },
  Measurement,
  void
>('engine/readMeasurement');

export interface CompareProfilesResult {
  readonly sections: readonly Section[];
  readonly notes: readonly string[];
}
export const CompareProfilesRequest = new RequestType<
  { readonly before: string; readonly after: string },
  CompareProfilesResult,
  void
>('engine/compareProfiles');

/** A profile in the Chrome trace format, for Perfetto. */
export const ProfileTraceRequest = new RequestType<
  { readonly files: readonly string[] },
  { readonly text: string },
  void
>('engine/profileTrace');

export interface KeepBudgetResult {
  /** Of the config that `ENGINE.json` names. */
  readonly edit: WorkspaceEdit;
  /** `file:` URI of it. */
  readonly config: string;
  /** What else it is for, a sentence. */
  readonly note?: string;
}
/** `budget`: a value of `weightStreamingBudget`. */
export const KeepBudgetRequest = new RequestType<
  { readonly engine: string; readonly budget: string },
  KeepBudgetResult,
  void
>('engine/keepBudget');

export interface GenerateRunnerParams extends MeasureParams {
  readonly language: RunnerLanguage;
  /** Whether to ask the engine itself, or the model that `ENGINE.json` names. */
  readonly load: boolean;
  readonly userManaged?: boolean;
}
export interface GenerateRunnerResult {
  /** One for each optimization profile, so that the engine is asked once; not empty. */
  readonly programs: readonly GeneratedRunner[];
  /** Index of the profile that the config runs (`useProfile`), else 0. */
  readonly usualProfile: number;
  readonly notes: readonly string[];
}
export interface GeneratedRunner extends RunnerProfile {
  readonly text: string;
}
/** Programs that run the engine. */
export const GenerateRunnerRequest = new RequestType<GenerateRunnerParams, GenerateRunnerResult, void>(
  'engine/generateRunner',
);
