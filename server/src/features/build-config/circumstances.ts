/** What a config's features know besides its text. Whoever implements it answers from what is known, and reads what is small. */
import type { CheckFacts } from '../../build-config/checks/check.ts';
import type { BuildConfig } from '../../build-config/model.ts';
import type { RuntimeDescription } from '../../protocol.ts';
import type { OnnxDocument } from '../document.ts';

export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

export interface Circumstances extends CheckFacts {
  /** Files and folders in a folder, those that links lead to included; none where there is no such folder. */
  entriesOf(folder: string): readonly FolderEntry[];
  /** The TensorRT installations of this machine. */
  runtimes(): Promise<readonly RuntimeDescription[]>;
  /** What `runtime` comes to here, in Markdown: the installation, or why there is none. */
  runtimeText(build: BuildConfig): Promise<string>;
  /** What is known of the engine that the build writes, in Markdown. */
  engineText(build: BuildConfig): Promise<string>;
  /** The type of a value as ONNX text writes it, by our inference where the model does not say it; undefined where nothing is known. */
  typeOf(build: BuildConfig, value: string): Promise<string | undefined>;
  /** What an editor opens for the model; undefined where there is none. */
  modelUri(build: BuildConfig): string | undefined;
  /** The text that `modelUri` shows; undefined where it cannot be read. */
  modelText(build: BuildConfig): Promise<OnnxDocument | undefined>;
}
