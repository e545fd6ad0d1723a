/** textDocument/codeLens: how often each local function is called; building the model, and refitting its engines. */
import type { CodeLens, Location, Range } from 'vscode-languageserver-types';
import type { ModelEngine } from '../engine-protocol.ts';
import { functionsOf } from '../onnx/analysis/functions.ts';
import { buildCommand, profileCommand } from './build-config/code-lenses.ts';
import { type OnnxDocument, rangeInSegment } from './document.ts';
import { allCalls } from './function-references.ts';
import { positionAt } from './source-text.ts';

/** The command of the editor that shows references; its arguments are those of VS Code's `editor.action.showReferences`. */
const showReferencesCommand = 'tensorrt.showReferences';

/** `showsReferences`: whether the editor has the command. */
export function codeLenses(document: OnnxDocument, showsReferences: boolean): CodeLens[] {
  const { tree, source } = document;
  const functions = functionsOf(tree);
  if (functions.size === 0) {
    return [];
  }
  const calls = allCalls(document);
  return [...functions.values()].map((called) => {
    const segment = tree.declarations[called.declaration]?.signature ?? 0;
    const range = rangeInSegment(document, segment, called.signature.name);
    const places = (calls.get(called) ?? []).map(
      (call): Location => ({
        uri: document.uri,
        range: rangeInSegment(document, call.segment, call.identifier),
      }),
    );
    const position = positionAt(source, (tree.starts[segment] ?? 0) + called.signature.name.start);
    const isShown = showsReferences && places.length > 0;
    return {
      range,
      command: {
        title: titleOf(places.length),
        command: isShown ? showReferencesCommand : '',
        ...(isShown && { arguments: [document.uri, position, places] }),
      },
    };
  });
}

/** For editors that have the command, of models that lie in a file. */
export function modelBuildLens(document: OnnxDocument): CodeLens[] {
  return lensAtTop(document, 'Build engine…', buildCommand, [document.uri]);
}

/** The command of the editor that refits: the URIs of an engine and of a model; it asks for what is absent. */
export const refitCommand = 'tensorrt.refitEngine';

/** For editors that have the command. `engines`: those that may be refitted with the model; the command asks which of several. */
export function modelRefitLens(document: OnnxDocument, engines: readonly ModelEngine[]): CodeLens[] {
  const [only, another] = engines;
  if (!only) return [];
  if (another)
    return lensAtTop(document, 'Refit engine with this model…', refitCommand, [null, document.uri]);
  const name = decodeURIComponent(only.uri.slice(only.uri.lastIndexOf('/') + 1));
  return lensAtTop(document, `Refit ${name} with this model`, refitCommand, [only.uri, document.uri]);
}

/** An engine that a config makes is measured as the config's inference keys say. The command asks which of several. */
export function modelProfileLens(document: OnnxDocument, engines: readonly ModelEngine[]): CodeLens[] {
  const [only, another] = engines;
  if (!only) return [];
  if (another) return lensAtTop(document, 'Profile engine…', profileCommand, [document.uri]);
  const { uri, config, build } = only;
  return lensAtTop(
    document,
    'Profile engine',
    profileCommand,
    config === undefined ? [uri] : [config, build],
  );
}

function lensAtTop(
  document: OnnxDocument,
  title: string,
  command: string,
  given: readonly unknown[],
): CodeLens[] {
  const range = topOf(document);
  return range ? [{ range, command: { title, command, arguments: [...given] } }] : [];
}

/** Where lenses of the whole model are. */
function topOf({ tree, source }: OnnxDocument): Range | undefined {
  const graph = tree.declarations.find(({ kind }) => kind === 'graph');
  if (!graph) return undefined;
  const position = positionAt(source, tree.starts[tree.header ?? graph.signature] ?? 0);
  return { start: position, end: position };
}

function titleOf(calls: number): string {
  return calls === 0 ? 'never called' : calls === 1 ? '1 call' : `${calls.toLocaleString('en-US')} calls`;
}
