/** Simulation: builds that fail over their debug tensors, with the words and the ends that TensorRT 10.6.0 had on an H200. */
import { appendFileSync, existsSync, readFileSync, writeSync } from 'node:fs';
import type { BuildResult } from '../../../native-bridge/src/build-protocol.ts';

/** A build that marks all of `together`, maybe others, too, ends so. None of them: every build does. */
export interface BadMarks {
  readonly together: readonly string[];
  /** Whether it does so over outputs, too, rather than over debug tensors alone. */
  readonly asOutputs?: boolean;
  /** `hangs`: goes on until its process is ended. `killed`: as by a system whose memory runs out. */
  readonly end: 'refused' | 'LLVM ERROR: out of memory' | 'corrupted double-linked list' | 'hangs' | 'killed';
}

/** A test's BadMarks, as JSON, in the file that the environment names; the first that fit count. */
const file = process.env['RECORDED_GPU_BAD_MARKS'];

/** Notes the build in `FILE.log`, a line with its marks, and answers how it ends; undefined where it gives an engine. */
export function endOfMarks(
  debugTensors: readonly string[],
  outputs: readonly string[],
): BadMarks | undefined {
  if (file === undefined || !existsSync(file)) return undefined;
  const asOutputs = outputs.length > 0;
  const marks = asOutputs ? outputs : debugTensors;
  appendFileSync(`${file}.log`, `${asOutputs ? 'outputs: ' : ''}${marks.join(' ')}\n`);
  const all: readonly BadMarks[] = JSON.parse(readFileSync(file, 'utf8'));
  return all.find(
    (bad) => (bad.asOutputs || !asOutputs) && bad.together.every((tensor) => marks.includes(tensor)),
  );
}

/** Answers a refusal; does not come back from the other ends. */
export async function endBuild({ together, end }: BadMarks): Promise<BuildResult> {
  if (end === 'hangs') return await new Promise(() => undefined);
  if (end !== 'refused') {
    if (end !== 'killed') writeSync(2, `${end}\n`);
    process.kill(process.pid, end === 'killed' ? 'SIGKILL' : 'SIGABRT');
    return await new Promise(() => undefined);
  }
  return {
    failure: {
      stage: 'building',
      message: `[checkSanity.cpp::TensorInfo::125] Error Code 2: Internal Error (Assertion tensorListedOnce failed. slice of isDebug for ${together.at(-1)}' is listed more than once)`,
    },
    parserErrors: [],
    log: [],
    milliseconds: { parsing: 1, configuring: 1, building: 2, writing: 0 },
    phases: [],
    peakMemory: { host: 0 },
    notes: [],
  };
}
