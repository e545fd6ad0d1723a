/** Why the last build of an engine failed, on the model's text and on the config. */
import {
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
} from 'vscode-languageserver-types';
import type { Origin } from '../../build-config/model.ts';
import type { BuildProblem } from '../../tensorrt/build/failures/problem.ts';
import { placeOfGraph, placesOfNodes } from '../../tensorrt/locate/named-nodes.ts';
import { type OnnxDocument, rangeInSegment } from '../document.ts';
import { type AnchoredDiagnostic, anchorOf } from './anchored-diagnostic.ts';

/** A build that failed, as it is told of. */
export interface FailedBuildNote {
  /** `detector.trt.yaml · fp16`. */
  readonly title: string;
  /** What was done; a build where absent. */
  readonly activity?: 'Building' | 'Refitting';
  /** `TensorRT 10.6.0`; absent where none was started. */
  readonly runtime?: string;
  readonly problems: readonly BuildProblem[];
}

/** So many nodes of a part that could not be built are marked; the first of them has the words. */
const markedNodes = 200;
/** So many nodes are told of beside a setting. */
const relatedNodes = 5;

/** `forWhole`: whether problems of no node are the model's, since there is no config to show them on. */
export function buildDiagnosticsOfModel(
  { tree }: OnnxDocument,
  { title, activity = 'Building', runtime, problems }: FailedBuildNote,
  { forWhole }: { readonly forWhole: boolean },
): AnchoredDiagnostic[] {
  const source = runtime ?? 'TensorRT';
  return problems.flatMap((problem): AnchoredDiagnostic[] => {
    const { code, nodes = [] } = problem;
    const [first, ...rest] = placesOfNodes(tree, nodes);
    const place = first?.place ?? (forWhole ? placeOfGraph(tree) : undefined);
    const anchor = place && anchorOf(tree, place);
    if (!anchor) return [];
    const severity = DiagnosticSeverity.Error;
    const message = `${activity} ${title} failed${first ? ' here' : ''}: ${words(problem)}`;
    const others = rest.slice(0, markedNodes - 1).flatMap(({ place: other }): AnchoredDiagnostic[] => {
      const at = anchorOf(tree, other);
      const part = `${activity} ${title} failed in a part of the model that this node belongs to; it begins at ${first?.name}.`;
      return at
        ? [
            {
              anchor: at,
              code,
              message: part,
              source,
              severity: DiagnosticSeverity.Information,
              related: [{ anchor, message: 'The part begins here' }],
            },
          ]
        : [];
    });
    return [{ anchor, code, message, source, severity, related: [] }, ...others];
  });
}

/** On the setting that a problem is about; `model` is the built one, where it is open. */
export function buildDiagnosticOfConfig(
  problem: BuildProblem,
  { title, runtime }: FailedBuildNote,
  { range }: Origin,
  model: OnnxDocument | undefined,
): Diagnostic {
  const related = model ? nodesOf(problem, model) : [];
  return {
    range,
    severity: DiagnosticSeverity.Error,
    source: runtime ?? 'TensorRT',
    code: problem.code,
    message: `Building ${title} failed: ${words(problem)}`,
    ...(related.length > 0 && { relatedInformation: related }),
  };
}

function words({ message, advice }: BuildProblem): string {
  return advice === undefined ? message : `${message}\n${advice}`;
}

function nodesOf({ nodes = [] }: BuildProblem, model: OnnxDocument): DiagnosticRelatedInformation[] {
  const places = placesOfNodes(model.tree, nodes).slice(0, relatedNodes);
  return places.map(({ name, place: { segment, span } }) => ({
    location: { uri: model.uri, range: rangeInSegment(model, segment, span) },
    message: name,
  }));
}
