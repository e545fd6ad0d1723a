/**
 * What a code action is made of. Each action has a file of its own under quick-fixes/ or refactorings/, that exports a provider;
 * index.ts lists them. Offering must be quick, for it happens with every move of the cursor (1 ms at 100,000 nodes): what costs
 * is done in `edit`, when the user has chosen.
 */
import type { CodeActionKind, Diagnostic, Position, Range, WorkspaceEdit } from 'vscode-languageserver-types';
import type { FileAccess } from '../../onnx/model/file-access.ts';
import type { Bytes } from '../../onnx/model/model.ts';
import type { OnnxDocument } from '../document.ts';
import type { NetworkTypes } from '../values.ts';

export interface CodeActionRequest {
  readonly document: OnnxDocument;
  /** The selection; empty where there is only a cursor. */
  readonly range: Range;
  /** The same as offsets in the text. */
  readonly start: number;
  readonly end: number;
  /** The problems shown at the selection. */
  readonly diagnostics: readonly Diagnostic[];
  /** Kinds that were asked for; others need not be offered. */
  readonly only: readonly CodeActionKind[] | undefined;
  /** What TensorRT said of the values, where it has. */
  readonly network: NetworkTypes | undefined;
  readonly files: FileAccess;
  /** Whether the editor applies edits that create files. */
  readonly createsFiles: boolean;
}

export interface OfferedAction {
  /** Tells the actions of one provider apart; the same for the same place and version. */
  readonly id: string;
  /** What is done, as a command: `Inline call of "block"`. */
  readonly title: string;
  readonly kind: CodeActionKind;
  /** The problems that it solves. */
  readonly diagnostics?: readonly Diagnostic[];
  /** At most one of the fixes of a problem: the one that "Auto Fix" applies. */
  readonly isPreferred?: boolean;
  readonly edit: () => ActionResult;
}

export type ActionResult =
  | {
      readonly kind: 'edit';
      readonly edit: WorkspaceEdit;
      /** A name that was made up: editors that can start renaming it there. */
      readonly rename?: Position;
      /** URI of a document that the edit creates: editors that can show it then. */
      readonly show?: string;
      /** Files to be written before the edit is made; none of them is there yet. */
      readonly writes?: readonly DataFile[];
      /** What was done, in a sentence, where the edit doesn't show it at the cursor: how many nodes of the model were named. */
      readonly message?: string;
    }
  /** Why it cannot be done, in a sentence that says what to do instead. */
  | { readonly kind: 'refused'; readonly reason: string };

/** A file of weights, as bytes and ranges of other files. */
export interface DataFile {
  /** Absolute. */
  readonly path: string;
  readonly content: readonly Bytes[];
}

export interface CodeActionProvider {
  /** Of the actions that it offers: `quickfix`, `refactor.extract` … */
  readonly kinds: readonly CodeActionKind[];
  readonly offer: (request: CodeActionRequest) => Iterable<OfferedAction>;
}

export function refused(reason: string): ActionResult {
  return { kind: 'refused', reason };
}
