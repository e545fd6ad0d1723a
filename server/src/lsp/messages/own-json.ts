/** Takes JSON, piece by piece. */
export type WriteJson = (text: string) => void;

/**
 * An answer that writes its JSON itself, where it is so big that making objects of all of it first would take several times as long
 * and as much memory. Over a transport that does not know of it (the channel of `--node-ipc`) its value is sent.
 */
export class OwnJson<Value> {
  readonly value: Value;
  readonly writeTo: (write: WriteJson) => void;

  constructor(value: Value, writeTo: (value: Value, write: WriteJson) => void) {
    this.value = value;
    this.writeTo = (write) => writeTo(value, write);
  }

  toJSON(): Value {
    return this.value;
  }
}
