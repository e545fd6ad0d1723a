import { CompletionItemKind } from 'vscode-languageserver-types';
import {
  functionsOf,
  type LocalFunction,
  modelImports,
  opsetVersion,
} from '../../onnx/analysis/functions.ts';
import { domainDescription, namesOfDomain } from '../../onnx/operators/domains.ts';
import type { AttributeSchema, FormalParameter, OperatorSchema } from '../../onnx/operators/schema.ts';
import { knownDomains, normalizedDomain, operatorsOf } from '../../onnx/operators/table.ts';
import { nameText } from '../markdown.ts';
import { functionSignatureText, operatorSignatureText } from '../signature-text.ts';
import { type Candidate, type CompletionContext, snippetText } from './candidate.ts';

/** The operators of the imported opsets and the model's functions; behind `domain.` those of the domain. */
export function operatorItems(context: CompletionContext, domain: string): Candidate[] {
  const { tree } = context.document;
  const hasParts = /^[ \t]*[(<]/u.test(context.document.source.text.slice(context.end, context.end + 200));
  const wanted = domain === '' ? undefined : normalizedDomain(domain);
  const isWanted = (candidate: string) =>
    wanted === undefined || candidate === wanted || candidate.startsWith(`${wanted}.`);
  const functions = [...functionsOf(tree).values()].filter((found) =>
    isWanted(normalizedDomain(found.domain)),
  );
  const items = functions.map((found) => functionItem(found, hasParts));
  const operators = knownDomains().flatMap((known) => {
    const opset = opsetVersion(tree, context.declaration, known);
    return opset !== undefined && isWanted(known)
      ? operatorsOf(known, opset).map((schema) => operatorItem(schema, opset, hasParts, domain))
      : [];
  });
  return [
    ...items,
    ...operators.filter(({ deprecated }) => !deprecated),
    ...foreignItems(domain, hasParts),
    ...domainItems(context, domain),
  ];
}

/** Behind a domain whose operators are known by name only. */
function foreignItems(domain: string, hasParts: boolean): Candidate[] {
  return namesOfDomain(domain).map((name) => ({
    label: `${domain}.${name}`,
    kind: CompletionItemKind.Method,
    insert: hasParts ? `${domain}.${name}` : `${domain}.${name} ()`,
    snippet: snippetText(`${domain}.${name}`) + (hasParts ? '' : ' ($1)'),
  }));
}

function operatorItem(
  schema: OperatorSchema,
  opset: number,
  hasParts: boolean,
  typedDomain: string,
): Candidate {
  // `ai.onnx.Relu` is Relu: what is written of the domain stays.
  const written = schema.domain === '' ? typedDomain : schema.domain;
  const name = written === '' ? schema.name : `${written}.${schema.name}`;
  return {
    label: name,
    kind: CompletionItemKind.Method,
    detail: operatorSignatureText(schema),
    insert: hasParts ? name : `${name} ()`,
    snippet: hasParts
      ? snippetText(name)
      : snippetText(name) + operatorParts(schema.inputs, [...schema.attributes.values()]),
    deprecated: schema.deprecated,
    data: { domain: schema.domain, operator: schema.name, opset },
  };
}

/** ` <axis = ${1:0}> (${2:X}, ${3:W})`: the required attributes and inputs. */
function operatorParts(inputs: readonly FormalParameter[], attributes: readonly AttributeSchema[]): string {
  let place = 0;
  const hole = (text: string) => `\${${++place}:${snippetText(text)}}`;
  const required = attributes.filter((attribute) => attribute.required);
  const given = required.map((attribute) => `${attribute.name} = ${valueHole(attribute, hole)}`);
  const values = inputs.flatMap(({ name, minimum, option }) => {
    if (option === 'variadic') {
      return Array.from({ length: Math.max(1, minimum) }, (_, index) => hole(`${name}${index + 1}`));
    }
    return option === 'single' ? [hole(name)] : [];
  });
  const optional = inputs.length > 0 && values.length === 0 ? `$${++place}` : '';
  return `${given.length > 0 ? ` <${given.join(', ')}>` : ''} (${values.join(', ')}${optional})`;
}

function valueHole({ type, name, allowedValues }: AttributeSchema, hole: (text: string) => string): string {
  switch (type) {
    case 'int':
      return hole('0');
    case 'float':
      return hole('1.0');
    case 'string':
      return `"${hole(allowedValues?.[0] ?? '')}"`;
    case 'ints':
      return `[${hole('0')}]`;
    case 'floats':
      return `[${hole('1.0')}]`;
    case 'strings':
      return `["${hole('')}"]`;
    case 'graph':
      return `${name} () => (${hole('output')}) { ${hole('')} }`;
    case 'tensor':
      return `float[1] {${hole('0')}}`;
    case 'type_proto':
      return hole('float[1]');
    default:
      return hole('');
  }
}

function functionItem(found: LocalFunction, hasParts: boolean): Candidate {
  const { domain, name, overload, signature } = found;
  const qualified = [...domain.split('.').filter((part) => part !== ''), name].map(nameText).join('.');
  const call = qualified + (overload === '' ? '' : `:${nameText(overload)}`);
  let place = 0;
  const attributes = signature.attributeParameters.map(
    (attribute) => `${snippetText(nameText(attribute.name))} = \${${++place}}`,
  );
  const inputs = signature.inputs.map((input) => `\${${++place}:${snippetText(input.name.name)}}`);
  const parts = `${attributes.length > 0 ? ` <${attributes.join(', ')}>` : ''} (${inputs.join(', ')})`;
  return {
    label: call,
    kind: CompletionItemKind.Function,
    detail: functionSignatureText(found),
    insert: hasParts ? call : `${call} ()`,
    snippet: snippetText(call) + (hasParts ? '' : parts),
  };
}

/** Domains without schemas: those of ONNX Runtime and TensorRT, and what else the model imports. */
function domainItems({ document: { tree } }: CompletionContext, typed: string): Candidate[] {
  const known = new Set(knownDomains());
  const imported = (modelImports(tree) ?? []).map(({ domain: { name } }) => name);
  return [...new Set([...imported, 'com.microsoft', 'trt.plugins'])].flatMap((name) =>
    known.has(normalizedDomain(name)) || name === typed
      ? []
      : [
          {
            label: name,
            kind: CompletionItemKind.Module,
            detail: domainDescription(name),
            insert: `${name}.`,
            again: true,
          },
        ],
  );
}
