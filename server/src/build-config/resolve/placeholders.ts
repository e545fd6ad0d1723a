/** `${{ matrix.precision }}` and `${{ build }}` in the texts of a config. */
import { parseDocument } from 'yaml';
import type { ConfigNode, ConfigProblem, ScalarNode } from '../model.ts';

const form = /\$\{\{\s*([^}]*?)\s*\}\}/g;

export function hasPlaceholder(node: ConfigNode): boolean {
  if (node.kind === 'scalar') return node.text.includes('${{');
  if (node.kind === 'list') return node.items.some(hasPlaceholder);
  return node.entries.some(({ key, value }) => hasPlaceholder(key) || hasPlaceholder(value));
}

export interface PlaceholderValues {
  readonly build: string;
  readonly axes: Readonly<Record<string, string>>;
}

/** The tree with all placeholders replaced; unknown ones stay, and are reported. */
export function withoutPlaceholders<Node extends ConfigNode>(
  node: Node,
  values: PlaceholderValues,
  report: (problem: ConfigProblem) => void,
): Node;
export function withoutPlaceholders(
  node: ConfigNode,
  values: PlaceholderValues,
  report: (problem: ConfigProblem) => void,
): ConfigNode {
  if (!hasPlaceholder(node)) return node;
  if (node.kind === 'list') {
    return { ...node, items: node.items.map((item) => withoutPlaceholders(item, values, report)) };
  }
  if (node.kind === 'map') {
    const entries = node.entries.map((entry) => ({
      ...entry,
      key: withoutPlaceholders(entry.key, values, report),
      value: withoutPlaceholders(entry.value, values, report),
    }));
    return { ...node, entries };
  }
  return replaced(node, values, report);
}

function replaced(
  node: ScalarNode,
  { build, axes }: PlaceholderValues,
  report: (problem: ConfigProblem) => void,
): ScalarNode {
  const text = node.text.replace(form, (whole, name: string) => {
    const axis = /^matrix\.(.+)$/.exec(name)?.[1];
    const value =
      name === 'build' ? build : axis === undefined || !Object.hasOwn(axes, axis) ? undefined : axes[axis];
    if (value !== undefined) return value;
    const known = ['build', ...Object.keys(axes).map((other) => `matrix.${other}`)];
    report({
      code: 'config.placeholder',
      severity: 'error',
      origin: node.origin,
      message: `There is no ${name} in this build; there is ${known.join(', ')}.`,
    });
    return whole;
  });
  return { ...node, text, value: node.isQuoted ? text : plainValue(text) };
}

/** What a plain scalar of YAML means: a number, a boolean, nothing, or a text. */
function plainValue(text: string): ScalarNode['value'] {
  const { contents, errors } = parseDocument(text);
  const value: unknown = errors.length === 0 && contents && 'value' in contents ? contents.value : text;
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : text;
}
