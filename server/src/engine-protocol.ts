/** Engines and profiles, as an editor asks the language server for them. See protocol.ts for what holds for all messages. */

import { RequestType } from 'vscode-jsonrpc';
import type { Range } from 'vscode-languageserver-types';
import type { SectionDifference } from './engine/compare-engines.ts';
import type { Answer } from './engine/compatibility.ts';
import type { Section } from './engine/describe-engine.ts';
import type { ProfilePage } from './engine/profile/page.ts';

/** What is known of an engine; fails with a sentence for people where the file is none. */
export interface InspectEngineParams {
  /** `file:` URI. */
  readonly uri: string;
  /** Deserializes the engine on the GPU. An act of trust: in trusted workspaces only, when the user asks for it. */
  readonly load: boolean;
  readonly trust?: EngineTrust;
}
/** What of an engine may run beside it. Each an act of trust of its own, which the user is asked for by name. */
export interface EngineTrust {
  /** Code for the CPU inside the engine: its lean runtime. */
  readonly hostCode?: boolean;
  /** The plugin libraries that `ENGINE.json` names. */
  readonly plugins?: boolean;
}
export interface InspectEngineResult {
  readonly runs: Answer;
  readonly summary: string;
  readonly sections: readonly Section[];
  /** Whether loading it may tell more. */
  readonly canLoad: boolean;
  readonly needs: EngineNeeds;
  readonly refit: RefitOffer;
  /** What was left out and why, a sentence each. */
  readonly notes: readonly string[];
}
/** What has to be trusted to load it. */
export interface EngineNeeds {
  /** It is loaded only by code for the CPU inside it. */
  readonly hostCode: boolean;
  /** Paths of plugin libraries that it was built with, which may be needed to load it. */
  readonly plugins: readonly string[];
}
/** What is known of refitting it without loading it. */
export interface RefitOffer {
  readonly isPossible: Answer;
  /** Why, a sentence. */
  readonly sentence: string;
  /** `file:` URI of the model that it was built from, where that is still there. */
  readonly modelUri?: string;
  readonly isStripped: boolean;
}
export const InspectEngineRequest = new RequestType<InspectEngineParams, InspectEngineResult, void>(
  'engine/inspect',
);

/** An engine that is there, of a model. */
export interface ModelEngine {
  /** `file:` URI. */
  readonly uri: string;
  /** Whether it may be refitted with the model, by the rules of its build. */
  readonly isRefittable: boolean;
  /** `file:` URI of the config beside the model that makes it, and its build there. */
  readonly config?: string;
  readonly build?: string;
}
/** `uri`: of a model's file, or of its text. */
export const EnginesOfModelRequest = new RequestType<{ readonly uri: string }, readonly ModelEngine[], void>(
  'engine/ofModel',
);

export interface CompareEnginesParams {
  /** `file:` URIs. */
  readonly before: string;
  readonly after: string;
  /** Deserializes both on the GPU, with what the user lets each of them run; see InspectEngineParams. */
  readonly load?: { readonly before: EngineTrust; readonly after: EngineTrust };
}
export interface CompareEnginesResult {
  readonly differences: readonly SectionDifference[];
  /** Whether loading both may tell more. */
  readonly canLoad: boolean;
  readonly needs: { readonly before: EngineNeeds; readonly after: EngineNeeds };
}
export const CompareEnginesRequest = new RequestType<CompareEnginesParams, CompareEnginesResult, void>(
  'engine/compare',
);

/** Times of a profile at the nodes of an open model. */
export interface ProfileOnModelParams {
  /** Of the document. */
  readonly uri: string;
  /** `file:` URIs of profiles of one engine: our own, or trtexec's exports. */
  readonly files: readonly string[];
}
export interface ProfileOnModelResult extends ProfilePage {
  readonly nodes: readonly NodeHeat[];
}
/** At a top-level node: times inside of calls and subgraphs are at the node that leads there. */
export interface NodeHeat {
  /** Of the statement. */
  readonly range: Range;
  /** From 0 to 1: the time of all groups that the node is in, by that of the node with the most. */
  readonly heat: number;
  /** `8.6 %`; `≤ 16.2 %` where some of it is of a group; empty where no layer names the node. */
  readonly share: string;
  /** `0.0203 ms · 16.2 % with k_proj, v_proj`. */
  readonly label: string;
  /** Markdown. */
  readonly tooltip: string;
}
export const ProfileOnModelRequest = new RequestType<ProfileOnModelParams, ProfileOnModelResult, void>(
  'engine/profileOnModel',
);

/** Replaces weights of an engine. In trusted workspaces only, when the user asks for it. Models are read from disk: saved before. */
export interface RefitEngineParams {
  /** `file:` URI of the engine. */
  readonly uri: string;
  /** `file:` URI of the model. */
  readonly model: string;
  /** `file:` URI of the engine to write: its own to replace it; absent for a trial. The editor has asked before a file is replaced. */
  readonly output?: string;
  /** Names of single initializers; all where absent. */
  readonly weights?: readonly string[];
  /** Leaves the weights out of the written engine. */
  readonly keepStripped?: boolean;
  /** The user says that the model's weights are those that the engine was built from. */
  readonly assumesSame?: boolean;
  readonly trust?: EngineTrust;
}
export interface RefitEngineResult {
  readonly outcome: 'refitted' | 'refused';
  /** What was refitted, or why not. */
  readonly message: string;
  /** `file:` URI of the written engine. */
  readonly outputUri?: string;
  /** Rules and missing weights, where it was refused. */
  readonly sections: readonly Section[];
  readonly notes: readonly string[];
  /** It was refused only because nobody knows that the weights are the same. */
  readonly mayBeSame: boolean;
  /** It was refused only because other weights of the model would stay as they are in the engine: these may be replaced as single ones. */
  readonly mayReplace: readonly string[];
}
/** Cancelled by JSON-RPC's cancellation: engine and note are then as they were. Progress by `$/progress`. */
export const RefitEngineRequest = new RequestType<RefitEngineParams, RefitEngineResult, void>('engine/refit');
