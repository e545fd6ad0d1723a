/** Adds required attributes with their default, or a value to be overwritten. */
import { opsetVersion } from '../../../onnx/analysis/functions.ts';
import type { AttributeSchema } from '../../../onnx/operators/schema.ts';
import { schemaOf } from '../../../onnx/operators/table.ts';
import { identifier, quoted } from '../../../onnx/text/printer/literals.ts';
import type { CodeActionProvider } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { fixOf, problemsWith } from './problem-place.ts';

const codes: ReadonlySet<string> = new Set(['onnx.missing-attribute']);

/** Values that have to be written by hand, as graphs, have none. */
const placeholders: ReadonlyMap<string, string> = new Map([
  ['int', '0'],
  ['float', '0.0'],
  ['string', '""'],
  ['ints', '[0]'],
  ['floats', '[0.0]'],
  ['strings', '[""]'],
  ['tensor', 'float {0}'],
]);

export const missingAttributeFix: CodeActionProvider = {
  kinds: ['quickfix'],
  *offer(request) {
    const { document } = request;
    for (const problem of problemsWith(request, codes)) {
      const { node, base, declaration } = problem;
      const domain = node?.domain?.name ?? '';
      const version = opsetVersion(document.tree, declaration, domain);
      const schema =
        node && version !== undefined ? schemaOf(domain, node.operator.name, version) : undefined;
      if (!node || !schema) continue;
      const missing = [...schema.attributes.values()].filter(
        ({ required, name }) =>
          required && !node.attributes.some((attribute) => attribute.name.name === name),
      );
      const texts = missing.map(textOf);
      if (texts.length === 0 || texts.includes(undefined)) continue;
      const names = missing.map(({ name }) => `"${name}"`).join(', ');
      const last = node.attributes.at(-1);
      const at = base + (last ?? node.overload ?? node.operator).end;
      const list = texts.join(', ');
      const text = last ? `, ${list}` : ` <${list}>`;
      yield fixOf(problem, `Add ${names}`, () => editOf(document, [{ start: at, end: at, text }]));
    }
  },
};

function textOf({ name, type, allowedValues }: AttributeSchema): string | undefined {
  // Cast and the like: 1 is float.
  const placeholder = name === 'to' ? '1' : placeholders.get(type);
  const [first] = allowedValues ?? [];
  const value = first !== undefined && type === 'string' ? quoted(first) : placeholder;
  return value === undefined ? undefined : `${identifier(name)} = ${value}`;
}
