/**
 * Makes a local function of the selected nodes and a call of it in their place. What they use from outside becomes its inputs
 * (initializers, too, and what their subgraphs capture), what others use of theirs its outputs.
 */

import { spread } from '../../../onnx/text/printer/lists.ts';
import { domainName, unambiguousIdentifier } from '../../../onnx/text/printer/literals.ts';
import type { OnnxDocument } from '../../document.ts';
import { positionAt, type TextChange, withChange } from '../../source-text.ts';
import { type ActionResult, type CodeActionProvider, refused } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { type Body, entriesOf, type Statement, statementsIn } from '../rewriting/body.ts';
import { type Boundary, boundaryOf, laterMaker } from '../rewriting/boundary.ts';
import { freshFunction } from '../rewriting/fresh-names.ts';
import {
  type Imports,
  importChanges,
  importText,
  irVersionChanges,
  irVersionOf,
  modelHeader,
} from '../rewriting/header-changes.ts';
import { withoutListEntries } from '../rewriting/list-entries.ts';
import { attributeReferences, importsOf } from '../rewriting/references.ts';
import { indentAt, lineEndOf, movedText, reindented } from '../rewriting/statement-text.ts';
import { brokenText, counted } from './phrases.ts';

const kind = 'refactor.extract.function';

/** IR versions (onnx.proto, `Version`) that brought functions to models, and value infos to functions. */
const irVersionOfFunctions = 8;
const irVersionOfValueInfos = 10;

export const extractFunction: CodeActionProvider = {
  kinds: [kind],
  offer: ({ document, start, end }) => {
    const selection = start < end ? statementsIn(document, start, end) : undefined;
    return selection
      ? [
          {
            id: 'selection',
            title: `Extract ${counted(selection.count, 'node')} to function`,
            kind,
            edit: () => extracted(document, selection.body, selection.statements(), start, end),
          },
        ]
      : [];
  },
};

function extracted(
  document: OnnxDocument,
  body: Body,
  statements: readonly Statement[],
  from: number,
  to: number,
): ActionResult {
  const { tree, source } = document;
  const broken = brokenText(document);
  if (broken) {
    return broken;
  }
  const reason = whyNot(document, body, statements);
  if (reason !== undefined) {
    return refused(reason);
  }
  const { declaration } = body.scope;
  const boundary = boundaryOf(document, body, statements);
  const moved = movedText(document, statements, { indent: '  ', from, to });
  const parameters = parametersOf(statements);
  const { domain, name } = freshFunction(document, nameFor(statements));
  const inner = innerEntries(document, body, boundary);
  const definition = functionText({
    header: headerText(
      domain,
      importsOf(
        tree,
        declaration,
        statements.map(({ node }) => node),
      ),
    ),
    name,
    parameters: [...parameters.keys()],
    boundary,
    valueInfos: (irVersionOf(document) ?? 0) >= irVersionOfValueInfos ? inner.texts : [],
    nodes: moved.text,
  });
  const outputs = boundary.outputs.map(unambiguousIdentifier).join(', ');
  const head = `${outputs}${outputs === '' ? '' : ' '}= ${domainName(domain)}.`;
  const inputs = boundary.inputs.map(unambiguousIdentifier).join(', ');
  const call = `${head}${unambiguousIdentifier(name)}${attributesText(parameters)} (${inputs})`;
  const lineEnd = lineEndOf(source.text);
  const end = tree.declarations[declaration]?.end ?? source.text.length;
  const imports: Imports = new Map([[domain, 1]]);
  const changes: TextChange[] = [
    ...irVersionChanges(document, irVersionOfFunctions),
    ...importChanges(document, 'model', imports),
    ...(tree.declarations[declaration]?.kind === 'function'
      ? importChanges(document, declaration, imports)
      : []),
    ...inner.changes,
    { start: moved.start, end: moved.end, text: call },
    { start: end, end, text: `\n\n${definition}`.replaceAll(/\r?\n/g, lineEnd) },
  ];
  const result = editOf(document, changes);
  const rename = positionAfter(document, changes, moved.start, head.length);
  return result.kind === 'edit' ? { ...result, rename } : result;
}

function whyNot(document: OnnxDocument, body: Body, statements: readonly Statement[]): string | undefined {
  if (!modelHeader(document)) {
    return 'A function needs a model around it. Write a header first, such as `<ir_version: 10, opset_import: ["" : 21]>`.';
  }
  const later = laterMaker(document, body, statements);
  if (later) {
    const line = positionAt(document.source, later.statement.start).line + 1;
    const { name } = later.statement.node.operator;
    return `The selected nodes use "${later.value}", which a node behind them makes (${name}, line ${line}). Bring the nodes in order first: each behind those whose values it uses.`;
  }
  return undefined;
}

/** Attribute parameters that the statements refer to, each with the type that its reference states. */
function parametersOf(statements: readonly Statement[]): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const { node } of statements) {
    for (const { value, type } of attributeReferences(node)) {
      if (value.kind === 'reference') {
        parameters.set(value.name.name, parameters.get(value.name.name) || (type?.name ?? ''));
      }
    }
  }
  return parameters;
}

function attributesText(parameters: ReadonlyMap<string, string>): string {
  const attributes = [...parameters].map(([parameter, type]) => {
    const name = unambiguousIdentifier(parameter);
    return `${name}${type === '' ? '' : `: ${type}`} = @${name}`;
  });
  return attributes.length === 0 ? '' : ` <${attributes.join(', ')}>`;
}

/** Value infos of values that are no longer where they were. */
function innerEntries(
  document: OnnxDocument,
  body: Body,
  { inner }: Boundary,
): { readonly texts: readonly string[]; readonly changes: readonly TextChange[] } {
  const names = new Set(inner);
  const entries = entriesOf(document, body);
  const isInner = entries.map(({ declaration }) => names.has(declaration.name.name));
  const { text } = document.source;
  return {
    texts: entries
      .filter((_, index) => isInner[index])
      .map(({ start, end }) => reindented(text.slice(start, end), indentAt(text, start), '  ')),
    changes: withoutListEntries(document, body, entries, (index) => isInner[index] === true),
  };
}

function headerText(domain: string, imports: Imports): string {
  const entries = [...imports].map(([imported, version]) => importText(imported, version));
  return `<domain: "${domain}", opset_import: [${entries.join(', ')}]>`;
}

function functionText(parts: {
  readonly header: string;
  readonly name: string;
  readonly parameters: readonly string[];
  readonly boundary: Boundary;
  readonly valueInfos: readonly string[];
  readonly nodes: string;
}): string {
  const parameters =
    parts.parameters.length === 0 ? '' : ` <${parts.parameters.map(unambiguousIdentifier).join(', ')}>`;
  const inputs = spread('(', parts.boundary.inputs.map(unambiguousIdentifier), ')', '');
  const outputs = spread('(', parts.boundary.outputs.map(unambiguousIdentifier), ')', '');
  const values = parts.valueInfos.length === 0 ? ' ' : `\n<\n  ${parts.valueInfos.join(',\n  ')}\n>\n`;
  const signature = `${unambiguousIdentifier(parts.name)}${parameters} ${inputs} => ${outputs}`;
  return `${parts.header}\n${signature}${values}{\n${parts.nodes}\n}`;
}

/** The module that exporters say all the nodes came from (`/blocks.0/attn/MatMul`), or a word to begin with. */
function nameFor(statements: readonly Statement[]): string {
  const paths = statements.map(({ node }) =>
    (node.label?.name || node.outputs[0]?.name || '').split('/').filter(Boolean).slice(0, -1),
  );
  const [first = [], ...others] = paths;
  const common = first.filter((part, index) =>
    others.every(
      (path) => path.slice(0, index + 1).join('/') === first.slice(0, index).concat(part).join('/'),
    ),
  );
  const name = (common.at(-1) ?? '').replaceAll(/\W+/g, '_');
  return /^[A-Za-z_]\w*$/.test(name) ? name : 'extracted';
}

/** Where, after the changes, an offset in the text of the change at `start` is. */
function positionAfter(
  { source }: OnnxDocument,
  changes: readonly TextChange[],
  start: number,
  offset: number,
) {
  const before = changes.filter((change) => change.start <= start).sort((a, b) => b.start - a.start);
  const shift = before
    .filter((change) => change.start < start)
    .reduce((sum, change) => sum + change.text.length - (change.end - change.start), 0);
  return positionAt(before.reduce(withChange, source), start + shift + offset);
}
