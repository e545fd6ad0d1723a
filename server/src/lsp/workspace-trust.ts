/** Whether the user trusts the workspace: only then is anything loaded that could run code. */
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';

export class WorkspaceTrust {
  #isGranted: boolean;

  /** `isGranted`: as the editor says at the start; false where it does not say. */
  constructor(isGranted: boolean) {
    this.#isGranted = isGranted;
  }

  get isGranted(): boolean {
    return this.#isGranted;
  }

  /** The user has come to trust it. */
  grant(): void {
    this.#isGranted = true;
  }

  /** Throws an error for people where it is not trusted. */
  requireForEngines(): void {
    if (this.#isGranted) return;
    throw new ResponseError(
      LSPErrorCodes.RequestFailed,
      'An engine is a program for the GPU, and this workspace is not trusted. Trust the workspace to load engines here.',
    );
  }
}
