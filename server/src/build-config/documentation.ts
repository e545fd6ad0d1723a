/** What there is to know of a key or a choice, as Markdown: for hover, completion and the reference page. */
import {
  type Choice,
  type ConfigKey,
  type Deprecation,
  flagsOf,
  type KeyDefinition,
  keyDefinitions,
} from './flags/index.ts';
import { availabilityText } from './versions.ts';

export function keyDocumentation(key: ConfigKey): string {
  const definition = keyDefinitions[key];
  const flags = flagsOf(key);
  const facts = [
    ...(definition.default === undefined ? [] : [`Default: ${definition.default}`]),
    ...(definition.role === 'config' && flags.length === 0
      ? []
      : [`trtexec: ${flags.length === 0 ? 'no flag' : flags.map(code).join(', ')}`]),
    ...(definition.api === undefined ? [] : [`API: ${code(definition.api)}`]),
    ...(definition.role === 'config' && flags.length === 0 ? [] : [`TensorRT: ${versionsText(definition)}`]),
    ...(definition.rtx === 'yes'
      ? []
      : [`TensorRT for RTX: ${definition.rtx === 'no' ? 'no' : 'taken, without effect'}`]),
  ];
  return `${definition.doc}\n\n${facts.map((fact) => `- ${fact}`).join('\n')}`.trimEnd();
}

/** `since 10.4; deprecated since 10.12: use stronglyTyped`. */
export function versionsText(definition: KeyDefinition): string {
  const { noEffectSince, deprecated } = definition;
  const parts = [
    availabilityText(definition),
    noEffectSince === undefined ? '' : `no effect since ${noEffectSince}`,
    deprecated === undefined ? '' : deprecationText(deprecated),
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'all versions' : parts.join('; ');
}

/** `deprecated since 10.12: use stronglyTyped`. */
function deprecationText({ since, instead }: Deprecation): string {
  const start = since === undefined ? 'deprecated' : `deprecated since ${since}`;
  return instead === undefined ? start : `${start}: use ${instead}`;
}

export function choiceDocumentation(choice: Choice): string {
  const versions = availabilityText(choice);
  return [
    choice.doc,
    ...(choice.api === undefined ? [] : [code(choice.api)]),
    ...(versions === '' ? [] : [`TensorRT: ${versions}`]),
    ...(choice.deprecated === undefined ? [] : [deprecationText(choice.deprecated)]),
  ].join(' · ');
}

function code(text: string): string {
  return `\`${text}\``;
}
