/** How a key of the language is described. The keys themselves are in the files beside this one, one per group. */
import type {
  Dims,
  IoFormats,
  Located,
  MemorySize,
  Named,
  PathValue,
  Profile,
  ReferencePair,
  SafetyPlugin,
  WeightStreamingBudget,
} from '../model.ts';
import type { Availability, Version } from '../versions.ts';

export type Group =
  | 'config'
  | 'model'
  | 'shapes'
  | 'precision'
  | 'plan'
  | 'parser'
  | 'optimizer'
  | 'caches'
  | 'debug'
  | 'system'
  | 'inference'
  | 'accuracy'
  | 'tuning'
  | 'reporting';

/** One of the words that a value may be. */
export interface Choice extends Availability {
  readonly name: string;
  readonly doc: string;
  /** `TacticSource::kCUDNN`. */
  readonly api?: string;
  /** Other spellings that trtexec takes. */
  readonly aliases?: readonly string[];
  readonly deprecated?: Deprecation;
}

export interface Deprecation {
  readonly since?: Version;
  /** Its successor, in words: `stronglyTyped`, `memPoolSize: { workspace: … }`. */
  readonly instead?: string;
}

/** What a value may be, and how trtexec writes it. */
export type ValueSpec =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer' | 'number' | 'numbers'; readonly min?: number; readonly max?: number }
  /** A secret is a text that is never shown or stored. */
  | { readonly kind: 'text' | 'secret' | 'path' }
  /** Lists, each item a flag of its own. */
  | { readonly kind: 'paths' | 'safetyPlugins' }
  /** Lists, with commas in one flag; so are numbers and choices. */
  | { readonly kind: 'names' | 'texts' }
  /** A list of names with any number of `*`. */
  | { readonly kind: 'weights' }
  | { readonly kind: 'choice' | 'choices'; readonly choices: readonly Choice[] }
  /** `{ CUDNN: false }`, which trtexec writes `-CUDNN`. */
  | { readonly kind: 'switches'; readonly choices: readonly Choice[] }
  /** `{ NAME: CHOICE }`; `names`: all there may be. */
  | {
      readonly kind: 'choiceByName' | 'choicesByName';
      readonly names?: readonly Choice[];
      readonly choices: readonly Choice[];
    }
  | { readonly kind: 'pools'; readonly pools: readonly Choice[] }
  | { readonly kind: 'pathByName' | 'shapes' | 'profile' | 'profiles' | 'refPairs' }
  | { readonly kind: 'ioFormats'; readonly types: readonly Choice[]; readonly formats: readonly Choice[] }
  | { readonly kind: 'budget' }
  /** A number of bytes, or a size with its unit; -1 leaves it to TensorRT. */
  | { readonly kind: 'bytes' }
  /** True, or a text: a flag whose value may be left out. */
  | { readonly kind: 'switchOrText' }
  /** Of the language itself; read where it means something. */
  | { readonly kind: 'structure' };

export type ValueKind = ValueSpec['kind'];

/** What a reader gives for each kind. */
export interface KindValues {
  readonly boolean: boolean;
  readonly integer: number;
  readonly number: number;
  readonly text: string;
  readonly secret: string;
  readonly path: PathValue;
  readonly paths: readonly Located<PathValue>[];
  readonly safetyPlugins: readonly Located<SafetyPlugin>[];
  readonly names: readonly Located<string>[];
  readonly weights: readonly Located<string>[];
  readonly numbers: readonly Located<number>[];
  readonly texts: readonly Located<string>[];
  readonly choice: string;
  readonly choices: readonly Located<string>[];
  readonly switches: readonly Named<boolean>[];
  readonly choiceByName: readonly Named<string>[];
  readonly choicesByName: readonly Named<readonly string[]>[];
  readonly pools: readonly Named<MemorySize>[];
  readonly pathByName: readonly Named<PathValue>[];
  readonly shapes: readonly Named<Dims>[];
  readonly profile: Profile;
  readonly profiles: readonly Profile[];
  readonly refPairs: readonly ReferencePair[];
  readonly ioFormats: IoFormats;
  readonly budget: WeightStreamingBudget;
  /** Bytes; -1 leaves it to TensorRT. */
  readonly bytes: number;
  readonly switchOrText: true | string;
  readonly structure: never;
}

export interface KeyDefinition extends Availability {
  readonly group: Group;
  /** What it is about: the engine, measuring it, showing what was found, or the config itself. */
  readonly role: 'build' | 'inference' | 'report' | 'config';
  readonly value: ValueSpec;
  /** trtexec's flags; those named as the key where absent, none where empty: then only the API has it. */
  readonly flags?: readonly string[];
  /** Flags that mean the same. */
  readonly aliases?: readonly string[];
  /** What it does, in a sentence or two of Markdown. */
  readonly doc: string;
  /** `BuilderFlag::kFP16`, `IBuilderConfig::setAvgTimingIterations`. */
  readonly api?: string;
  /** What counts where it is not set, in words. */
  readonly default?: string;
  readonly deprecated?: Deprecation;
  /** The first version in which it is taken and does nothing. */
  readonly noEffectSince?: Version;
  /** Whether TensorRT for RTX has it. */
  readonly rtx: 'yes' | 'no' | 'no effect';
}

export type KeyTable = Readonly<Record<string, KeyDefinition>>;
