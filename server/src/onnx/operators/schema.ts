/** What ONNX's operator schemas say (OpSchema of the `onnx` package): facts of one version of one operator. */

import type { AttributeType } from '../model/model.ts';

export type ParameterOption =
  | 'single'
  /** May be left out, or given as an empty name. */
  | 'optional'
  /** The last one; stands for any number of values from `minimum` on. */
  | 'variadic';

export interface FormalParameter {
  readonly name: string;
  /** A name of `typeConstraints` (`T`), or a type itself (`tensor(int64)`). */
  readonly type: string;
  readonly option: ParameterOption;
  /** Least number of values of a variadic parameter; 1 for a single one, 0 for an optional one. */
  readonly minimum: number;
  /** False where the values of a variadic parameter may differ in type. */
  readonly homogeneous: boolean;
  /** First sentence of ONNX's description, Markdown; may be empty. */
  readonly description: string;
}

export type AttributeDefault = number | string | readonly number[] | readonly string[];

export interface AttributeSchema {
  readonly name: string;
  readonly type: AttributeType;
  readonly required: boolean;
  /** Absent where leaving the attribute out is not the same as any value. */
  readonly default?: AttributeDefault;
  /** The values a string attribute can take, where they are a fixed set. */
  readonly allowedValues?: readonly string[];
  /** First sentence of ONNX's description, Markdown; may be empty. */
  readonly description: string;
}

export interface OperatorSchema {
  /** Empty string: ai.onnx. */
  readonly domain: string;
  readonly name: string;
  /** Opset version of its domain from which on this version of the operator holds. */
  readonly sinceVersion: number;
  readonly deprecated: boolean;
  /** Whether ONNX defines it in terms of other operators. */
  readonly isFunction: boolean;
  /** Whether its results are random. */
  readonly nonDeterministic: boolean;
  /** First sentence of ONNX's description, Markdown. */
  readonly summary: string;
  readonly inputs: readonly FormalParameter[];
  readonly outputs: readonly FormalParameter[];
  /** Types that a type name stands for, as ONNX writes them: `tensor(float)`, `seq(tensor(string))`. */
  readonly typeConstraints: ReadonlyMap<string, readonly string[]>;
  /** By name, in alphabetical order. */
  readonly attributes: ReadonlyMap<string, AttributeSchema>;
}

/** The formal parameter that the actual input or output of this index belongs to. */
export function parameterAt(
  parameters: readonly FormalParameter[],
  index: number,
): FormalParameter | undefined {
  const last = parameters.at(-1);
  return parameters[index] ?? (last?.option === 'variadic' ? last : undefined);
}
