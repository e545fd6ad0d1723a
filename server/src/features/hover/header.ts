import type { MarkupContent } from 'vscode-languageserver-types';
import { domainDescription, domainName } from '../../onnx/operators/domains.ts';
import { newestOpset, releaseOfIrVersion, releaseOfOpset } from '../../onnx/operators/table.ts';
import type { Identifier, OpsetImportSyntax } from '../../onnx/text/syntax-tree.ts';
import { type Element, innermost } from '../elements.ts';
import { code, markdown } from '../markdown.ts';

/** Fields of ModelProto and FunctionProto, by the names that the header uses. */
const keys: ReadonlyMap<string, string> = new Map([
  [
    'ir_version',
    'Version of the ONNX file format (ModelProto.ir_version). Newer ones allow more in a model, such as local functions (8) or new element types.',
  ],
  [
    'opset_import',
    'Operator sets in use: a domain and its version each. The version decides what an operator of the domain means.',
  ],
  ['producer_name', 'Name of the program that made the model.'],
  ['producer_version', 'Version of the program that made the model.'],
  ['model_version', 'Version of the model itself, as its maker counts.'],
  ['doc_string', 'Description for people.'],
  ['metadata_props', 'Named values of metadata.'],
  ['overload', 'Tells functions of equal domain and name apart; a call names it behind a colon.'],
]);

/** A key of the model's or a function's header. */
export function headerKeyHover(path: readonly Element[], key: Identifier): MarkupContent | undefined {
  const description = headerKeyDescription(key.name, isInFunction(path));
  return description === undefined ? undefined : markdown([`${code(key.name)}`, description]);
}

export function headerKeyDescription(key: string, isOfFunction: boolean): string | undefined {
  if (key !== 'domain') {
    return keys.get(key);
  }
  return isOfFunction
    ? "Domain of the function: nodes call it by `domain.name`, and the model imports the domain's opset."
    : 'Namespace of the model, a reverse domain name such as `org.onnx`.';
}

/** The value of `ir_version`. */
export function irVersionHover(path: readonly Element[]): MarkupContent | undefined {
  const entry = innermost(path, 'header-entry')?.node;
  if (entry?.key.name !== 'ir_version' || entry.value.kind !== 'integer') {
    return undefined;
  }
  const { value } = entry.value;
  const release = releaseOfIrVersion(Number(value));
  return markdown([
    `IR version ${value}`,
    release ? `Came with ONNX ${release}.` : 'Newer than the ONNX releases this extension knows.',
  ]);
}

/** One `"domain" : version` of the opset imports. */
export function opsetHover({ domain, version }: OpsetImportSyntax): MarkupContent {
  const number = Number(version.value);
  const release = releaseOfOpset(domain.name, number);
  const newest = newestOpset(domain.name);
  return markdown([
    `${code(domainName(domain.name))}, version ${version.value}`,
    domainDescription(domain.name),
    release ? `Came with ONNX ${release}.` : undefined,
    newest !== undefined && number > newest
      ? `**Newer than the newest version this extension knows (${newest}).**`
      : undefined,
  ]);
}

function isInFunction(path: readonly Element[]): boolean {
  return innermost(path, 'segment')?.node.kind === 'function-signature';
}
