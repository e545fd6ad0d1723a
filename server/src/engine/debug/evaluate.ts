/** Captured files of values to what is told of them. */
import type { FileAccess } from '../../onnx/model/file-access.ts';
import type { GraphNode } from '../graph-nodes.ts';
import { compareValues } from '../tensor-values/compare-values.ts';
import { valueStatistics } from '../tensor-values/statistics.ts';
import { type Precision, type Tolerance, toleranceFor } from '../tensor-values/tolerance.ts';
import { openValueFile } from '../tensor-values/value-file.ts';
import type { CapturedValues, DebugTensor, StoredValues } from './capture.ts';

export interface CapturedFiles {
  /** Of the engine and of the reference, by tensor. */
  readonly engine: readonly StoredValues[];
  readonly reference: readonly StoredValues[];
  /** Names of the model's outputs. */
  readonly outputs: ReadonlySet<string>;
}

export interface EvaluationOptions {
  readonly files: FileAccess;
  /** Absolute path of a stored file. */
  readonly resolve: (file: string) => string;
  readonly nodes: readonly GraphNode[];
  readonly precision: Precision;
  readonly tolerance?: Tolerance | undefined;
}

/**
 * One tensor at a time, in the model's order, as this reads all values; a caller may stop between two. Throws an error for people where a
 * file cannot be read.
 */
export function* evaluateTensors(
  { engine, reference, outputs }: CapturedFiles,
  options: EvaluationOptions,
): Generator<DebugTensor> {
  const writers = new Map(
    options.nodes
      .filter(({ path }) => path.length === 0)
      .flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  const [ofEngine, ofReference] = [engine, reference].map(
    (stored) => new Map(stored.map((values) => [values.name, values])),
  );
  const names = new Set([...engine, ...reference].map(({ name }) => name));
  const ordered = [
    ...[...writers.keys()].filter((name) => names.has(name)),
    ...[...names].filter((name) => !writers.has(name)),
  ];
  for (const name of ordered) {
    const node = writers.get(name);
    yield {
      name,
      ...(node && { node: { name: node.name, operator: node.operator } }),
      isOutput: outputs.has(name),
      ...valuesOf(ofEngine?.get(name), ofReference?.get(name), options),
    };
  }
}

function valuesOf(
  engine: StoredValues | undefined,
  reference: StoredValues | undefined,
  { files, resolve, precision, tolerance }: EvaluationOptions,
): Pick<DebugTensor, 'engine' | 'reference' | 'comparison'> {
  const open = (values: StoredValues) => openValueFile(resolve(values.file), files, values.type);
  const captured = (values: StoredValues | undefined): CapturedValues | undefined =>
    values && { ...values, statistics: valueStatistics(open(values)) };
  const own = captured(engine);
  const other = captured(reference);
  if (!own || !other) return { ...(own && { engine: own }), ...(other && { reference: other }) };
  const allowed = toleranceFor(
    [own.type, other.type],
    other.statistics.finite?.magnitude ?? 0,
    precision,
    tolerance,
  );
  return { engine: own, reference: other, comparison: compareValues(open(own), open(other), allowed) };
}
