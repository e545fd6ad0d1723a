/** A model without a config is built with TensorRT's defaults, which know no sizes of inputs. */
import path from 'node:path';
import { newConfig } from '../../features/build-config/new-config.ts';
import type { LoadedModel } from '../../node/load-model.ts';

/** Throws an error for people, with a config to begin with, where the model leaves dimensions of its inputs open. */
export function requireFixedInputs({ name, path: file, model }: LoadedModel): void {
  const { text, isDynamic } = newConfig(path.basename(file), model);
  if (!isDynamic) return;
  const config = path.join(
    path.dirname(name),
    `${path.basename(name).replace(/\.(onnx|onnxtxt|onnxtext)$/i, '')}.trt.yaml`,
  );
  throw new Error(
    `${name} takes inputs of several sizes, and TensorRT must be told which. Write a build config, ${config}, and build that:\n\n${text.trimEnd()}`,
  );
}
