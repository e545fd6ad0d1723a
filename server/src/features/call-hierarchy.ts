/** callHierarchy/*: which local function (or the graph) calls which. */
import {
  type CallHierarchyIncomingCall,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
  type Position,
  type Range,
  SymbolKind,
} from 'vscode-languageserver-types';
import { calledFunction, functionAt, functionsOf, type LocalFunction } from '../onnx/analysis/functions.ts';
import { declarationAt, segmentsOf } from '../onnx/analysis/names.ts';
import { type OnnxDocument, rangeInSegment } from './document.ts';
import { functionReferences, nodesIn } from './function-references.ts';
import { offsetAt, positionAt } from './source-text.ts';
import { symbolAt } from './symbol-references.ts';

/** The function that is called or declared at the cursor. */
export function prepareCallHierarchy(document: OnnxDocument, position: Position): CallHierarchyItem[] {
  const symbol = symbolAt(document, position)?.symbol;
  return symbol?.kind === 'function' ? itemsOf(document, symbol.called.declaration) : [];
}

export function incomingCalls(document: OnnxDocument, item: CallHierarchyItem): CallHierarchyIncomingCall[] {
  const called = functionOf(document, item);
  const ranges = new Map<number, Range[]>();
  for (const { kind, segment, identifier } of called ? functionReferences(document, called) : []) {
    const caller = kind === 'call' ? declarationAt(document.tree, segment) : undefined;
    if (caller !== undefined) {
      add(ranges, caller, rangeInSegment(document, segment, identifier));
    }
  }
  return [...ranges].flatMap(([caller, fromRanges]) =>
    itemsOf(document, caller).map((from) => ({ from, fromRanges })),
  );
}

export function outgoingCalls(document: OnnxDocument, item: CallHierarchyItem): CallHierarchyOutgoingCall[] {
  const { tree } = document;
  const declaration = declarationOf(document, item);
  const ranges = new Map<number, Range[]>();
  const { from, to } = declaration === undefined ? { from: 0, to: 0 } : segmentsOf(tree, declaration);
  for (let segment = from; segment < to; segment++) {
    const statement = tree.segments[segment];
    for (const node of statement?.kind === 'node-statement' ? nodesIn(statement) : []) {
      const called = calledFunction(tree, node);
      if (called) {
        add(ranges, called.declaration, rangeInSegment(document, segment, node.operator));
      }
    }
  }
  return [...ranges].flatMap(([called, fromRanges]) =>
    itemsOf(document, called).map((target) => ({ to: target, fromRanges })),
  );
}

function add(ranges: Map<number, Range[]>, declaration: number, range: Range): void {
  const known = ranges.get(declaration);
  if (known) {
    known.push(range);
  } else {
    ranges.set(declaration, [range]);
  }
}

function itemsOf(document: OnnxDocument, index: number): CallHierarchyItem[] {
  const { tree, source, uri } = document;
  const declaration = tree.declarations[index];
  const signature = declaration && tree.segments[declaration.signature];
  if (!declaration || (signature?.kind !== 'graph-signature' && signature?.kind !== 'function-signature')) {
    return [];
  }
  const found = functionAt(tree, index);
  return [
    {
      name: signature.name.name || declaration.kind,
      kind: declaration.kind === 'graph' ? SymbolKind.Module : SymbolKind.Function,
      detail: found ? [found.domain, found.overload && `:${found.overload}`].join('') : 'graph',
      uri,
      range: {
        start: positionAt(source, tree.starts[declaration.signature] ?? 0),
        end: positionAt(source, declaration.end),
      },
      selectionRange: rangeInSegment(document, declaration.signature, signature.name),
    },
  ];
}

function functionOf(document: OnnxDocument, item: CallHierarchyItem): LocalFunction | undefined {
  const declaration = declarationOf(document, item);
  return [...functionsOf(document.tree).values()].find((found) => found.declaration === declaration);
}

/** Items come back after edits, too: the declaration at its place, if it still has its name. */
function declarationOf({ tree, source }: OnnxDocument, item: CallHierarchyItem): number | undefined {
  const offset = offsetAt(source, item.selectionRange.start);
  const isNamed = (signature: number) => {
    const segment = tree.segments[signature];
    return (
      (segment?.kind === 'function-signature' || segment?.kind === 'graph-signature') &&
      (segment.name.name || 'graph') === item.name
    );
  };
  const exact = tree.declarations.findIndex(
    ({ signature, end }) => (tree.starts[signature] ?? 0) <= offset && offset <= end && isNamed(signature),
  );
  return exact >= 0 ? exact : undefined;
}
