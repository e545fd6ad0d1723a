import type { MarkupContent } from 'vscode-languageserver-types';
import {
  calledFunction,
  functionAt,
  type LocalFunction,
  opsetVersion,
} from '../../onnx/analysis/functions.ts';
import { declarationAt, scopeOfName } from '../../onnx/analysis/names.ts';
import { domainDescription, domainName, namesOfDomain } from '../../onnx/operators/domains.ts';
import { isTensorRTPlugin } from '../../onnx/operators/plugins.ts';
import { type FormalParameter, type OperatorSchema, parameterAt } from '../../onnx/operators/schema.ts';
import {
  knownDomains,
  newestOpset,
  normalizedDomain,
  schemaOf,
  versionsOf,
} from '../../onnx/operators/table.ts';
import type { Identifier, NodeStatement, ValueDeclaration } from '../../onnx/text/syntax-tree.ts';
import { type OnnxDocument, textOf } from '../document.ts';
import { nodeAround, type Place } from '../elements.ts';
import { functionReferences } from '../function-references.ts';
import type { HoverContext } from '../hover.ts';
import { code, codeBlock, list, markdown } from '../markdown.ts';
import { functionSignatureText } from '../signature-text.ts';
import { graphsAround, type KnownType, occurrencesOfValue, typeOfValue } from '../values.ts';
import { typeSourceNote } from './type-source.ts';

/** Operator or local function that a node is an application of, with the types of its actual inputs and outputs. */
export function nodeHover(context: HoverContext, place: Place): MarkupContent | undefined {
  const { document } = context;
  const node = nodeAround(place.path);
  if (!node) {
    return undefined;
  }
  const declaration = declarationAt(document.tree, place.segment);
  const called = calledFunction(document.tree, node);
  const domain = normalizedDomain(node.domain?.name ?? '');
  const opset = opsetVersion(document.tree, declaration, domain);
  const schema = called ? undefined : schemaOf(domain, node.operator.name, opset ?? Number.MAX_SAFE_INTEGER);
  const types = typesOfValues(context, place, declaration ?? 0, [...node.inputs, ...node.outputs]);
  const sources = new Set([...types.values()].map(({ source }) => source));
  return markdown([
    called ? functionTitle(document, called) : operatorTitle(node, domain, opset, schema),
    schema?.summary,
    section('Inputs', node.inputs, types, schema?.inputs ?? called?.signature.inputs.map(formal)),
    section('Outputs', node.outputs, types, schema?.outputs ?? called?.signature.outputs.map(formal)),
    sources.has('tensorrt') ? typeSourceNote('tensorrt', context.network) : undefined,
    sources.has('inferred-before') ? typeSourceNote('inferred-before', context.network) : undefined,
    schema && documentationLink(schema),
  ]);
}

/** A function where it is declared. */
export function functionHover(document: OnnxDocument, place: Place): MarkupContent | undefined {
  const declaration = declarationAt(document.tree, place.segment);
  const found = declaration === undefined ? undefined : functionAt(document.tree, declaration);
  if (!found) {
    return undefined;
  }
  const calls = functionReferences(document, found).filter((reference) => reference.kind === 'call').length;
  return markdown([
    functionTitle(document, found),
    `Called by ${calls === 0 ? 'no node' : calls === 1 ? 'one node' : `${calls} nodes`} of this model.`,
  ]);
}

function operatorTitle(
  node: NodeStatement,
  domain: string,
  opset: number | undefined,
  schema: OperatorSchema | undefined,
): string {
  const name = node.operator.name;
  const imported =
    opset === undefined ? 'the model does not import this domain' : `the model imports ${opset}`;
  if (schema) {
    const notes = [
      `since version ${schema.sinceVersion}; ${imported}`,
      ...(schema.isFunction ? ['defined as a function of other operators'] : []),
      ...(schema.nonDeterministic ? ['its results can be random'] : []),
    ];
    const title = `**${name}**, operator of ${code(domainName(domain))} (${notes.join('; ')})`;
    return schema.deprecated ? `${title}\n\n**Deprecated** since version ${schema.sinceVersion}.` : title;
  }
  if (isTensorRTPlugin(name)) {
    return `**${name}**, a plugin of TensorRT, in the domain ${code(domainName(domain))} (${imported}). TensorRT's ONNX parser finds plugins by their names; the node's attributes are the plugin's fields.`;
  }
  if (!knownDomains().includes(domain)) {
    const isContrib = domain === 'com.microsoft' && namesOfDomain(domain).includes(name);
    const link = isContrib
      ? `\n\n[Documentation of ${name}](https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.${name})`
      : '';
    return `**${name}**, operator of ${code(domainName(domain))} (${imported}). ${domainDescription(domain)}${link}`;
  }
  const later = versionsOf(domain, name)[0];
  return later
    ? `**${name}** came with version ${later.sinceVersion} of ${code(domainName(domain))}; ${imported}.`
    : `**${name}** is no operator of ${code(domainName(domain))} up to version ${newestOpset(domain)}, and no function of this model.`;
}

function functionTitle(document: OnnxDocument, called: LocalFunction): string {
  const segment = document.tree.declarations[called.declaration]?.signature ?? 0;
  const signature = functionSignatureText(called, (value) => shortened(textOf(document, segment, value)));
  return `**${called.name}**, function of this model\n\n${codeBlock(signature)}`;
}

/** Defaults may be tensors. */
function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** A function's input or output as a formal parameter: all of them may be left out. */
function formal({ name }: ValueDeclaration): FormalParameter {
  return { name: name.name, type: '', option: 'optional', minimum: 0, homogeneous: true, description: '' };
}

function section(
  title: string,
  actual: readonly Identifier[],
  types: ReadonlyMap<string, KnownType>,
  parameters: readonly FormalParameter[] | undefined,
): string | undefined {
  const rows = actual.map(({ name }, index) => {
    const parameter = parameters && parameterAt(parameters, index);
    const label = parameter ? `${parameter.name}: ` : '';
    const type = types.get(name);
    return name === ''
      ? `${label}*left out*`
      : `${label}${code(name)} ${type ? code(type.text) : ''}`.trimEnd();
  });
  const missing = (parameters ?? [])
    .slice(actual.length)
    .filter(({ option }) => option !== 'variadic')
    .map(({ name, option }) => `${name}: ${option === 'optional' ? '*left out*' : '**missing**'}`);
  const items = list([...rows, ...missing]);
  return items && `**${title}**\n${items}`;
}

function typesOfValues(
  { document, network }: HoverContext,
  place: Place,
  declaration: number,
  names: readonly Identifier[],
): Map<string, KnownType> {
  const types = new Map<string, KnownType>();
  const here = { declaration, graphs: graphsAround(place.path) };
  for (const { name } of names) {
    const value = { name, scope: scopeOfName(here, name), segment: place.segment };
    const type = typeOfValue(document, occurrencesOfValue(document, value), value, network);
    if (type) {
      types.set(name, type);
    }
  }
  return types;
}

function documentationLink({ domain, name }: OperatorSchema): string {
  const prefix = domain === '' ? '' : `_${domain.replaceAll('.', '')}`;
  return `[Documentation of ${name}](https://onnx.ai/onnx/operators/onnx_${prefix}_${name}.html)`;
}
