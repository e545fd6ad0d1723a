/** trtexec lines for people: found in a text, or made of a config. */
import type { BuildConfig, ResolvedConfig } from '../../build-config/model.ts';
import { configText, fromTrtexec } from '../../build-config/trtexec/from-trtexec.ts';
import { findTrtexecLines, type TrtexecLine, trtexecLineOf } from '../../build-config/trtexec/lines.ts';
import { type Shell, shellNotes } from '../../build-config/trtexec/shells.ts';
import { type ToTrtexecOptions, toTrtexec, trtexecLine } from '../../build-config/trtexec/to-trtexec.ts';
import type { FromTrtexecResult, TrtexecCommandLine } from '../../protocol.ts';

/** The line at the offset or the next one behind it; the last of the text where there is none behind. */
export function configOfText(text: string, offset = 0): FromTrtexecResult {
  const lines = findTrtexecLines(text);
  const line: TrtexecLine | undefined =
    lines.find(({ end }) => end >= offset) ?? lines.at(-1) ?? trtexecLineOf(text);
  if (!line) return { notes: [] };
  const converted = fromTrtexec(line.words);
  return {
    config: configText(converted),
    notes: converted.problems.filter(({ severity }) => severity === 'warning').map(({ message }) => message),
  };
}

/** `portsOf`: the inputs and outputs of a build's model, in its order. */
export function trtexecLines(
  { builds }: ResolvedConfig,
  { shell, ...options }: ToTrtexecOptions & { readonly shell: Shell },
  portsOf: (build: BuildConfig) => Pick<ToTrtexecOptions, 'inputs' | 'outputs'>,
): TrtexecCommandLine[] {
  return builds.map((build) => {
    const made = toTrtexec(build, { ...options, ...portsOf(build) });
    return {
      build: build.name,
      line: trtexecLine(made, { shell }),
      notes: [...made.problems.map(({ message }) => message), ...shellNotes(made.args, shell)],
    };
  });
}
