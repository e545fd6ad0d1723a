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
}
export interface InspectEngineResult {
  readonly runs: Answer;
  readonly summary: string;
  readonly sections: readonly Section[];
  /** Whether loading it may tell more. */
  readonly canLoad: boolean;
  /** What was left out and why, a sentence each. */
  readonly notes: readonly string[];
}
export const InspectEngineRequest = new RequestType<InspectEngineParams, InspectEngineResult, void>(
  'engine/inspect',
);

export interface CompareEnginesParams {
  /** `file:` URIs. */
  readonly before: string;
  readonly after: string;
}
export const CompareEnginesRequest = new RequestType<
  CompareEnginesParams,
  readonly SectionDifference[],
  void
>('engine/compare');

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
