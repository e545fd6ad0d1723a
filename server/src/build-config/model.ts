/**
 * What a build config is: the file as written (a tree with positions), and the builds that follow from it. Everything that was
 * written keeps the place it was written at, through `extends`, `builds` and `matrix`, so that any later step can point there.
 */
import type { Range } from 'vscode-languageserver-types';
import type { ConfigKey, ValueOf } from './flags/index.ts';

/** A place in a config file. */
export interface Origin {
  /** Path of the file as the caller named it: absolute for files on disk. */
  readonly file: string;
  readonly range: Range;
}

/** A value, and where it is written. */
export interface Located<Value> {
  readonly value: Value;
  readonly origin: Origin;
}

/** An entry of a map whose keys are names: of tensors, layers, pools, features. */
export interface Named<Value> {
  readonly name: Located<string>;
  readonly value: Located<Value>;
}

/** A file: relative paths start at the folder of the config file that they are written in. */
export interface PathValue {
  readonly text: string;
  /** Absolute where the config lies in a file; `text` otherwise. */
  readonly path: string;
}

/** Empty for a scalar. For a shape tensor, these are its values. */
export type Dims = readonly number[];

/** `0.25GiB`: kept as written, since a decimal amount is no whole number of its unit. */
export interface MemorySize {
  /** Decimal, without a unit. */
  readonly amount: string;
  readonly unit: MemoryUnit;
  /** Rounded down, as TensorRT's tools do. */
  readonly bytes: number;
}
export type MemoryUnit = 'B' | 'KiB' | 'MiB' | 'GiB';

/** The shapes of one input in a profile. What is not given follows from the others: see profiles.ts. */
export interface ProfileInput {
  /** May contain one `*`. */
  readonly name: Located<string>;
  readonly min?: Located<Dims>;
  readonly opt?: Located<Dims>;
  readonly max?: Located<Dims>;
  /** Of all that is said of the input. */
  readonly origin: Origin;
}

export interface Profile {
  readonly inputs: readonly ProfileInput[];
  readonly origin: Origin;
}

/** Type and formats of an input or output; several formats leave TensorRT the choice. */
export interface IoFormat {
  /** `fp16` …; not for TensorRT 11, which takes the type from the network. */
  readonly type?: string;
  /** `chw`, `hwc8` …; at least one. */
  readonly formats: readonly string[];
}

/** By name, or by position: one for each input (output) in the network's order, or a single one for all. */
export type IoFormats =
  | { readonly by: 'name'; readonly entries: readonly Named<IoFormat>[] }
  | { readonly by: 'position'; readonly items: readonly Located<IoFormat>[] };

export type WeightStreamingBudget =
  | { readonly kind: 'off' }
  | { readonly kind: 'automatic' }
  /** 0 to 100. */
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'size'; readonly size: MemorySize };

/** Inputs and the outputs that a reference computed from them, by tensor name. */
export interface ReferencePair {
  readonly loadInputs: readonly Named<PathValue>[];
  readonly loadRefOutputs: readonly Named<PathValue>[];
  readonly origin: Origin;
}

export interface SafetyPlugin {
  readonly library: PathValue;
  /** `namespace::plugin`; empty for all. */
  readonly plugins: readonly string[];
}

/** A setting of a build. */
export interface Setting<Value> extends Located<Value> {
  /** The key in the file: what a problem with the setting as a whole is shown at. */
  readonly keyOrigin: Origin;
}

/** One engine to build: all that `extends`, `builds` and `matrix` say of it, put together. */
export interface BuildConfig {
  /** `fp16-ada`: its place in `builds` and `matrix`, joined; empty for the only build of a file. */
  readonly name: string;
  /** The config file that was asked for, not one that it extends. */
  readonly file: string;
  /** Where the build is declared: its name under `builds`, or the first line. */
  readonly origin: Origin;
  /** What the build was chosen by: `{ precision: 'fp16', gpu: 'ada' }`. */
  readonly axes: Readonly<Record<string, string>>;
  /** Keys that are set, in the order in which they are written. A boolean that is false counts as set. */
  readonly keys: readonly ConfigKey[];
  /** Undefined where it is not set, or set to something that it cannot be (a problem says so). */
  get<Key extends ConfigKey>(key: Key): Setting<ValueOf<Key>> | undefined;
  /** Flags that the language has no key for, each one word of a command line: `--somethingNew=3`. */
  readonly unknownFlags: readonly Located<string>[];
}

/** An edit of a config file. */
export interface ConfigEdit {
  readonly origin: Origin;
  readonly newText: string;
}

export interface ConfigFix {
  /** As a command: `Replace by "profiles"`. */
  readonly title: string;
  readonly edits: readonly ConfigEdit[];
  /** At most one per problem: the one that "Auto Fix" applies. */
  readonly isPreferred?: boolean;
}

export interface ConfigProblem {
  /** `config.unknown-key` …; each has a page in docs/diagnostics. */
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  /** For people: what is wrong, and what to do. */
  readonly message: string;
  readonly origin: Origin;
  /** Shown struck through: what has no effect, or is superseded. */
  readonly tag?: 'unnecessary' | 'deprecated';
  readonly related?: readonly { readonly origin: Origin; readonly message: string }[];
  readonly fixes?: readonly ConfigFix[];
}

/** YAML as written, without its notations: anchors are followed, merge keys merged. */
export type ConfigNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written, without quotes: `0x10`, `1.50`. */
  readonly text: string;
  /** Whether it is in quotes, or a block: then it is text whatever it looks like. */
  readonly isQuoted: boolean;
  readonly origin: Origin;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
  readonly origin: Origin;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
  readonly origin: Origin;
}

export interface MapEntry {
  readonly key: ScalarNode;
  readonly value: ConfigNode;
  /** Of key and value, without the line's end. */
  readonly origin: Origin;
  /** It is written in another map, which this one merges (`<<: *base`). */
  readonly isMerged?: true;
}

/** A config file as written. */
export interface ConfigFile {
  readonly file: string;
  readonly text: string;
  /** Undefined where the file is empty or no map. */
  readonly root: MapNode | undefined;
  /** Of the file by itself: syntax, unknown keys, wrong values. */
  readonly problems: readonly ConfigProblem[];
}

/** A config file with all that it extends. */
export interface ResolvedConfig {
  /** The file asked for first, then those it extends. */
  readonly files: readonly ConfigFile[];
  /** At least one, unless the file cannot be read as a config at all. */
  readonly builds: readonly BuildConfig[];
  /** Of all files, and of how they come together. */
  readonly problems: readonly ConfigProblem[];
}
