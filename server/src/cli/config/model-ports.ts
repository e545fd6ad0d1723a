import type { BuildConfig } from '../../build-config/model.ts';
import { modelPath } from '../../build-config/paths.ts';
import { portsOf } from '../../build-config/trtexec/ports.ts';
import type { Port } from '../../build-config/trtexec/to-trtexec.ts';
import { loadModel } from '../../node/load-model.ts';

/** Inputs and outputs of the model, read only where formats by name need their order; empty where it cannot be read. */
export function modelPorts(build: BuildConfig): {
  readonly inputs?: readonly Port[];
  readonly outputs?: readonly Port[];
} {
  const byName = [build.get('inputIOFormats'), build.get('outputIOFormats')].some(
    (formats) => formats?.value.by === 'name',
  );
  if (!byName) return {};
  try {
    return portsOf(loadModel(modelPath(build)).model);
  } catch {
    // What is then missing is told of by who asked: the formats are left out.
    return {};
  }
}
