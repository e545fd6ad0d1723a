/** "Which TensorRT and GPU made this, and can it run here?", answered before anything is loaded. */
import type { CudaDevice } from '../../../native-bridge/src/protocol.ts';
import type { PlanHeader } from './plan-header.ts';
import {
  type Answer,
  productName,
  type RuntimeFit,
  type RuntimeHere,
  runtimeFits,
  runtimeName,
} from './runtime-fit.ts';

export { type Answer, builderName, productName, type RuntimeFit, type RuntimeHere } from './runtime-fit.ts';

/** What is known of a build beyond the plan: from `ENGINE.json`, for the bytes at hand. */
export interface EngineMaking {
  /** Absent for builds on a CPU alone. */
  readonly device?: CudaDevice;
  readonly versionCompatible: boolean;
  readonly leanRuntimeExcluded: boolean;
  /** HardwareCompatibilityLevel and RuntimePlatform names; absent where the build left them alone. */
  readonly hardwareCompatibilityLevel?: string;
  readonly runtimePlatform?: string;
  /** `linux`, `win32`, where it was built. */
  readonly platform?: NodeJS.Platform;
}

export interface Machine {
  /** The device, `none`, or `unknown` where there seems to be one and nobody has asked it. */
  readonly gpu: CudaDevice | 'none' | 'unknown';
  readonly platform: NodeJS.Platform;
  readonly runtimes: readonly RuntimeHere[];
}

/** One thing that decides, with the sentence for people. */
export interface Finding {
  readonly about: 'version' | 'gpu' | 'platform' | 'file' | 'host-code';
  readonly answer: Answer;
  readonly sentence: string;
}

export interface Compatibility {
  /** `yes` where nothing known speaks against it, `unknown` where something that decides is not known. */
  readonly runs: Answer;
  /** One sentence. */
  readonly summary: string;
  readonly findings: readonly Finding[];
  /** The runtimes of the machine that fit, the best first. */
  readonly runtimes: readonly RuntimeFit[];
}

/** `made` is undefined where no `ENGINE.json` describes this very file. */
export function compatibility(
  header: PlanHeader,
  made: EngineMaking | undefined,
  machine: Machine,
): Compatibility {
  const runtimes = runtimeFits(header, made, machine.runtimes);
  const findings = [
    ...fileFindings(header),
    versionFinding(header, runtimes),
    gpuFinding(header, made, machine.gpu),
    ...platformFindings(header, made, machine.platform),
    ...hostCodeFindings(made),
  ];
  const runs = worst(findings.filter(({ about }) => about !== 'host-code').map(({ answer }) => answer));
  const decisive = findings.filter(({ answer }) => answer === runs).map(({ sentence }) => sentence);
  return {
    runs,
    summary: summaryOf(runs, runtimes[0], decisive),
    findings,
    runtimes,
  };
}

function worst(answers: readonly Answer[]): Answer {
  if (answers.includes('no')) return 'no';
  return answers.includes('unknown') ? 'unknown' : 'yes';
}

function summaryOf(runs: Answer, best: RuntimeFit | undefined, decisive: readonly string[]): string {
  const [reason = ''] = decisive;
  if (runs === 'yes' && best) {
    const how = best.runsHostCode ? ', by the lean runtime inside it' : '';
    return `It can run here, with ${runtimeName(best.runtime)}${how}.`;
  }
  return runs === 'no' ? `It cannot run here. ${reason}` : `Whether it can run here is not known. ${reason}`;
}

function fileFindings({ serializationVersion, planBytes, fileBytes }: PlanHeader): Finding[] {
  const no = (sentence: string): Finding => ({ about: 'file', answer: 'no', sentence });
  const findings: Finding[] = [];
  if (serializationVersion !== 0) {
    findings.push({
      about: 'file',
      answer: 'unknown',
      sentence: `Its header is of serialization version ${serializationVersion}; 0 is all that is known here.`,
    });
  }
  if (planBytes !== undefined && fileBytes < planBytes) {
    findings.push(
      no(`The file is cut off: it has ${fileBytes} bytes, the engine ${planBytes}. Copy or build it again.`),
    );
  }
  if (planBytes !== undefined && fileBytes > planBytes) {
    findings.push({
      about: 'file',
      answer: 'unknown',
      sentence: `The file has ${fileBytes} bytes, the engine ${planBytes}: what the others are, and whether it loads with them, is not known.`,
    });
  }
  return findings;
}

function versionFinding(header: PlanHeader, [best]: readonly RuntimeFit[]): Finding {
  if (best && best.fits !== 'no') return { about: 'version', answer: best.fits, sentence: best.sentence };
  const builder = `${productName(header.product)} ${header.version}`;
  const needed = `It needs ${builder}`;
  if (!best) {
    return { about: 'version', answer: 'no', sentence: `${needed}; no TensorRT was found on this machine.` };
  }
  const closest = best.runtime.product === header.product ? ` ${best.sentence}` : '';
  return {
    about: 'version',
    answer: 'no',
    sentence: `${needed}, which was not found on this machine, or an engine built again.${closest}`,
  };
}

function gpuFinding(header: PlanHeader, made: EngineMaking | undefined, gpu: Machine['gpu']): Finding {
  const finding = (answer: Answer, sentence: string): Finding => ({ about: 'gpu', answer, sentence });
  if (gpu === 'none') return finding('no', 'Engines run on an NVIDIA GPU, and this machine has none.');
  if (header.targets) return targetFinding(header.targets, gpu);
  if (!made?.device) {
    return finding(
      'unknown',
      'The GPU that it was built on is not known: the file does not say, and no ENGINE.json does.',
    );
  }
  const { name, computeCapability: built } = made.device;
  const on = `It was built on ${withArticle(name)} (compute capability ${built})`;
  if (gpu === 'unknown') return finding('unknown', `${on}; which GPU this machine has is not known yet.`);
  const here = `${gpu.name} (${gpu.computeCapability})`;
  switch (made.hardwareCompatibilityLevel) {
    case 'kAMPERE_PLUS':
      return major(gpu.computeCapability) >= 8
        ? finding('yes', `${on} for Ampere and later GPUs, so it runs on ${here}.`)
        : finding('no', `${on} for Ampere and later GPUs; ${here} is older.`);
    case 'kSAME_COMPUTE_CAPABILITY':
      return gpu.computeCapability === built
        ? finding('yes', `${on} for all GPUs of that compute capability; ${here} is one.`)
        : finding('no', `${on} for that compute capability only; ${here} has another.`);
    default:
      if (gpu.computeCapability !== built) return finding('no', `${on} for that GPU only, not for ${here}.`);
      return gpu.name === name
        ? finding('yes', `${on}, as this machine has.`)
        : finding(
            'yes',
            `${on}; ${here} is another model, for which other tactics may be faster. TensorRT will warn.`,
          );
  }
}

function targetFinding(targets: NonNullable<PlanHeader['targets']>, gpu: CudaDevice | 'unknown'): Finding {
  const list = `compute capability ${targetNames(targets)}`;
  const finding = (answer: Answer, sentence: string): Finding => ({ about: 'gpu', answer, sentence });
  if (gpu === 'unknown') {
    return finding('unknown', `It is built for ${list}; which GPU this machine has is not known yet.`);
  }
  const here = `${gpu.name} (${gpu.computeCapability})`;
  const named = targets.computeCapabilities.includes(gpu.computeCapability);
  const last = targets.computeCapabilities.at(-1);
  // TensorRT for RTX is made for RTX GPUs: what comes between the named ones (9.0, 10.0) is not meant by "later".
  const later = targets.andLater && last !== undefined && Number(gpu.computeCapability) > Number(last);
  return named || later
    ? finding('yes', `It is built for ${list}, and runs on ${here}.`)
    : finding('no', `It is built for ${list}, not for ${here}.`);
}

/** `8.6, 8.9 and later`. */
export function targetNames({ computeCapabilities, andLater }: NonNullable<PlanHeader['targets']>): string {
  return `${computeCapabilities.join(', ')}${andLater ? ' and later' : ''}`;
}

function platformFindings(
  header: PlanHeader,
  made: EngineMaking | undefined,
  platform: NodeJS.Platform,
): Finding[] {
  // Engines of TensorRT for RTX run on Windows and Linux alike.
  if (header.product === 'TensorRT-RTX' || !made) return [];
  const target = made.runtimePlatform === 'kWINDOWS_AMD64' ? 'win32' : (made.platform ?? undefined);
  if (target === undefined || target === platform) return [];
  const name = target === 'win32' ? 'Windows' : target === 'linux' ? 'Linux' : target;
  return [
    { about: 'platform', answer: 'no', sentence: `It was built for ${name}, and this is another system.` },
  ];
}

function hostCodeFindings(made: EngineMaking | undefined): Finding[] {
  if (!made?.versionCompatible || made.leanRuntimeExcluded) return [];
  return [
    {
      about: 'host-code',
      answer: 'unknown',
      sentence:
        'It carries a lean runtime, code that runs on the CPU where another TensorRT than the one that built it loads it: allow that only where you trust its origin.',
    },
  ];
}

function major(computeCapability: string): number {
  return Number(computeCapability.split('.')[0]);
}

/** `an NVIDIA H200`. */
function withArticle(name: string): string {
  return `${/^[AEIOU]|^NVIDIA/.test(name) ? 'an' : 'a'} ${name}`;
}
