/** Models with dynamic inputs need profiles; those that a config lacks, ready to be pasted. */
import path from 'node:path';
import { entryText, scalarText, type YamlValue } from '../../build-config/emit.ts';
import type { BuildConfig } from '../../build-config/model.ts';
import { completeProfiles } from '../../build-config/profiles.ts';
import type { Model, ValueInfo } from '../../onnx/model/model.ts';

/** Inputs with a dimension that the model leaves open; those that an initializer gives are none of the network. */
export function dynamicInputs({ graph }: Model): ValueInfo[] {
  const given = new Set(graph?.initializers.map(({ name }) => name));
  return (graph?.inputs ?? []).filter(({ name, type }) => {
    const shape = type?.kind === 'tensor' ? type.shape : undefined;
    return !given.has(name) && shape?.some(({ kind }) => kind !== 'value') === true;
  });
}

/** Dynamic inputs, where the build says nothing of any shapes; what it says of some only is TensorRT's to judge. */
export function inputsWithoutShapes(build: BuildConfig, model: Model): ValueInfo[] {
  return completeProfiles(build).length > 0 ? [] : dynamicInputs(model);
}

/** A sentence, and what to put into which file. */
export function missingProfiles(build: BuildConfig, model: string, inputs: readonly ValueInfo[]): string {
  const names = inputs.map(({ name }) => name).join(', ');
  const open = inputs.length === 1 ? `its input ${names} has` : `its inputs ${names} have`;
  const snippet = profileSnippet(inputs);
  const file = `${path.basename(model).replace(/\.(onnx|onnxtxt|onnxtext)$/i, '')}.trt.yaml`;
  const advice =
    build.file === ''
      ? `Write ${file} beside the model, with the sizes that you use, and build that:\n\nmodel: ${scalarText(path.basename(model))}\n${snippet}`
      : `Put profiles into ${path.basename(build.file)}, with the sizes that you use:\n\n${snippet}`;
  return `${model} cannot be built as it is: ${open} dimensions that are known at run time only, and TensorRT must be told which sizes they take.\n${advice}`.trimEnd();
}

/** `profiles:` with every dynamic input, in YAML; the sizes of open dimensions are a guess that people put right. */
export function profileSnippet(inputs: readonly ValueInfo[]): string {
  const entries = inputs.map(({ name, type }): [string, YamlValue] => {
    const shape = (type?.kind === 'tensor' ? type.shape : undefined) ?? [];
    const sized = (open: (position: number) => number) =>
      shape.map((dim, position) => (dim.kind === 'value' ? Number(dim.value) : open(position)));
    return [
      name,
      {
        entries: [
          ['min', sized(() => 1)],
          ['opt', sized((position) => (position === 0 ? 1 : commonSize(shape.length, position)))],
          ['max', sized((position) => (position === 0 ? 8 : 2 * commonSize(shape.length, position)))],
        ],
      },
    ];
  });
  return entryText('profiles', [{ entries }]);
}

/** Height and width of images, else a length. */
function commonSize(rank: number, position: number): number {
  return rank === 4 && position >= 2 ? 224 : 64;
}
