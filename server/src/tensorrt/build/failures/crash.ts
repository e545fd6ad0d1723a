/** A TensorRT that crashed, aborted or was killed while it built: what it was doing, and how to see it again. */
import type { BuildProgress } from '../../../../../native-bridge/src/build-protocol.ts';
import { redactSecrets } from '../../../build-config/trtexec/secrets.ts';
import { type Death, deathSentence } from '../../bridge/bridge-error.ts';
import { displayName } from '../../installations/installation.ts';
import { firstPlace } from './config-places.ts';
import type { BuildDeath, BuildProblem, FailedBuild } from './problem.ts';
import { reproduction } from './reproduce.ts';
import type { BuildCode } from './rule.ts';

interface Cause {
  readonly code: BuildCode;
  readonly advice: string;
  readonly config?: BuildProblem['config'];
}

/** `known` is what the last words mean, where they are known. */
export function explainEnd(
  failed: FailedBuild & { readonly cause: { readonly kind: 'ended' } },
  known: (Cause & { readonly explanation: string }) | undefined,
): BuildProblem {
  const { error, progress } = failed.cause;
  const cause = known ?? killed(failed) ?? unknownCrash(failed);
  const lines = reproduction(failed.build, failed.info);
  const message = [
    ...(known ? [known.explanation] : []),
    error.message,
    ...(progress ? [`It was ${activity(progress)}.`] : []),
    `To see it again on the command line:\n${lines.map((line) => `  ${line}`).join('\n')}`,
  ].join('\n');
  return {
    code: cause.code,
    message: redactSecrets(message),
    advice: cause.advice,
    ...(cause.config && { config: cause.config }),
    ...(error.death && { death: deathOf(error.death, failed) }),
  };
}

/** Without what it was at, which is the build, of a file that may be a temporary one. */
function deathOf({ operation: _, ...death }: Death, { info }: FailedBuild): BuildDeath {
  return {
    signal: death.signal,
    sentence: redactSecrets(deathSentence(displayName(info), death)),
  };
}

/** `building for 4.2 s: Building engine (step 3 of 7) › Tactic selection (step 1 of 2)`. */
function activity({ stage, elapsed, phases }: BuildProgress): string {
  const names = phases.map(({ name, step, steps }) => `${name} (step ${step} of ${steps})`);
  return `${stage} for ${(elapsed / 1000).toFixed(1)} s${names.length > 0 ? `: ${names.join(' › ')}` : ''}`;
}

function killed({ cause, build }: FailedBuild): Cause | undefined {
  if (cause.kind !== 'ended' || cause.error.death?.signal !== 'SIGKILL') return undefined;
  return {
    code: 'build.out-of-memory',
    advice:
      'TensorRT was killed from outside. Mostly that is the system’s answer to memory running out (on Linux, `dmesg` says so): close other programs, build on a machine with more memory, or lower `builderOptimizationLevel`.',
    ...place(build, ['builderOptimizationLevel']),
  };
}

function unknownCrash({ build, info, cause }: FailedBuild): Cause {
  if (cause.kind === 'ended' && cause.error.kind === 'not-started') {
    return { code: 'build.failed', advice: 'Install these tools again, or choose another TensorRT.' };
  }
  const debugs = firstPlace(build, ['markDebug', 'markUnfusedTensorsAsDebugTensors']);
  const attempts = [
    ...(debugs ? ['mark fewer debug tensors at once, or none'] : []),
    ...(info.mode === 'cpu-only' && info.product === 'TensorRT'
      ? [
          'build on a machine with a GPU, or with TensorRT for RTX (`runtime: tensorrt-rtx`): this TensorRT was not made to build without one',
        ]
      : []),
    'use a newer TensorRT',
    `set \`builderOptimizationLevel\` to ${build.get('builderOptimizationLevel')?.value === 2 ? '0' : '2'}`,
    'give fixed shapes in place of a range',
    'take one setting away at a time',
  ];
  return {
    code: 'build.crashed',
    advice: `A crash is TensorRT’s own mistake. To get around it: ${attempts.join('; ')}. To find the part of the model that is at fault, extract halves of it (“Extract … nodes as a new model”) and build those. NVIDIA wants to hear of it (github.com/NVIDIA/TensorRT/issues), with the model and the second line above.`,
    ...(debugs && { config: debugs }),
  };
}

function place(build: FailedBuild['build'], keys: Parameters<typeof firstPlace>[1]): Pick<Cause, 'config'> {
  const config = firstPlace(build, keys);
  return config ? { config } : {};
}
