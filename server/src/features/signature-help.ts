/** textDocument/signatureHelp: inputs and attributes of the operator or function that is being called. */
import type { Position, SignatureHelp, SignatureInformation } from 'vscode-languageserver-types';
import type { LocalFunction } from '../onnx/analysis/functions.ts';
import { declarationAt } from '../onnx/analysis/names.ts';
import type { OperatorSchema } from '../onnx/operators/schema.ts';
import { attributeDetail } from './completion/attribute-names.ts';
import { statementAt } from './cursor/cursor-context.ts';
import { calledBy, schemaFor } from './cursor/operator-of-statement.ts';
import { type OnnxDocument, textOf } from './document.ts';
import { lastSegmentFrom } from './elements.ts';
import { code, markdown } from './markdown.ts';
import { functionSignatureText, operatorSignatureText, parameterText } from './signature-text.ts';
import { offsetAt } from './source-text.ts';

/** Nothing is active: an index that no parameter has. */
const none = 1_000;

export function signatureHelp(document: OnnxDocument, position: Position): SignatureHelp | undefined {
  const { tree, source } = document;
  const offset = offsetAt(source, position);
  const found = statementAt(tree, source.text, offset);
  if (!found) {
    return undefined;
  }
  const { part, statement, index, attribute } = found;
  const called = calledBy(tree, statement);
  const declaration = declarationAt(tree, lastSegmentFrom(tree, offset));
  const schema = called ? undefined : schemaFor(tree, declaration, statement);
  const signature = called
    ? functionSignature(document, called, part)
    : schema && operatorSignature(schema, part);
  if (!signature) {
    return undefined;
  }
  const parameters = signature.parameters ?? [];
  const isVariadic = part === 'inputs' && schema?.inputs.at(-1)?.option === 'variadic';
  const active =
    part === 'inputs'
      ? isVariadic
        ? Math.min(index, parameters.length - 1)
        : index
      : parameters.findIndex(({ label }) => typeof label === 'string' && nameOf(label) === attribute);
  return {
    signatures: [signature],
    activeSignature: 0,
    activeParameter: active >= 0 && active < parameters.length ? active : none,
  };
}

function nameOf(label: string): string {
  return label.slice(0, label.indexOf(':'));
}

function operatorSignature(schema: OperatorSchema, part: 'inputs' | 'attributes'): SignatureInformation {
  const documentation = schema.summary === '' ? undefined : markdown([schema.summary]);
  if (part === 'attributes') {
    const attributes = [...schema.attributes.values()];
    const labels = attributes.map((attribute) => `${attribute.name}: ${attributeDetail(attribute)}`);
    return {
      label: `${schema.name} <${labels.join('; ')}>`,
      ...(documentation && { documentation }),
      parameters: attributes.map(({ description, allowedValues }, index) => ({
        label: labels[index] ?? '',
        documentation: markdown([
          description,
          allowedValues && `One of ${allowedValues.map((value) => code(`"${value}"`)).join(', ')}.`,
        ]),
      })),
    };
  }
  let at = schema.domain === '' ? 0 : schema.domain.length + 1;
  at += schema.name.length + 2;
  return {
    label: operatorSignatureText(schema),
    ...(documentation && { documentation }),
    parameters: schema.inputs.map((parameter) => {
      const start = at;
      at += parameterText(parameter).length + 2;
      const types = schema.typeConstraints.get(parameter.type) ?? [parameter.type];
      return {
        label: [start, at - 2] satisfies [number, number],
        documentation: markdown([parameter.description, types.map(code).join(', ')]),
      };
    }),
  };
}

function functionSignature(
  document: OnnxDocument,
  called: LocalFunction,
  part: 'inputs' | 'attributes',
): SignatureInformation {
  const { inputs, attributeParameters, attributeDefaults } = called.signature;
  const segment = document.tree.declarations[called.declaration]?.signature ?? 0;
  if (part === 'attributes') {
    const labels = [
      ...attributeParameters.map(({ name }) => `${name}: required`),
      ...attributeDefaults.map(
        ({ name, value }) => `${name.name}: default ${textOf(document, segment, value)}`,
      ),
    ];
    return {
      label: `${called.name} <${labels.join('; ')}>`,
      parameters: labels.map((label) => ({ label })),
    };
  }
  const label = functionSignatureText(called);
  let at = label.indexOf('(') + 1;
  return {
    label,
    parameters: inputs.map(({ name, type }) => {
      const start = at;
      at += name.name.length + 2;
      return {
        label: [start, at - 2] satisfies [number, number],
        ...(type && { documentation: markdown([code(textOf(document, segment, type))]) }),
      };
    }),
  };
}
