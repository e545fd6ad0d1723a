/** What is known of the models of some builds. */
import {
  dimsText,
  type InputFacts,
  type ModelFacts,
  type PortFacts,
} from '../../build-config/checks/facts/facts.ts';
import { choosesTypes } from '../../build-config/checks/facts/runtime.ts';
import type { BuildConfig, ResolvedConfig } from '../../build-config/model.ts';
import type { Circumstances } from './circumstances.ts';
import type { Place } from './place.ts';

/** A matrix of thousands of builds names few models. */
const mostBuilds = 100;

export interface KnownModels {
  readonly models: readonly ModelFacts[];
  /** Whether TensorRT takes types from the model in all builds, so that formats go without. */
  readonly takesTypes: boolean;
}

export function knownModels(builds: readonly BuildConfig[], { of }: Pick<Circumstances, 'of'>): KnownModels {
  const facts = builds.map(of);
  const models = new Set(facts.flatMap(({ model }) => (model ? [model] : [])));
  return {
    models: [...models],
    takesTypes: facts.length > 0 && facts.every(({ runtime }) => choosesTypes(runtime) === false),
  };
}

/** The builds that what is written at a place counts for. */
export function buildsAt({ build }: Pick<Place, 'build'>, { builds }: ResolvedConfig): BuildConfig[] {
  // With a matrix, a build is one for each combination.
  const own =
    build === undefined
      ? builds
      : builds.filter(({ name }) => name === build || name.startsWith(`${build}-`));
  return own.slice(0, mostBuilds);
}

/** `fp32 [batch, 3, 224, 224]` */
export function portText(port: PortFacts | InputFacts): string {
  const dims = port.dims && dimsText(port.dims);
  const words = [port.type, dims].filter((word) => word !== undefined).join(' ');
  return 'isShapeTensor' in port && port.isShapeTensor ? `${words} (a shape: its values count)` : words;
}
