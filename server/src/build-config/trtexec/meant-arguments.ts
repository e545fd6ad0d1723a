/** Arguments as they are meant where trtexec would refuse them, but there is one meaning only. */
import { foreignFlags, keyDefinitions, keyOfFlag, type ValueSpec } from '../flags/index.ts';

interface GivenArgument {
  readonly text: string;
  readonly hasExpansion?: boolean;
}

export interface MeantArgument {
  /** What it is read as. */
  readonly text: string;
  readonly hasExpansion: boolean;
  /** Index of the argument that it was, the first where it was two. */
  readonly argument: number;
  /** What was mended. */
  readonly notes: readonly string[];
}

/** Dashes that documents make of hyphens are hyphens, `--onnx FILE` is `--onnx=FILE`, and `a:1x3, b:1x4` has no blanks. */
export function meantArguments(args: readonly GivenArgument[]): readonly MeantArgument[] {
  const meant: MeantArgument[] = [];
  for (let index = 0; index < args.length; index++) {
    const { text: given = '', hasExpansion = false } = args[index] ?? {};
    const notes: string[] = [];
    let text = given.replace(/^[-\u2010-\u2015\u2212]+(?=[A-Za-z])/, (dashes) =>
      /^-+$/.test(dashes) ? dashes : '--',
    );
    if (text !== given) notes.push(`${given} begins with a dash that is no hyphen; it is read as ${text}.`);
    const next = args[index + 1];
    const isJoined = next !== undefined && lacksValue(text) && !/^[-\u2010-\u2015\u2212]/.test(next.text);
    if (isJoined) {
      notes.push(
        `${text} ${next.text} is read as ${text}=${next.text}: trtexec takes values behind an equals sign only.`,
      );
      text = `${text}=${next.text}`;
    }
    const tidied = withoutBlanks(text);
    if (tidied !== text)
      notes.push(
        `Blanks in ${text.trim().replaceAll(/\s+/g, ' ')} are left out; to trtexec they are a part of names.`,
      );
    meant.push({
      text: tidied,
      hasExpansion: hasExpansion || (isJoined && next.hasExpansion === true),
      argument: index,
      notes,
    });
    if (isJoined) index++;
  }
  return meant;
}

function lacksValue(flag: string): boolean {
  const key = keyOfFlag(flag);
  if (key === undefined)
    return foreignFlags.some(({ flag: known, takesValue }) => known === flag && takesValue);
  const { kind } = keyDefinitions[key].value;
  return kind !== 'boolean' && kind !== 'switchOrText';
}

/** Kinds of values whose names and values have no blanks. */
const withoutBlank: ReadonlySet<ValueSpec['kind']> = new Set([
  'profiles',
  'profile',
  'shapes',
  'ioFormats',
  'pools',
  'switches',
  'choices',
  'numbers',
  'names',
]);

function withoutBlanks(text: string): string {
  const equals = text.indexOf('=');
  const key = keyOfFlag(text.slice(0, equals));
  if (equals < 0 || key === undefined || !withoutBlank.has(keyDefinitions[key].value.kind)) return text;
  const value = text.slice(equals + 1).replaceAll(/(^|[,:'])\s+|\s+(?=$|[,:'])/g, '$1');
  return `${text.slice(0, equals)}=${value}`;
}
