import type { MarkupContent } from 'vscode-languageserver-types';
import { schemaOf } from '../../onnx/operators/table.ts';
import { attributeTitle } from '../hover/attribute.ts';
import { markdown } from '../markdown.ts';
import { operatorDocumentation } from '../operator-documentation.ts';

/** `data` comes back from the editor: anything can be in it. */
export function resolvedDocumentation(data: unknown): MarkupContent | undefined {
  if (
    typeof data !== 'object' ||
    data === null ||
    !('domain' in data && 'operator' in data && 'opset' in data)
  ) {
    return undefined;
  }
  const { domain, operator, opset } = data;
  if (typeof domain !== 'string' || typeof operator !== 'string' || typeof opset !== 'number') {
    return undefined;
  }
  const schema = schemaOf(domain, operator, opset);
  if (!schema) {
    return undefined;
  }
  const name = 'attribute' in data ? data.attribute : undefined;
  const attribute = typeof name === 'string' ? schema.attributes.get(name) : undefined;
  return attribute
    ? markdown([attributeTitle(attribute, schema.name), attribute.description])
    : operatorDocumentation(schema);
}
