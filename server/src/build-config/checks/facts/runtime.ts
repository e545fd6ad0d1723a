import { productName } from '../../../engine/runtime-fit.ts';
import { isAtLeast, type Version } from '../../versions.ts';
import type { RuntimeFacts } from './facts.ts';

/** The version of TensorRT (not of TensorRT for RTX), where that is what builds. */
export function tensorrtVersion(runtime: RuntimeFacts | undefined): Version | undefined {
  return runtime?.product === 'TensorRT' ? runtime.version : undefined;
}

/** Whether TensorRT may choose types itself unless told otherwise: 10.x. Undefined where the runtime is not known. */
export function choosesTypes(runtime: RuntimeFacts | undefined): boolean | undefined {
  if (runtime?.product === 'TensorRT-RTX') return false;
  const version = tensorrtVersion(runtime);
  return version === undefined ? undefined : !isAtLeast(version, '11.0');
}

/** `TensorRT 10.6`, `TensorRT for RTX`. */
export function runtimeText({ product, version }: RuntimeFacts): string {
  const name = productName(product);
  return version === undefined ? name : `${name} ${version}`;
}
