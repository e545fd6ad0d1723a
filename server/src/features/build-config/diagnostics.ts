/** Problems of a config as diagnostics: ours, and what the schema finds where we have nothing to say. */
import {
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
} from 'vscode-languageserver-types';
import { URI } from 'vscode-uri';
import type { ConfigProblem, Origin } from '../../build-config/model.ts';
import type { ConfigDocument } from './document.ts';
import { yamlService } from './yaml-service.ts';

const diagnosticSource = 'Build config';

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
} as const;

/** Of the problems of a resolved config, those in this document; those of files that it extends are told at `extends`. */
export function configDiagnostics(
  document: ConfigDocument,
  problems: readonly ConfigProblem[],
  relatedInformation: boolean,
): Diagnostic[] {
  const own = problems.filter(({ origin }) => origin.file === document.file);
  return [
    ...own.map((problem) => diagnosticOf(problem, relatedInformation)),
    ...extended(document, problems, relatedInformation),
  ];
}

/** What the YAML language service finds. Where one of ours is on the same line, it says the same in more general words. */
export async function schemaDiagnostics(
  document: ConfigDocument,
  ours: readonly Diagnostic[],
): Promise<Diagnostic[]> {
  const service = await yamlService();
  const found: Diagnostic[] = await service.doValidation(document.textDocument, false);
  const lines = document.text.split('\n');
  return found
    .filter(({ range, data }) => {
      const line = lines[range.start.line] ?? '';
      const isTold = ours.some(
        (other) => other.range.start.line <= range.end.line && other.range.end.line >= range.start.line,
      );
      // The schema can't say that case does not matter, and what a placeholder becomes is known in each build only.
      return (
        !isTold && !line.includes('${{') && !isKnownInOtherCase(document.textDocument.getText(range), data)
      );
    })
    .map(({ range, message }) => ({
      range,
      message,
      severity: DiagnosticSeverity.Error,
      source: diagnosticSource,
      code: 'config.schema',
    }));
}

function isKnownInOtherCase(text: string, data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false;
  const words = ['values' in data ? data.values : [], 'properties' in data ? data.properties : []].flat();
  return words.some((word) => typeof word === 'string' && word.toLowerCase() === text.toLowerCase());
}

function diagnosticOf(problem: ConfigProblem, takesRelated: boolean): Diagnostic {
  const { code, severity, message, origin, tag, related } = problem;
  return {
    source: diagnosticSource,
    code,
    severity: severities[severity],
    message,
    range: origin.range,
    ...(tag && { tags: [tag === 'deprecated' ? DiagnosticTag.Deprecated : DiagnosticTag.Unnecessary] }),
    ...(takesRelated &&
      related && {
        relatedInformation: related.map(({ origin, message }) => informationOf(origin, message)),
      }),
  };
}

function extended(
  document: ConfigDocument,
  problems: readonly ConfigProblem[],
  takesRelated: boolean,
): Diagnostic[] {
  const others = problems.filter(
    ({ origin, severity }) => origin.file !== document.file && severity === 'error',
  );
  const extend = document.config.root?.entries.find(({ key }) => key.text === 'extends');
  const [first] = others;
  if (!extend || !first) return [];
  const more = others.length === 1 ? '' : ` (and ${others.length - 1} more)`;
  return [
    {
      source: diagnosticSource,
      code: 'config.extended-problems',
      severity: DiagnosticSeverity.Warning,
      message: `${nameOf(first.origin)}: ${first.message}${more}`,
      range: extend.value.origin.range,
      ...(takesRelated && {
        relatedInformation: others.map(({ origin, message }) => informationOf(origin, message)),
      }),
    },
  ];
}

function informationOf(origin: Origin, message: string): DiagnosticRelatedInformation {
  return { location: { uri: uriOfFile(origin.file), range: origin.range }, message };
}

/** Of a path, or the URI that stands for one in documents that are in no file. */
export function uriOfFile(file: string): string {
  return /^[a-z][a-z0-9+-]+:/.test(file) ? file : URI.file(file).toString();
}

function nameOf({ file }: Origin): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}
