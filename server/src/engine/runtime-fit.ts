/** Which TensorRT of a machine loads an engine, and what it takes: by the rules of NVIDIA's pages on engine compatibility. */
import type { Product } from '../../../native-bridge/src/protocol.ts';
import type { EngineMaking } from './compatibility.ts';
import type { PlanHeader } from './plan-header.ts';

/** A TensorRT of this machine. */
export interface RuntimeHere {
  readonly id: string;
  readonly product: Product;
  /** Absent for a full TensorRT. */
  readonly kind?: 'lean' | 'dispatch';
  /** Dotted, or `unknown`. */
  readonly version: string;
  readonly directory: string;
  /** Why it cannot be used, as a sentence. */
  readonly unusable?: string;
}

export type Answer = 'yes' | 'no' | 'unknown';

export interface RuntimeFit {
  readonly runtime: RuntimeHere;
  /** `unknown`: it does if the engine was built version-compatible, which nothing here says. */
  readonly fits: Answer;
  readonly sentence: string;
  /** It loads the engine only by the lean runtime inside it, code for the CPU (IRuntime::setEngineHostCodeAllowed). */
  readonly runsHostCode?: true;
  /** The lean runtime of this machine that it loads first (IRuntime::loadRuntime), instead of the one inside. */
  readonly leanRuntime?: RuntimeHere;
}

/** The best first. */
export function runtimeFits(
  header: PlanHeader,
  made: EngineMaking | undefined,
  runtimes: readonly RuntimeHere[],
): readonly RuntimeFit[] {
  const builderLean = runtimes.find(
    ({ kind, unusable, version }) =>
      kind === 'lean' && unusable === undefined && sameVersion(version, header.version),
  );
  return runtimes
    .map((runtime) => runtimeFit(header, made, runtime, builderLean))
    .sort((left, right) => rank(left) - rank(right));
}

/** `TensorRT 10.6.0`, `TensorRT lean runtime 10.15.1`. */
export function runtimeName({ product, kind, version }: Omit<RuntimeHere, 'id' | 'directory'>): string {
  return `${productName(product)} ${kind ? `${kind} runtime ` : ''}${version}`;
}

/** `TensorRT 10.6.0 (build 26)`. */
export function builderName({ product, version, build }: PlanHeader): string {
  return `${productName(product)} ${version} (build ${build})`;
}

export function productName(product: Product): string {
  return product === 'TensorRT-RTX' ? 'TensorRT for RTX' : product;
}

const order: Readonly<Record<Answer, number>> = { yes: 0, unknown: 1, no: 2 };

/** A full TensorRT tells the most of an engine; code inside an engine is the last resort. */
function rank({ fits, runsHostCode, leanRuntime, runtime: { kind } }: RuntimeFit): number {
  const how = runsHostCode ? 6 : leanRuntime ? 3 : 0;
  const kinds = kind === undefined ? 0 : kind === 'lean' ? 1 : 2;
  return order[fits] * 10 + how + kinds;
}

function runtimeFit(
  header: PlanHeader,
  made: EngineMaking | undefined,
  runtime: RuntimeHere,
  builderLean: RuntimeHere | undefined,
): RuntimeFit {
  const { kind } = runtime;
  const name = runtimeName(runtime);
  const answer = (fits: Answer, sentence: string): RuntimeFit => ({ runtime, fits, sentence });
  if (runtime.unusable !== undefined) return answer('no', `${name} cannot be used: ${runtime.unusable}`);
  if (runtime.product !== header.product) {
    return answer('no', `${name} loads no engines of ${productName(header.product)}.`);
  }
  if (runtime.version === 'unknown') return answer('unknown', `The version of ${name} is not known.`);
  const isSame = sameVersion(runtime.version, header.version);
  if (isSame && kind === undefined) return answer('yes', `${name} built it.`);
  const builder = `${productName(header.product)} ${header.version}`;
  if (header.product === 'TensorRT-RTX') {
    return answer('no', `${name} does not load engines of ${builder}: each release loads its own only.`);
  }
  if (!isSame && !isLater(runtime.version, header.version)) {
    return answer('no', `${name} is older than ${builder}, which built it.`);
  }
  if (!isSame && !supportsMajor(header.version, runtime.version)) {
    return answer(
      'no',
      `${name} loads no engines of ${builder}, version-compatible or not: ${majorRule(header.version)}.`,
    );
  }
  if (made?.versionCompatible === false) {
    return answer(
      'no',
      kind === undefined
        ? `It was not built version-compatible, so only ${builder} loads it, not ${name}.`
        : `It was not built version-compatible, so ${name} does not load it; the full ${builder} does.`,
    );
  }
  return versionCompatibleFit(runtime, { made, builder, isSame, builderLean });
}

interface CompatibleCase {
  readonly made: EngineMaking | undefined;
  readonly builder: string;
  readonly isSame: boolean;
  readonly builderLean: RuntimeHere | undefined;
}

/** Of an engine that is version-compatible as far as anyone knows, and a runtime that may load such engines of its builder. */
function versionCompatibleFit(
  runtime: RuntimeHere,
  { made, builder, isSame, builderLean }: CompatibleCase,
): RuntimeFit {
  const name = runtimeName(runtime);
  const fits: Answer = made ? 'yes' : 'unknown';
  const answer = (how: string, more: Partial<RuntimeFit> = {}): RuntimeFit => ({
    runtime,
    fits,
    sentence: made
      ? `It was built version-compatible, so ${name} loads it${how}, though ${builder} built it.`
      : `${name} loads it if it was built version-compatible by ${builder}, which the file does not say${how}.`,
    ...more,
  });
  if (runtime.kind === 'lean' && isSame) {
    return {
      runtime,
      fits,
      sentence: made
        ? `It was built version-compatible, so ${name} loads it.`
        : `${name} loads it if it was built version-compatible, which the file does not say.`,
    };
  }
  if (builderLean) {
    return answer(`${made ? '' : ','} by the lean runtime in ${builderLean.directory}`, {
      leanRuntime: builderLean,
    });
  }
  if (made?.leanRuntimeExcluded) {
    return {
      runtime,
      fits: 'no',
      sentence: `It was built version-compatible without a lean runtime inside, so ${name} needs the lean runtime of ${builder}, which was not found on this machine (pip package tensorrt-lean-cu12-libs of that version).`,
    };
  }
  return answer(
    made
      ? ' by the lean runtime inside it, where that code for the CPU is trusted'
      : ', and only by the lean runtime inside it, where that code for the CPU is trusted',
    { runsHostCode: true },
  );
}

/** The plan has the builder's fourth number, an installation's library does not. */
export function sameVersion(runtime: string, builder: string): boolean {
  return runtime.split('.').slice(0, 3).join('.') === builder;
}

function isLater(runtime: string, builder: string): boolean {
  const [left, right] = [runtime, builder].map((version) => version.split('.').map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** Version-compatible engines run within a major version, those of 8.6 with 10, those of 10 with 11. */
function supportsMajor(builder: string, runtime: string): boolean {
  const [from = 0, minor = 0] = builder.split('.').map(Number);
  const [to = 0] = runtime.split('.').map(Number);
  if (from < 8 || (from === 8 && minor < 6)) return false;
  return from === to || (from === 8 && to === 10) || (from === 10 && to === 11);
}

function majorRule(builder: string): string {
  const [major = 0, minor = 0] = builder.split('.').map(Number);
  if (major < 8 || (major === 8 && minor < 6)) return 'version compatibility came with 8.6';
  const next = major === 8 ? 10 : major === 10 ? 11 : undefined;
  return `version-compatible engines of TensorRT ${major} run with later TensorRT ${major}${next ? ` and with TensorRT ${next}` : ''}`;
}
