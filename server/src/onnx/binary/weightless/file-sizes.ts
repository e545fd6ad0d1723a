import type { FileAccess } from '../../model/file-access.ts';

/** Sizes of the files that a model's weights lie in; each file is asked once. */
export class FileSizes {
  private readonly files: FileAccess;
  private readonly known = new Map<string, number | string>();

  constructor(files: FileAccess) {
    this.files = files;
  }

  /** Bytes, or a sentence that says why the file cannot be used. */
  of(path: string): number | string {
    let size = this.known.get(path);
    if (size === undefined) {
      size = this.ask(path);
      this.known.set(path, size);
    }
    return size;
  }

  /** Opens the file, as only that tells whether it can be read. */
  private ask(path: string): number | string {
    try {
      const source = this.files.open(path);
      const { size } = source;
      source.close();
      return size;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
