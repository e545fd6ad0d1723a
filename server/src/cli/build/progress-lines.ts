import type { BuildProgress } from '../../../../native-bridge/src/build-protocol.ts';
import { secondsText } from '../../tensorrt/build/words.ts';
import { printable } from '../report/style.ts';

/** A build at a moment; times are those of performance.now(). */
export interface BuildProgressView {
  readonly title: string;
  /** `preparing`, `waiting`, or TensorRT's stage. */
  readonly doing: string;
  readonly since: number;
  /** The last that was heard, and when. */
  readonly progress?: BuildProgress;
  readonly receivedAt?: number;
}

/**
 * The phases that TensorRT tells of, each inside the one above, with its own count of steps:
 * ```
 *   detector.trt.yaml · fp16: building, 12.3 s
 *     Building engine: 1 of 3, 12.1 s
 *       Computing profile costs: 34 of 120, 3.1 s
 * ```
 */
export function progressLines(
  { title, doing, since, progress, receivedAt }: BuildProgressView,
  now: number,
): string {
  const passed = receivedAt === undefined ? 0 : now - receivedAt;
  const phases = (progress?.phases ?? []).map(
    ({ name, step, steps, elapsed }, depth) =>
      `${'  '.repeat(depth + 2)}${printable(name)}: ${step} of ${steps}, ${secondsText(elapsed + passed)}`,
  );
  return [`  ${printable(title)}: ${doing}, ${secondsText(now - since)}`, ...phases].join('\n');
}
