/** The open documents: each the newest version of its text. */
import type {
  DidChangeTextDocumentParams,
  TextDocumentContentChangeEvent,
  TextDocumentItem,
} from 'vscode-languageserver/node';
import { offsetAt, type SourceText, type TextChange, withChange } from '../features/source-text.ts';
import type { LanguageService, OnnxDocument } from '../language-service.ts';

export class Documents {
  readonly #service: LanguageService;
  readonly #open = new Map<string, OnnxDocument>();

  constructor(service: LanguageService) {
    this.#service = service;
  }

  get(uri: string): OnnxDocument | undefined {
    return this.#open.get(uri);
  }

  all(): OnnxDocument[] {
    return [...this.#open.values()];
  }

  open({ uri, version, text }: TextDocumentItem): OnnxDocument {
    const document = this.#service.createDocument(uri, version, text);
    this.#open.set(uri, document);
    return document;
  }

  /** Undefined for a document that is not open. */
  change({ textDocument, contentChanges }: DidChangeTextDocumentParams): OnnxDocument | undefined {
    const document = this.#open.get(textDocument.uri);
    if (!document) {
      return undefined;
    }
    const changed = this.#service.changedDocument(
      document,
      textDocument.version,
      textChanges(document.source, contentChanges),
    );
    this.#open.set(textDocument.uri, changed);
    return changed;
  }

  close(uri: string): void {
    this.#open.delete(uri);
  }
}

/** Ranges as offsets; each is in the coordinates of the text that the change before it left. */
export function textChanges(
  before: SourceText,
  events: readonly TextDocumentContentChangeEvent[],
): TextChange[] {
  let source = before;
  return events.map((event, index) => {
    const change: TextChange =
      'range' in event
        ? {
            start: offsetAt(source, event.range.start),
            end: offsetAt(source, event.range.end),
            text: event.text,
          }
        : { start: 0, end: source.text.length, text: event.text };
    if (index < events.length - 1) {
      source = withChange(source, change);
    }
    return change;
  });
}
