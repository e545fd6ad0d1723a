/**
 * What ONNX's rules find and what TensorRT refuses, with one message for one cause. TensorRT refuses a node whose shapes do not
 * go together, too: its verdict stays, and what our rules say of the cause is related to it.
 */
import type { GraphSyntax, NodeStatement, Segment, Span } from '../../onnx/text/syntax-tree.ts';
import type { Anchor, AnchoredDiagnostic } from './anchored-diagnostic.ts';

/** Our codes that say the same as one of TensorRT's about the same node. */
const sameCause: Readonly<Record<string, readonly string[]>> = {
  'trt.shape-mismatch': ['onnx.shape-mismatch', 'onnx.argument-out-of-range'],
  'trt.unsupported-shape': ['onnx.shape-mismatch', 'onnx.argument-out-of-range'],
  'trt.invalid-node': [
    'onnx.shape-mismatch',
    'onnx.type-mismatch',
    'onnx.argument-out-of-range',
    'onnx.attribute-value',
    'onnx.missing-attribute',
    'onnx.missing-input',
  ],
  'trt.unsupported-type': ['onnx.type-mismatch'],
  'trt.shape-tensor-type': ['onnx.type-mismatch'],
  'trt.invalid-value': ['onnx.argument-out-of-range', 'onnx.attribute-value'],
  'trt.undefined-value': ['onnx.undefined-value', 'onnx.use-before-definition'],
  'trt.cycle': ['onnx.cycle', 'onnx.use-before-definition'],
  'trt.function-arguments': ['onnx.missing-input', 'onnx.surplus-input', 'onnx.surplus-output'],
};

export function combined(
  findings: readonly AnchoredDiagnostic[],
  verdict: readonly AnchoredDiagnostic[],
): AnchoredDiagnostic[] {
  const { kept, absorbed } = divided(findings, verdict);
  return [...kept, ...verdict.map((refusal) => withCauses(refusal, absorbed.get(refusal) ?? []))];
}

/** The findings that `combined` leaves to the verdict: not shown, but there, and whatever mends them mends what is shown. */
export function leftToVerdict(
  findings: readonly AnchoredDiagnostic[],
  verdict: readonly AnchoredDiagnostic[],
): AnchoredDiagnostic[] {
  return [...divided(findings, verdict).absorbed.values()].flat();
}

function divided(findings: readonly AnchoredDiagnostic[], verdict: readonly AnchoredDiagnostic[]) {
  const absorbed = new Map<AnchoredDiagnostic, AnchoredDiagnostic[]>();
  const bySegment = new Map<Segment, AnchoredDiagnostic[]>();
  for (const refusal of verdict) {
    const { segment } = refusal.anchor;
    const others = bySegment.get(segment);
    if (others) others.push(refusal);
    else bySegment.set(segment, [refusal]);
  }
  const kept = findings.filter((finding) => {
    const candidates = bySegment.get(finding.anchor.segment);
    const refusal = candidates?.find((candidate) => isSameCause(finding, candidate));
    if (refusal) absorbed.set(refusal, [...(absorbed.get(refusal) ?? []), finding]);
    return !refusal;
  });
  return { kept, absorbed };
}

/** Of two in the same segment. */
function isSameCause(finding: AnchoredDiagnostic, refusal: AnchoredDiagnostic): boolean {
  if (finding.code === refusal.code || finding.code === 'onnx.unknown-operator') {
    return isSameSpan(finding.anchor.span, refusal.anchor.span);
  }
  return (
    sameCause[refusal.code]?.includes(finding.code) === true &&
    nodeAround(finding.anchor) === nodeAround(refusal.anchor)
  );
}

/** The verdict's own related places are the calls that lead to the node; they stay first. */
function withCauses(refusal: AnchoredDiagnostic, causes: readonly AnchoredDiagnostic[]): AnchoredDiagnostic {
  const telling = causes.filter(({ code }) => code !== 'onnx.unknown-operator' && code !== refusal.code);
  if (telling.length === 0) return refusal;
  const related = telling.flatMap((cause) => [
    { anchor: cause.anchor, message: `By ONNX's rules: ${cause.message}` },
    ...cause.related,
  ]);
  return { ...refusal, related: [...refusal.related, ...related] };
}

/** The innermost node statement around a place. */
function nodeAround({ segment, span }: Anchor): NodeStatement | undefined {
  if (segment.kind !== 'node-statement') return undefined;
  let node: NodeStatement = segment;
  for (let inner = innerNode(node, span); inner; inner = innerNode(node, span)) node = inner;
  return node;
}

function innerNode({ attributes }: NodeStatement, span: Span): NodeStatement | undefined {
  for (const { value } of attributes) {
    if (value.kind !== 'graph' && value.kind !== 'list') continue;
    const graphs: GraphSyntax[] =
      value.kind === 'graph'
        ? [value.value]
        : value.elements.flatMap((element) => (element.kind === 'graph' ? [element.value] : []));
    for (const { nodes } of graphs) {
      const found = nodes.find(({ start, end }) => start <= span.start && span.end <= end);
      if (found) return found;
    }
  }
  return undefined;
}

function isSameSpan(a: Span, b: Span): boolean {
  return a.start === b.start && a.end === b.end;
}
