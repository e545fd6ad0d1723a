/** What a value may be, in words for messages: `fp16 takes true or false`. */
import type { ValueSpec } from '../flags/index.ts';

export function whatItTakes(spec: ValueSpec): string {
  switch (spec.kind) {
    case 'boolean':
      return 'true or false';
    case 'integer':
    case 'number':
      return `${spec.kind === 'integer' ? 'a whole number' : 'a number'}${rangeText(spec)}`;
    case 'numbers':
      return `a list of numbers${rangeText(spec)}`;
    case 'text':
    case 'secret':
      return 'a text';
    case 'path':
      return 'the path of a file';
    case 'paths':
      return 'a list of paths';
    case 'safetyPlugins':
      return 'a list of `{ library: PATH, plugins: [NAMESPACE::PLUGIN] }`';
    case 'names':
      return 'a list of names';
    case 'weights':
      return 'a list of names of weights (`[conv1.weight, "*.lora_*"]`)';
    case 'texts':
      return 'a list of texts';
    case 'choice':
      return oneOf(spec.choices);
    case 'choices':
      return `a list of ${oneOf(spec.choices)}`;
    case 'switches':
      return `a map of names and true or false: \`{ ${spec.choices[0]?.name ?? 'NAME'}: true }\``;
    case 'choiceByName':
      return spec.names
        ? `a map: \`{ ${spec.names[0]?.name}: ${spec.choices[0]?.name} }\``
        : `a map of names and ${oneOf(spec.choices)}`;
    case 'choicesByName':
      return `a map of names and ${oneOf(spec.choices)}, several joined by + or in a list`;
    case 'pools':
      return `a map of memory pools and sizes: \`{ ${spec.pools[0]?.name}: 4GiB }\``;
    case 'pathByName':
      return 'a map of names and paths: `{ NAME: FILE }`';
    case 'shapes':
      return 'a map of inputs and shapes: `{ images: [1, 3, 224, 224] }`';
    case 'profile':
      return 'a map of inputs and their shapes: `{ images: { min: [1, 3], opt: [8, 3], max: [32, 3] } }`';
    case 'profiles':
      return 'a list of profiles, each a map of inputs: `- images: { min: [1, 3], opt: [8, 3], max: [32, 3] }`';
    case 'refPairs':
      return 'a list of `{ loadInputs: { NAME: FILE }, loadRefOutputs: { NAME: FILE } }`';
    case 'ioFormats':
      return 'a map of names and formats (`{ images: fp16:chw16 }`), or a list of formats';
    case 'budget':
      return 'a size (`2GiB`), a percentage (`50%`), `automatic` or `off`';
    case 'bytes':
      return 'a number of bytes, a size (`8MiB`), or -1';
    case 'switchOrText':
      return 'true, or a text';
    case 'structure':
      return 'a map';
  }
}

export function oneOf(choices: readonly { readonly name: string }[]): string {
  const names = choices.map(({ name }) => name);
  return names.length === 1 ? `${names[0]}` : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function rangeText({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}
