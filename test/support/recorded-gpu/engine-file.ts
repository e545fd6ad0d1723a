/** Engine files for the recorded bridge: a plan's header of TensorRT 10.6.0, and behind it which capture it stands for. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { BuilderProfile } from '../../../native-bridge/src/build-protocol.ts';
import { identify, type Provenance, writeProvenance } from '../../../server/src/tensorrt/build/provenance.ts';

/** The nets of test/gpu/make-models.py, captured in test/fixtures/engines. */
export type CapturedNet = 'convolutions' | 'layers' | 'transformer';

/** What an engine file of the recorded GPU says of itself, behind its header. */
export interface RecordedEngine {
  readonly net: CapturedNet;
  /** BuilderFlag names it was built with: they decide on refits, stripped weights and weight streaming. */
  readonly flags: readonly string[];
  readonly debugTensors: readonly string[];
  /** Beside those of the model; a test has told of them in RECORDED_GPU_VALUES. */
  readonly outputs?: readonly string[];
  /** Of kREFIT_INDIVIDUAL: those that were marked. */
  readonly markedWeights?: readonly string[];
  /** Instead of the one that the H200's engine had: made up. */
  readonly profiles?: readonly BuilderProfile[];
}

/** The fixed part, and a table of one section. */
const headerBytes = 64 + 24;

function planHeader(contentBytes: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write('ftrt', 0, 'latin1');
  header.writeBigUInt64LE(1n, 8);
  header.writeBigUInt64LE(BigInt(headerBytes + contentBytes), 16);
  header.set([10, 6, 0, 26], 24);
  header.write('NGNE', 64, 'latin1');
  header.writeBigUInt64LE(BigInt(headerBytes), 72);
  header.writeBigUInt64LE(BigInt(contentBytes), 80);
  return header;
}

export function writeRecordedEngine(file: string, engine: RecordedEngine): void {
  const content = Buffer.from(JSON.stringify(engine), 'utf8');
  writeFileSync(file, Buffer.concat([planHeader(content.length), content]));
}

/** Throws where the file is not one of `writeRecordedEngine`'s. */
export function readRecordedEngine(file: string): RecordedEngine {
  return JSON.parse(readFileSync(file).subarray(headerBytes).toString('utf8'));
}

/** An engine with the `ENGINE.json` that a build of `model` on the recorded GPU would leave. */
export async function writeBuiltEngine(
  file: string,
  engine: RecordedEngine,
  model: string,
  config?: string,
): Promise<void> {
  writeRecordedEngine(file, engine);
  const provenance: Provenance = {
    format: 'onnx-tensorrt-tools engine',
    formatVersion: 1,
    engine: await identify(file),
    model: await identify(model),
    inputs: [],
    config: {
      ...(config !== undefined && { file: config }),
      build: '',
      trtexec: `trtexec --onnx=${model} --saveEngine=${file}`,
    },
    request: {
      parserFlags: [],
      clearedParserFlags: [],
      stronglyTyped: true,
      settings: { flags: engine.flags, ...(engine.profiles && { profiles: engine.profiles }) },
      pluginLibraries: [],
    },
    runtime: { product: 'TensorRT', version: '10.6.0', libraries: '' },
    device: recordedDevice,
    built: '2026-01-01T00:00:00.000Z',
    milliseconds: { parsing: 1, configuring: 1, building: 1, writing: 1 },
    peakMemory: { host: 0 },
    phases: [],
    warnings: [],
    notes: [],
  };
  await writeProvenance(file, provenance);
}

export const recordedDevice = {
  name: 'NVIDIA H200',
  computeCapability: '9.0',
  totalMemory: 150109880320,
} as const;
