import type { ParserErrorRecord } from '../../../../native-bridge/src/protocol.ts';
import type { AnchoredDiagnostic } from '../../features/diagnostics/anchored-diagnostic.ts';
import { tensorrtDiagnostics } from '../../features/diagnostics/tensorrt.ts';
import { type OnnxDocument, rangeInSegment } from '../../features/document.ts';
import type { LoadedModel } from '../../node/load-model.ts';
import { versionsOf } from '../../onnx/operators/table.ts';
import type { Verdict } from '../../tensorrt/check.ts';
import { displayName } from '../../tensorrt/installations/installation.ts';
import { type ErrorLocation, locateErrors, type Place } from '../../tensorrt/locate/locate.ts';
import { type Explanation, explain } from '../../tensorrt/messages/explain.ts';
import type { Runtime } from '../../tensorrt/runtimes.ts';
import { type ModelProblem, modelProblems } from './problems.ts';

/** A model that ONNX's rules have been applied to. */
export interface Reviewed {
  /** As it was given. */
  readonly file: string;
  readonly isText: boolean;
  /** By ONNX's rules, without what the runtime says as well. */
  readonly problems: readonly ModelProblem[];
  /** The model's text form, which all places are in. */
  document(): OnnxDocument;
}

/** A model that a runtime has judged. */
export interface Judged extends Reviewed {
  readonly runtime: Runtime['description'];
  readonly verdict: Verdict;
  readonly errors: readonly JudgedError[];
}

export interface JudgedError {
  readonly record: ParserErrorRecord;
  readonly explanation: Explanation;
  readonly location: ErrorLocation;
  /** Domain of the refused node; empty for ai.onnx, and where the error is of no node. */
  readonly domain: string;
}

/** Explains and locates the errors of a verdict. */
export function judged(
  loaded: LoadedModel,
  { description }: Runtime,
  verdict: Verdict,
  findings: readonly AnchoredDiagnostic[],
): Judged {
  const { errors: records } = verdict;
  const locations = records.length === 0 ? [] : locateErrors(loaded.document().tree, records);
  const errors = records.flatMap((record, index): JudgedError[] => {
    const location = locations[index];
    if (!location) return [];
    const domain = location.node?.node.domain?.name ?? '';
    const node = location.node && {
      domain,
      isStandardOperator: versionsOf(domain, record.operator).length > 0,
    };
    return [{ record, location, domain, explanation: explain(record, displayName(description), node) }];
  });
  return {
    file: loaded.name,
    isText: loaded.isText,
    runtime: description,
    verdict,
    problems: problemsBeside(loaded, displayName(description), verdict, locations, findings),
    document: loaded.document,
    errors,
  };
}

export function reviewed(loaded: LoadedModel, findings: readonly AnchoredDiagnostic[]): Reviewed {
  const { name: file, isText, document } = loaded;
  return { file, isText, document, problems: modelProblems(document(), findings) };
}

function problemsBeside(
  { document }: LoadedModel,
  runtime: string,
  { errors }: Verdict,
  locations: readonly ErrorLocation[],
  findings: readonly AnchoredDiagnostic[],
): readonly ModelProblem[] {
  if (findings.length === 0) return [];
  const refusals = tensorrtDiagnostics(document().tree, errors, locations, runtime);
  return modelProblems(document(), findings, refusals);
}

/** LSP range of a place. */
export function rangeOfPlace(document: OnnxDocument, { segment, span }: Place) {
  return rangeInSegment(document, segment, span);
}
