/** The files that are made of the table of keys. scripts/generate-build-config.mts writes them. */
import { versionsText } from '../documentation.ts';
import {
  type ConfigKey,
  configKeyNames,
  flagsOf,
  foreignFlags,
  type Group,
  groupTitles,
  keyDefinitions,
} from '../flags/index.ts';
import { whatItTakes } from '../values/describe.ts';
import { configSchema } from './config-schema.ts';

export interface GeneratedFile {
  /** In the repository. */
  readonly path: string;
  readonly text: string;
}

/** `read` gives the text of a file in the repository as it is now. */
export function generatedFiles(read: (path: string) => string): GeneratedFile[] {
  const page = 'docs/build-config.md';
  const grammar = 'syntaxes/tensorrt-config.tmLanguage.json';
  return [
    {
      path: 'schemas/tensorrt-config.schema.json',
      text: `${JSON.stringify(configSchema(), undefined, 2)}\n`,
    },
    { path: page, text: between(read(page), 'keys', keyTables()) },
    { path: grammar, text: withKeys(read(grammar)) },
  ];
}

/** The text with something else between two comments. */
function between(text: string, name: string, inserted: string): string {
  const [start, end] = [`<!-- ${name}: generated -->\n`, `<!-- ${name}: end -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The page has no place for ${name}.`);
  return `${text.slice(0, from + start.length)}\n${inserted}\n${text.slice(to)}`;
}

function keyTables(): string {
  const groups = Object.keys(groupTitles) as Group[];
  const tables = groups.map((group) => {
    const keys = configKeyNames.filter((key) => keyDefinitions[key].group === group);
    return `### ${groupTitles[group]}\n\n| key | what it does | value | trtexec | TensorRT | RTX |\n|---|---|---|---|---|---|\n${keys.map(row).join('\n')}`;
  });
  return `${tables.join('\n\n')}\n\n${foreignTable()}\n`;
}

function row(key: ConfigKey): string {
  const definition = keyDefinitions[key];
  const { doc, value, rtx, role, default: otherwise } = definition;
  const flags = flagsOf(key).map((flag) => `\`${flag}\``);
  const isConfig = role === 'config' && flags.length === 0;
  const cells = [
    `\`${key}\``,
    `${doc}${otherwise === undefined ? '' : ` Default: ${otherwise}.`}${definition.api === undefined ? '' : ` \`${definition.api}\``}`,
    value.kind === 'structure' ? '' : whatItTakes(value),
    flags.join(' '),
    isConfig ? '' : versionsText(definition),
    isConfig ? '' : rtx,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function foreignTable(): string {
  const rows = foreignFlags.map(({ flag, advice, replacement }) => {
    const becomes =
      replacement === undefined
        ? '`unknownFlags`'
        : replacement.kind === 'implied'
          ? 'nothing'
          : replacement.kind === 'flag'
            ? `\`${replacement.flag.slice(2)}\``
            : `\`memPoolSize: { ${replacement.pool}: … }\``;
    return `| \`${flag}\` | ${advice} | ${becomes} |`;
  });
  return `### Flags without a key\n\n| flag | why | in a converted line |\n|---|---|---|\n${rows.join('\n')}`;
}

/** The grammar colours keys as such; those in values of keys are among them. */
function withKeys(grammar: string): string {
  const inner = ['min', 'opt', 'max', 'include', 'exclude', 'library', 'plugins'];
  const keys = [...new Set<string>([...configKeyNames, ...inner])].toSorted((a, b) =>
    a.toLowerCase() < b.toLowerCase() ? -1 : 1,
  );
  return grammar.replace(/\(accuracyAlgorithm\|[A-Za-z0-9|]*\)\(:\)/, `(${keys.join('|')})(:)`);
}
