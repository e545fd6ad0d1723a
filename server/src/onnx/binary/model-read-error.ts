/** Why a file could not be read as an ONNX model, as a sentence for people that says what is wrong and where. */
export class ModelReadError extends Error {
  override readonly name = 'ModelReadError';
  /** Bytes from the start of the file. */
  readonly offset: number;

  constructor(message: string, offset: number, options?: ErrorOptions) {
    super(message, options);
    this.offset = offset;
  }
}
