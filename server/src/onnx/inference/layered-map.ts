/**
 * A map with string keys whose copies are cheap: a big one is cut into shards, and a copy shares each of them until it writes
 * into it. So an edit pays for the shards it changes, at the time it changes them. A map is not written to once it is copied.
 */
export class LayeredMap<Value> {
  #shards: Map<string, Value>[];
  /** Whether a shard is this map's alone. */
  #isOwn: Uint8Array;

  /** `expected` is about how many entries it will have. */
  constructor(expected = 0) {
    const count = expected > smallMap ? shardCount : 1;
    this.#shards = Array.from({ length: count }, () => new Map<string, Value>());
    this.#isOwn = new Uint8Array(count).fill(1);
  }

  get(key: string): Value | undefined {
    const shards = this.#shards;
    return shards[shards.length === 1 ? 0 : shardOf(key)]?.get(key);
  }

  set(key: string, value: Value): void {
    this.#ownShard(key)?.set(key, value);
  }

  delete(key: string): void {
    this.#ownShard(key)?.delete(key);
  }

  copy(): LayeredMap<Value> {
    const copy = new LayeredMap<Value>();
    copy.#shards = [...this.#shards];
    copy.#isOwn = new Uint8Array(this.#shards.length);
    return copy;
  }

  #ownShard(key: string): Map<string, Value> | undefined {
    const index = this.#shards.length === 1 ? 0 : shardOf(key);
    const shard = this.#shards[index];
    if (this.#isOwn[index] === 1 || shard === undefined) return shard;
    const own = new Map(shard);
    this.#shards[index] = own;
    this.#isOwn[index] = 1;
    return own;
  }
}

/** Entries. */
const smallMap = 4096;
/** A power of two. */
const shardCount = 512;

/** Names differ in a few of many characters, anywhere; some twenty of them are enough to spread them. */
function shardOf(key: string): number {
  const step = 1 + (key.length >> 5);
  let hash = key.length;
  for (let index = 0; index < key.length; index += step) {
    hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
  }
  return (hash ^ (hash >>> 15)) & (shardCount - 1);
}
