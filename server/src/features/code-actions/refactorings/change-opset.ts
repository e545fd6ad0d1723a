/**
 * Brings the model and its functions from one opset version of ai.onnx to another, where there is a rule for each node whose
 * operator has changed between them; else nothing is changed, and the nodes without a rule are named.
 */
import { modelImports } from '../../../onnx/analysis/functions.ts';
import type { InferenceScope } from '../../../onnx/inference/infer.ts';
import type { Graph, Node } from '../../../onnx/model/model.ts';
import {
  irVersionOfOpset,
  newestOpset,
  normalizedDomain,
  releaseOfOpset,
} from '../../../onnx/operators/table.ts';
import { convertNode } from '../../../onnx/opset-conversion/convert-node.ts';
import type { HeaderEntry, OpsetImportSyntax } from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import { segmentAt } from '../../elements.ts';
import { positionAt, type TextChange } from '../../source-text.ts';
import { type ActionResult, type CodeActionProvider, type OfferedAction, refused } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { bodiesInside, bodiesOf, type ListedBody } from './bodies.ts';
import { changesOfDraft } from './draft-text.ts';
import { graphsOf } from './fold-constants.ts';
import { brokenText, counted } from './phrases.ts';

const sourceKind = 'source.changeOpset.onnx';
const headerKind = 'refactor.rewrite.changeOpset';

/** Versions that much software asks for, beside the next and the newest one. */
const usualVersions: readonly number[] = [11, 13, 17, 18, 21, 22];

export const changeOpset: CodeActionProvider = {
  kinds: [sourceKind, headerKind],
  offer: ({ document, start, only }) => {
    const { tree } = document;
    const current = versionIn(modelImports(tree) ?? []);
    if (current === undefined) {
      return [];
    }
    const isAtHeader = tree.header !== undefined && segmentAt(tree, start) === tree.header;
    // The same under two names would be shown twice.
    const isSourceWanted = only?.some((kind) => kind.startsWith('source')) === true;
    return targetsFrom(current).map((target): OfferedAction => {
      const release = releaseOfOpset('', target);
      return {
        id: `${target}`,
        title: `Change opset ${current} to ${target}${release === undefined ? '' : ` (ONNX ${release})`}`,
        kind: isAtHeader && !isSourceWanted ? headerKind : sourceKind,
        edit: () => withOpset(document, current, target),
      };
    });
  },
};

/** Newer ones first in ascending order, then older ones, nearest first. */
function targetsFrom(current: number): number[] {
  const newest = newestOpset('') ?? 0;
  const versions = [...new Set([current + 1, ...usualVersions, newest])].filter(
    (version) => version <= newest,
  );
  const newer = versions.filter((version) => version > current).sort((a, b) => a - b);
  const older = versions.filter((version) => version < current).sort((a, b) => b - a);
  return [...newer, ...older];
}

interface Conversion {
  readonly document: OnnxDocument;
  readonly text: string;
  readonly from: number;
  readonly target: number;
  readonly freshName: (hint: string) => string;
  readonly isUsed: (name: string) => boolean;
  readonly changes: TextChange[];
  readonly refusals: { readonly line: number; readonly what: string }[];
  readonly counts: { converted: number };
}

function withOpset(document: OnnxDocument, from: number, target: number): ActionResult {
  const { tree } = document;
  const broken = brokenText(document);
  if (broken) {
    return broken;
  }
  const { model } = document.model;
  const { inference } = document;
  const conversion: Conversion = {
    document,
    text: document.source.text.toString(),
    from,
    target,
    ...nameFacts(document),
    changes: [],
    refusals: [],
    counts: { converted: 0 },
  };
  let functions = 0;
  for (const body of bodiesOf(tree)) {
    if (body.kind === 'graph') {
      convertBody(conversion, body, model.graph?.nodes ?? [], inference.root);
      continue;
    }
    const definition = model.functions[functions++];
    const own = definition?.opsetImports.find(({ domain }) => normalizedDomain(domain) === '');
    // Types in a function differ from call to call: those of its first one would be a guess.
    convertBody(
      { ...conversion, from: Number(own?.version ?? from) },
      body,
      definition?.nodes ?? [],
      undefined,
    );
  }
  if (conversion.refusals.length > 0) {
    return refused(refusalOf(conversion));
  }
  const headers = tree.segments.flatMap((segment, index) =>
    segment.kind === 'model-header' || segment.kind === 'function-signature'
      ? headerChanges(
          segment.kind === 'model-header' ? segment.entries : segment.header,
          tree.starts[index] ?? 0,
          target,
        )
      : [],
  );
  const { converted } = conversion.counts;
  const count = converted === 0 ? 'No node had' : `${counted(converted, 'node')} had`;
  return editOf(
    document,
    [...headers, ...conversion.changes],
    `The model is of opset ${target} now. ${count} to be changed for it.`,
  );
}

function convertBody(
  conversion: Conversion,
  body: ListedBody,
  nodes: readonly Node[],
  place: InferenceScope | undefined,
): void {
  const { document, from, target, freshName, isUsed, text, changes, refusals } = conversion;
  for (const [index, statement] of body.nodes.entries()) {
    const node = nodes[index];
    if (!node) {
      continue;
    }
    if (normalizedDomain(node.domain) === '' && from !== target) {
      const typeOf = (name: string) => place && document.inference.value(place, name)?.type;
      const result = convertNode(node, from, { target, typeOf, freshName, isUsed });
      if (result.kind === 'changed') {
        changes.push(...changesOfDraft(text, statement, result.draft));
        conversion.counts.converted++;
      } else if (result.kind === 'refused') {
        const { line } = positionAt(document.source, statement.base + statement.node.operator.start);
        refusals.push({ line: line + 1, what: `${node.operator}: ${result.reason}` });
      }
    }
    const graphs = graphsOf(node);
    const attributes = node.attributes.filter(({ type }) => type === 'graph');
    for (const [at, inner] of bodiesInside(statement, body.declaration).entries()) {
      const name = attributes[at]?.name;
      const inside = place && name !== undefined ? document.inference.inside(place, node, name) : undefined;
      convertBody(conversion, inner, graphNodes(graphs[at]), inside);
    }
  }
}

function graphNodes(graph: Graph | undefined): readonly Node[] {
  return graph?.nodes ?? [];
}

/** So many nodes are named. */
const namedRefusals = 5;

function refusalOf({ refusals, target }: Conversion): string {
  const named = refusals.slice(0, namedRefusals).map(({ line, what }) => `line ${line}, ${what}`);
  const more = refusals.length > namedRefusals ? `; and ${refusals.length - namedRefusals} more` : '';
  const nodes = refusals.length === 1 ? '1 node has' : `${refusals.length} nodes have`;
  return `Nothing was changed, as ${nodes} no rule for opset ${target}: ${named.join('; ')}${more}.`;
}

function headerChanges(entries: readonly HeaderEntry[], base: number, target: number): TextChange[] {
  return entries.flatMap(({ key, value }): TextChange[] => {
    if (value.kind === 'opset-imports') {
      return value.imports
        .filter(({ domain }) => normalizedDomain(domain.name) === '')
        .map(({ version }) => ({
          start: base + version.start,
          end: base + version.end,
          text: String(target),
        }));
    }
    const needed = irVersionOfOpset(target) ?? 0;
    return key.name === 'ir_version' && value.kind === 'integer' && value.value < needed
      ? [{ start: base + value.start, end: base + value.end, text: String(needed) }]
      : [];
  });
}

function versionIn(imports: readonly OpsetImportSyntax[]): number | undefined {
  const found = imports.find(({ domain }) => normalizedDomain(domain.name) === '');
  return found && Number(found.version.value);
}

/** What names the document has, and takes: gathered when it is first asked for. */
function nameFacts({ tree }: OnnxDocument): Pick<Conversion, 'freshName' | 'isUsed'> {
  let known: { readonly taken: Set<string>; readonly used: Set<string> } | undefined;
  const names = () => {
    known ??= allNames(bodiesOf(tree));
    return known;
  };
  return {
    freshName: (hint) => {
      const { taken } = names();
      let name = hint;
      for (let number = 1; taken.has(name); number++) {
        name = `${hint}_${number}`;
      }
      taken.add(name);
      return name;
    },
    isUsed: (name) => names().used.has(name),
  };
}

/** In all bodies: a name that two of them have counts for both. */
function allNames(bodies: readonly ListedBody[]): {
  readonly taken: Set<string>;
  readonly used: Set<string>;
} {
  const taken = new Set<string>();
  const used = new Set<string>();
  const visit = (body: ListedBody) => {
    for (const { declaration } of [...body.inputs, ...body.values]) {
      taken.add(declaration.name.name);
    }
    for (const { declaration } of body.outputs) {
      taken.add(declaration.name.name);
      used.add(declaration.name.name);
    }
    for (const statement of body.nodes) {
      for (const { name } of statement.node.outputs) {
        taken.add(name);
      }
      for (const { name } of statement.node.inputs) {
        taken.add(name);
        used.add(name);
      }
      for (const inner of bodiesInside(statement, body.declaration)) {
        visit(inner);
      }
    }
  };
  for (const body of bodies) {
    visit(body);
  }
  return { taken, used };
}
