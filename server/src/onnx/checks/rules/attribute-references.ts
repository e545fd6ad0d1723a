/** `@name` outside functions, or of a parameter that the function does not have. */

import { didYouMean } from '../../text/parser/suggestions.ts';
import type { NodeRule } from './node-rule.ts';

export const checkAttributeReferences: NodeRule = ({ node, body }, report) => {
  for (const { value } of node.attributes) {
    if (value.kind !== 'reference' || value.name.name === '') continue;
    const { name } = value.name;
    if (!body.parameters) {
      report(
        'onnx.attribute-reference',
        value,
        `\`@${name}\` refers to an attribute parameter of a function, and this node is in none; write the value itself.`,
      );
    } else if (!body.parameters.has(name)) {
      report(
        'onnx.attribute-reference',
        value,
        `The function has no attribute parameter \`${name}\`.${didYouMean(name, body.parameters)}`,
      );
    }
  }
};
