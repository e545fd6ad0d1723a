/** One version of a build config's text: immutable, and what follows from it is worked out when first asked for. */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import type { ConfigFile } from '../../build-config/model.ts';
import { parseBuildConfig } from '../../build-config/parse.ts';
import { type SourceText, sourceText, type TextChange } from '../source-text.ts';

export interface ConfigDocument {
  readonly uri: string;
  readonly version: number;
  readonly text: string;
  readonly source: SourceText;
  /** The path that relative paths start from; the URI for documents that are in no file. */
  readonly file: string;
  readonly config: ConfigFile;
  /** The same text, as the YAML language service takes it. */
  readonly textDocument: TextDocument;
}

export function createConfigDocument(uri: string, version: number, text: string): ConfigDocument {
  return documentOf(uri, version, text);
}

/** The document after edits, each relative to the text that the one before it left. */
export function changedConfigDocument(
  document: ConfigDocument,
  version: number,
  changes: readonly TextChange[],
): ConfigDocument {
  return documentOf(
    document.uri,
    version,
    changes.reduce(
      (text, change) => text.slice(0, change.start) + change.text + text.slice(change.end),
      document.text,
    ),
  );
}

function fileOfUri(uri: string): string {
  const parsed = URI.parse(uri);
  return parsed.scheme === 'file' ? parsed.fsPath : uri;
}

function documentOf(uri: string, version: number, text: string): ConfigDocument {
  const file = fileOfUri(uri);
  let source: SourceText | undefined;
  let config: ConfigFile | undefined;
  let textDocument: TextDocument | undefined;
  return {
    uri,
    version,
    text,
    file,
    get source() {
      source ??= sourceText(text);
      return source;
    },
    get config() {
      config ??= parseBuildConfig(text, file);
      return config;
    },
    get textDocument() {
      textDocument ??= TextDocument.create(uri, 'yaml', version, text);
      return textDocument;
    },
  };
}
