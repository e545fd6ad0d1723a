/** The last tokens of each document, so that an edit is answered with what it changed. */
import type { SemanticTokens, SemanticTokensDelta } from 'vscode-languageserver/node';
import { type LanguageService, type OnnxDocument, semanticTokensEdits } from '../language-service.ts';

interface Answered {
  readonly resultId: string;
  readonly data: number[];
}

export class SemanticTokensCache {
  readonly #service: LanguageService;
  readonly #answered = new Map<string, Answered>();
  #nextId = 1;

  constructor(service: LanguageService) {
    this.#service = service;
  }

  /** Undefined for a document that is too long to colour as a whole. */
  all(document: OnnxDocument): Answered | undefined {
    const data = this.#service.semanticTokens(document);
    return data && this.#remember(document.uri, data);
  }

  /** All of them again where the editor's last result is not the one remembered. */
  since(document: OnnxDocument, previousResultId: string): SemanticTokens | SemanticTokensDelta | undefined {
    const before = this.#answered.get(document.uri);
    const answer = this.all(document);
    return answer && before?.resultId === previousResultId
      ? { resultId: answer.resultId, edits: semanticTokensEdits(before.data, answer.data) }
      : answer;
  }

  forget(uri: string): void {
    this.#answered.delete(uri);
  }

  #remember(uri: string, data: number[]): Answered {
    const answered = { resultId: String(this.#nextId++), data };
    this.#answered.set(uri, answered);
    return answered;
  }
}
