/** A short number for the bytes of a tensor, by which they are known again wherever a save has put them. */

/** How many samples are taken of longer data, and how many bytes each has. */
const samples = 4;
const sampleBytes = 1024;

/**
 * Eight hexadecimal digits. Of more than 4 KiB only samples are looked at (evenly spread, first and last bytes among them), so
 * that gigabytes take no longer than kilobytes: training changes all of them, moving a tensor none.
 */
export function fingerprint(length: number, read: (offset: number, length: number) => Uint8Array): string {
  let hash = mix(0x811c9dc5, length);
  if (length <= samples * sampleBytes) hash = mixBytes(hash, read(0, length));
  else {
    for (let sample = 0; sample < samples; sample++) {
      const offset = Math.floor(((length - sampleBytes) * sample) / (samples - 1));
      hash = mixBytes(hash, read(offset, sampleBytes));
    }
  }
  return (finish(hash) >>> 0).toString(16).padStart(8, '0');
}

function mixBytes(start: number, bytes: Uint8Array): number {
  let hash = start;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) hash = mix(hash, view.getInt32(at, true));
  for (; at < bytes.length; at++) hash = mix(hash, bytes[at] ?? 0);
  return hash;
}

/** A round of MurmurHash3. */
function mix(hash: number, word: number): number {
  let mixed = Math.imul(word, 0xcc9e2d51);
  mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  const turned = hash ^ mixed;
  return (Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
