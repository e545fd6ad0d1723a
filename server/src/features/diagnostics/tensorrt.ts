/** What TensorRT's parser refused. */
import { DiagnosticSeverity } from 'vscode-languageserver-types';
import type { ParserErrorRecord } from '../../../../native-bridge/src/protocol.ts';
import { versionsOf } from '../../onnx/operators/table.ts';
import type { SyntaxTree } from '../../onnx/text/syntax-tree.ts';
import type { PlacedNode } from '../../tensorrt/locate/bodies.ts';
import type { ErrorLocation } from '../../tensorrt/locate/locate.ts';
import { explain } from '../../tensorrt/messages/explain.ts';
import { type Anchor, type AnchoredDiagnostic, anchorOf } from './anchored-diagnostic.ts';

/** So many errors are shown one by one: more would be megabytes with every keystroke, and help nobody. */
const shownErrors = 1000;

/** `locations` are those of the errors, in their order; `runtime` is the product and version: `TensorRT 11.2.1`. */
export function tensorrtDiagnostics(
  tree: SyntaxTree,
  errors: readonly ParserErrorRecord[],
  locations: readonly ErrorLocation[],
  runtime: string,
): AnchoredDiagnostic[] {
  const shown = locations.slice(0, shownErrors).flatMap(({ primary, frames, node }, index) => {
    const record = errors[index];
    const anchor = anchorOf(tree, primary);
    if (!record || !anchor) {
      return [];
    }
    const { code, explanation, advice, parserWords } = explain(record, runtime, node && contextOf(node));
    return [
      {
        anchor,
        code,
        message: `${explanation} ${advice}\nThe parser's words: ${parserWords}`,
        source: runtime,
        severity: DiagnosticSeverity.Error,
        related: frames.flatMap((frame, depth) => {
          const caller = anchorOf(tree, frame);
          return caller
            ? [{ anchor: caller, message: `Called by ${record.localFunctionStack[depth] ?? ''}` }]
            : [];
        }),
        // The parser's error, unchanged.
        data: record,
      },
    ];
  });
  const next = locations[shownErrors];
  const anchor = next && anchorOf(tree, next.primary);
  return anchor ? [...shown, moreErrors(anchor, locations.length - shownErrors, runtime)] : shown;
}

function moreErrors(anchor: Anchor, count: number, runtime: string): AnchoredDiagnostic {
  return {
    anchor,
    code: 'trt.more-errors',
    message: `${runtime} has ${count} more errors from here on, which are not shown. \`onnx-trt check\` lists all.`,
    source: runtime,
    severity: DiagnosticSeverity.Information,
    related: [],
  };
}

function contextOf({ node }: PlacedNode) {
  const domain = node.domain?.name ?? '';
  return { domain, isStandardOperator: versionsOf(domain, node.operator.name).length > 0 };
}
