/** The model header: IR version, opset imports, metadata. */

import { domainDescription, domainName } from '../../operators/domains.ts';
import { newestOpset, normalizedDomain, releaseOfOpset } from '../../operators/table.ts';
import type { HeaderEntry, OpsetImportSyntax, Span } from '../../text/syntax-tree.ts';
import type { Environment } from '../environment.ts';
import type { Report } from '../finding.ts';
import { entryOf, importsOf } from '../header.ts';
import { isKnownDomain } from '../operators.ts';

/** IR version that all of this follows. */
const newestIrVersion = 14;

export function checkHeader(
  span: Span,
  entries: readonly HeaderEntry[],
  environment: Environment,
  report: Report,
): void {
  checkIrVersion(span, entries, report);
  checkImports(importsOf(entries), environment, true, report);
  checkMetadata(entries, report);
}

/** Also of functions, which have imports of their own. */
export function checkImports(
  imports: readonly OpsetImportSyntax[],
  { functionDomains }: Pick<Environment, 'functionDomains'>,
  isHeader: boolean,
  report: Report,
): void {
  const seen = new Map<string, OpsetImportSyntax>();
  for (const entry of imports) {
    const domain = entry.domain.name;
    const version = Number(entry.version.value);
    const newest = newestOpset(domain);
    const first = seen.get(domain);
    seen.set(domain, entry);
    if (first) {
      report(
        'onnx.duplicate-opset-import',
        entry,
        `An opset of ${domainName(domain)} is imported already; onnx lets the last one count.`,
        [{ span: first, message: 'The other one.' }],
      );
    }
    if (version > 2 ** 31 - 1 || (version < 1 && isKnownDomain(domain))) {
      report('onnx.invalid-opset', entry.version, `${version} is no opset version; they begin at 1.`);
    } else if (newest !== undefined && version > newest) {
      const release = releaseOfOpset(domain, newest);
      report(
        'onnx.unknown-opset',
        entry.version,
        `The newest known opset of ${domainName(domain)} is ${newest}${release ? ` (ONNX ${release})` : ''}; operators are checked as they are there.`,
      );
    } else if (isHeader && newest === undefined && !functionDomains.has(normalizedDomain(domain))) {
      report(
        'onnx.unknown-domain',
        entry.domain,
        `${domainDescription(domain)} The inputs and attributes of its operators are not checked.`,
      );
    }
  }
}

function checkIrVersion(span: Span, entries: readonly HeaderEntry[], report: Report): void {
  const entry = entryOf(entries, 'ir_version');
  if (entry?.value.kind !== 'integer' || Number(entry.value.value) === 0) {
    if (entry?.value.kind !== 'incomplete') {
      report('onnx.ir-version', entry ?? span, 'A model needs an IR version: `ir_version: 10`.');
    }
    return;
  }
  const version = Number(entry.value.value);
  const imports = entryOf(entries, 'opset_import');
  const hasImports = importsOf(entries).length > 0;
  if (version > newestIrVersion) {
    report(
      'onnx.ir-version',
      entry.value,
      `The newest known IR version is ${newestIrVersion}; programs for it refuse ${version}.`,
    );
  }
  if (version >= 3 && !hasImports) {
    report(
      'onnx.missing-opset-import',
      imports ?? span,
      'A model needs an opset import: `opset_import: ["" : 17]`.',
    );
  } else if (version < 3 && hasImports) {
    report(
      'onnx.ir-version',
      entry.value,
      `Opset imports came with IR version 3; a model of IR version ${version} must not have any.`,
    );
  }
}

function checkMetadata(entries: readonly HeaderEntry[], report: Report): void {
  const seen = new Map<string, Span>();
  for (const { key, value } of entries) {
    if (key.name !== 'metadata_props' || value.kind !== 'metadata') continue;
    for (const entry of value.entries) {
      const first = seen.get(entry.key.name);
      if (first) {
        report('onnx.duplicate-metadata', entry.key, `The metadata have "${entry.key.name}" already.`, [
          { span: first, message: 'Here.' },
        ]);
      }
      seen.set(entry.key.name, first ?? entry.key);
    }
  }
}
