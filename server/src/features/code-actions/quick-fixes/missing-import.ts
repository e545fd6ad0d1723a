/** Imports the opset of a domain that a node's operator comes from. */
import { opsetVersion } from '../../../onnx/analysis/functions.ts';
import { entryOf } from '../../../onnx/checks/header.ts';
import { domainName } from '../../../onnx/operators/domains.ts';
import { irVersionOfOpset, newestOpset } from '../../../onnx/operators/table.ts';
import type { OnnxDocument } from '../../document.ts';
import type { TextChange } from '../../source-text.ts';
import type { CodeActionProvider } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { importChanges, importText, irVersionOf } from '../rewriting/header-changes.ts';
import { fixOf, problemsWith } from './problem-place.ts';

const codes: ReadonlySet<string> = new Set(['onnx.missing-opset-import']);

export const missingImportFix: CodeActionProvider = {
  kinds: ['quickfix'],
  *offer(request) {
    const { document } = request;
    for (const problem of problemsWith(request, codes)) {
      const domain = problem.node?.domain?.name ?? '';
      const isFunction = document.tree.declarations[problem.declaration]?.kind === 'function';
      const version = versionFor(document, domain);
      const changes =
        problem.node && isFunction
          ? functionImport(document, problem.declaration, domain, version)
          : importChanges(document, 'model', new Map([[domain, version]]));
      if (changes.length === 0) continue;
      yield fixOf(problem, `Import version ${version} of ${domainName(domain)}`, () =>
        editOf(document, changes),
      );
    }
  },
};

/** What the model imports already, or the newest that its IR version is old enough for. */
function versionFor(document: OnnxDocument, domain: string): number {
  const imported = opsetVersion(document.tree, undefined, domain);
  const newest = newestOpset(domain);
  if (imported !== undefined || newest === undefined) return imported ?? 1;
  const irVersion = irVersionOf(document);
  if (domain !== '' || irVersion === undefined) return newest;
  let version = newest;
  while (version > 1 && (irVersionOfOpset(version) ?? 0) > irVersion) version--;
  return version;
}

/** A function without imports of its own gets a list: it does not see those of the model. */
function functionImport(
  document: OnnxDocument,
  declaration: number,
  domain: string,
  version: number,
): TextChange[] {
  const { tree } = document;
  const index = tree.declarations[declaration]?.signature ?? -1;
  const signature = tree.segments[index];
  if (signature?.kind !== 'function-signature') return [];
  const base = tree.starts[index] ?? 0;
  const list = entryOf(signature.header, 'opset_import')?.value;
  const text = importText(domain, version);
  if (list?.kind === 'opset-imports') {
    const last = list.imports.at(-1);
    const at = base + (last ? last.end : list.start + 1);
    return [{ start: at, end: at, text: last ? `, ${text}` : text }];
  }
  const last = signature.header.at(-1);
  const at = base + (last ? last.end : signature.name.start);
  return [{ start: at, end: at, text: last ? `, opset_import: [${text}]` : `<opset_import: [${text}]>\n` }];
}
