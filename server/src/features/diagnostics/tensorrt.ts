/** What TensorRT's parser refused. */
import { DiagnosticSeverity } from 'vscode-languageserver-types';
import type { ParserErrorRecord } from '../../../../native-bridge/src/protocol.ts';
import { versionsOf } from '../../onnx/operators/table.ts';
import type { Segment, SyntaxTree } from '../../onnx/text/syntax-tree.ts';
import type { PlacedNode } from '../../tensorrt/locate/bodies.ts';
import type { ErrorLocation } from '../../tensorrt/locate/locate.ts';
import { explain } from '../../tensorrt/messages/explain.ts';
import { type Anchor, type AnchoredDiagnostic, anchorOf } from './anchored-diagnostic.ts';

/** So many errors are shown one by one: more would be megabytes with every keystroke, and help nobody. */
const shownErrors = 1000;

/** So many calls that lead to the same node are shown beside the first. */
const shownWays = 9;

/**
 * `locations` are those of the errors, in their order; `runtime` is the product and version: `TensorRT 11.2.1`. `pluginProblems` are sentences
 * on plugin libraries that were not loaded, for nodes that a plugin is missing for.
 */
export function tensorrtDiagnostics(
  tree: SyntaxTree,
  errors: readonly ParserErrorRecord[],
  locations: readonly ErrorLocation[],
  runtime: string,
  pluginProblems: readonly string[] = [],
): AnchoredDiagnostic[] {
  const shown = locations.slice(0, shownErrors).flatMap(({ primary, frames, node }, index) => {
    const record = errors[index];
    const anchor = anchorOf(tree, primary);
    if (!record || !anchor) {
      return [];
    }
    const { code, explanation, advice, parserWords } = explain(record, runtime, node && contextOf(node));
    const more = code === 'trt.plugin-not-found' ? pluginProblems : [];
    return [
      {
        anchor,
        code,
        message: `${[explanation, advice, ...more].join(' ')}\nThe parser's words: ${parserWords}`,
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
  const merged = onePerPlace(shown);
  const next = locations[shownErrors];
  const anchor = next && anchorOf(tree, next.primary);
  return anchor ? [...merged, moreErrors(anchor, locations.length - shownErrors, runtime)] : merged;
}

/**
 * A node of a function that is called twice is refused twice, and TensorRT sometimes says the same again. Editors show one of
 * several alike, so they become one with all ways that lead there.
 */
function onePerPlace(diagnostics: readonly AnchoredDiagnostic[]): AnchoredDiagnostic[] {
  const places = new Map<Segment, Map<string, [AnchoredDiagnostic, ...AnchoredDiagnostic[]]>>();
  for (const diagnostic of diagnostics) {
    const { anchor, code, message } = diagnostic;
    const ofSegment = places.get(anchor.segment) ?? new Map();
    places.set(anchor.segment, ofSegment);
    const key = `${anchor.span.start} ${anchor.span.end} ${code} ${message}`;
    const alike = ofSegment.get(key);
    if (alike) {
      alike.push(diagnostic);
    } else {
      ofSegment.set(key, [diagnostic]);
    }
  }
  return [...places.values()].flatMap((ofSegment) =>
    [...ofSegment.values()].map((alike) => ({ ...alike[0], related: waysTo(alike) })),
  );
}

/** The calls of the first, and those of up to `shownWays` others whose calls are different ones. */
function waysTo([first, ...others]: readonly [AnchoredDiagnostic, ...AnchoredDiagnostic[]]) {
  const isSame = (a: AnchoredDiagnostic, b: AnchoredDiagnostic) =>
    a.related.length === b.related.length &&
    a.related.every(({ anchor }, index) => anchor.segment === b.related[index]?.anchor.segment);
  const ways = [first];
  for (const other of others) {
    if (ways.length <= shownWays && !ways.some((way) => isSame(way, other))) {
      ways.push(other);
    }
  }
  return ways.flatMap(({ related }, way) =>
    way === 0
      ? related
      : related.map(({ anchor, message }, depth) => ({
          anchor,
          message: depth === 0 ? message.replace('Called by', 'Also called by') : message,
        })),
  );
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
