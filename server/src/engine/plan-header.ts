/**
 * What an engine file (a plan) says of itself to whoever has no TensorRT.
 *
 * | bytes | what |
 * |---|---|
 * | 0–3 | `ftrt`: TensorRT; `vtrt`: TensorRT for RTX |
 * | 4–7 | serialization version; only 0 is known |
 * | 8–15 | number of sections |
 * | 16–23 | bytes of the whole plan |
 * | 24–27 | major, minor, patch and build of the TensorRT that built it |
 * | 28–31 | the tag again |
 * | 32–35 | TensorRT for RTX: the GPUs it runs on, a bit each |
 * | 64 … | sections of 24 bytes: tag, zero, offset, bytes |
 *
 * Tag, serialization version and builder are those of NVIDIA's samples (sampleEngines.cpp); the rest was seen in plans of TensorRT for
 * RTX 1.7.1, is written down nowhere, and is believed only where it fits the file.
 */
import type { Product } from '../../../native-bridge/src/protocol.ts';
import type { ByteSource } from '../onnx/model/file-access.ts';
import { productName } from './runtime-fit.ts';

export interface PlanHeader {
  readonly product: Product;
  readonly serializationVersion: number;
  /** Of the builder, dotted: `10.6.0`. */
  readonly version: string;
  /** The fourth number of the builder's version. */
  readonly build: number;
  /** Bytes of the file. */
  readonly fileBytes: number;
  /** Bytes of the plan as it says itself, where that fits its sections or the file ends before them. */
  readonly planBytes?: number;
  /** Empty where the header has no table that fits. */
  readonly sections: readonly PlanSection[];
  /** TensorRT for RTX: what it can run on. Absent where the header does not say, as in plans of TensorRT. */
  readonly targets?: ComputeCapabilityTargets;
}

export interface PlanSection {
  /** `engine`, `weights`, or the tag as it is. */
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

export interface ComputeCapabilityTargets {
  /** `8.6`, ascending. */
  readonly computeCapabilities: readonly string[];
  /** Whether GPUs that came after the named ones can run it, too. */
  readonly andLater: boolean;
}

export type PlanReading =
  | { readonly kind: 'plan'; readonly header: PlanHeader }
  /** `reason` is a sentence: what it seems to be instead. */
  | { readonly kind: 'not-a-plan'; readonly reason: string };

const fixedBytes = 28;
const tableOffset = 64;
const sectionBytes = 24;
const products: Readonly<Record<string, Product>> = { ftrt: 'TensorRT', vtrt: 'TensorRT-RTX' };
/** Bits of the word at 32, as TensorRT for RTX 1.7.1 sets them for each of its ComputeCapability values. */
const capabilityBits = ['7.5', '8.0', '8.6', '8.9', '12.0', '12.1'];
const laterBit = 6;

export function readPlanHeader(source: ByteSource): PlanReading {
  const bytes = source.read(0, Math.min(source.size, tableOffset + 16 * sectionBytes));
  const product = products[text(bytes, 0)];
  if (!product) return { kind: 'not-a-plan', reason: behindMetadata(source, bytes) ?? whatElse(bytes) };
  if (bytes.length < fixedBytes) {
    return {
      kind: 'not-a-plan',
      reason: `It begins as an engine of ${productName(product)} does, and ends after ${bytes.length} bytes: the file was cut off.`,
    };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sections = readSections(view, source.size);
  const planBytes = sections?.planBytes ?? (product === 'TensorRT-RTX' ? bytesOfCutPlan(view) : undefined);
  const targets = product === 'TensorRT-RTX' ? readTargets(view) : undefined;
  return {
    kind: 'plan',
    header: {
      product,
      serializationVersion: view.getUint32(4, true),
      version: [24, 25, 26].map((offset) => view.getUint8(offset)).join('.'),
      build: view.getUint8(27),
      fileBytes: source.size,
      sections: sections?.list ?? [],
      ...(planBytes !== undefined && { planBytes }),
      ...(targets && { targets }),
    },
  };
}

/** Undefined where the bytes are no such table: every section must lie in the plan, one behind the other. */
function readSections(
  view: DataView,
  fileBytes: number,
): { list: PlanSection[]; planBytes: number } | undefined {
  if (view.byteLength < tableOffset) return undefined;
  const count = unsigned64(view, 8);
  const planBytes = unsigned64(view, 16);
  const end = tableOffset + count * sectionBytes;
  if (count < 1 || count > 16 || view.byteLength < Math.min(end, fileBytes) || planBytes < end)
    return undefined;
  const list: PlanSection[] = [];
  let behind = end;
  for (let at = tableOffset; at < end; at += sectionBytes) {
    if (at + sectionBytes > view.byteLength) return undefined;
    const tag = tagAt(view, at);
    const [offset, bytes] = [unsigned64(view, at + 8), unsigned64(view, at + 16)];
    if (!/^[A-Z]{4}$/.test(tag) || offset < behind || offset + bytes > planBytes) return undefined;
    list.push({ name: sectionNames[tag] ?? tag, offset, bytes });
    behind = offset + bytes;
  }
  return { list, planBytes };
}

/** Of a file that ends within its table of sections, as its beginning says; `view` is all of such a file. */
function bytesOfCutPlan(view: DataView): number | undefined {
  const [count, planBytes] = [unsigned64(view, 8), unsigned64(view, 16)];
  const end = tableOffset + count * sectionBytes;
  const isPlausible = count >= 1 && count <= 16 && Number.isSafeInteger(planBytes) && planBytes >= end;
  return isPlausible && view.byteLength < end ? planBytes : undefined;
}

/** Tags are stored as little-endian words, so they read backwards: `NGNE`. */
const sectionNames: Readonly<Record<string, string>> = { ENGN: 'engine', WGHT: 'weights' };

function tagAt(view: DataView, offset: number): string {
  return String.fromCharCode(...[3, 2, 1, 0].map((index) => view.getUint8(offset + index)));
}

function readTargets(view: DataView): ComputeCapabilityTargets | undefined {
  if (view.byteLength < 36) return undefined;
  const mask = view.getUint32(32, true);
  // An unknown bit means a format of which we know less than we think.
  if (mask === 0 || mask >>> (laterBit + 1) !== 0) return undefined;
  return {
    computeCapabilities: capabilityBits.filter((_, bit) => (mask & (1 << bit)) !== 0),
    andLater: (mask & (1 << laterBit)) !== 0,
  };
}

/** NaN-free: a number beyond 2⁵³ is no size of a file, and is returned as infinity. */
function unsigned64(view: DataView, offset: number): number {
  const value = view.getBigUint64(offset, true);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.POSITIVE_INFINITY;
}

function text(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}

/** Ultralytics writes the length of a JSON object (int32) and the object before the plan, and cuts them off before TensorRT sees it. */
function behindMetadata(source: ByteSource, bytes: Uint8Array): string | undefined {
  if (bytes.length < 8 || bytes[4] !== 0x7b) return undefined;
  const before = 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  if (before + 4 > source.size) return undefined;
  const product = products[text(source.read(before, 4), 0)];
  if (!product) return undefined;
  return `It is an engine of ${productName(product)} with ${before} bytes of metadata before it, as Ultralytics exports them, and TensorRT loads engines without. What is behind them is the engine: \`tail -c +${before + 1} FILE > ENGINE\` writes it to a file of its own.`;
}

function whatElse(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'The file is empty.';
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  if (start.startsWith('version https://git-lfs')) {
    return 'It is a pointer of Git LFS, not the engine: `git lfs pull` fetches the file it stands for.';
  }
  if (start.startsWith('ptrt')) {
    return 'It begins with `ptrt`, the tag of a bare engine: an old TensorRT wrote it without the header that newer ones have. Build it again.';
  }
  if (start.startsWith('PK\u0003\u0004')) return 'It is a ZIP archive, not an engine.';
  if (start.startsWith('\u001f\u008b')) return 'It is compressed by gzip; uncompress it first.';
  if (/^[\s\x20-\x7e]+$/.test(start)) return 'It is text, not an engine.';
  if (bytes[0] === 0x08 && (bytes[1] ?? 0) < 32 && bytes.length > 2) {
    return 'It seems to be an ONNX model, not an engine built from one.';
  }
  const hex = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `It is no TensorRT engine: those begin with \`ftrt\` or \`vtrt\`, this file with the bytes ${hex}.`;
}
