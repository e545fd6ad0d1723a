/** `onnx-trt refit --format json`. docs/engines.md promises what is in it. */
import type { MappedWeight } from '../../engine/refit/map-weights.ts';
import { dataTypeName } from '../../onnx/model/data-types.ts';
import { provenancePath } from '../../tensorrt/build/provenance.ts';
import type { RefitCheck, RefitOutcome } from '../../tensorrt/engines/refit/refit-engine.ts';

export function listJson(
  engine: string,
  model: string,
  listed: { readonly isRefittable: boolean; readonly weights: readonly MappedWeight[] },
): string {
  return text({
    engine,
    model,
    isRefittable: listed.isRefittable,
    weights: listed.weights.map(weightJson),
  });
}

export function checkJson(engine: string, model: string, check: RefitCheck): string {
  const { weights, ...found } = check;
  return text({ engine, model, ...found, weights: weights.map(weightJson) });
}

export function outcomeJson(engine: string, model: string, outcome: RefitOutcome): string {
  const { kind, weights, ...found } = outcome;
  if (outcome.kind === 'refused') {
    const { missing, problems } = outcome;
    return text({
      engine,
      model,
      outcome: kind,
      ...found,
      missing: missing.map((name) =>
        weightJson(weights.find((weight) => weight.name === name) ?? unknown(name)),
      ),
      problems,
    });
  }
  const { output } = outcome;
  return text({
    engine,
    model,
    outcome: kind,
    ...found,
    ...(output && {
      output: {
        path: output.path,
        bytes: output.bytes,
        ...(output.hasProvenance && { provenance: provenancePath(output.path) }),
      },
    }),
  });
}

function unknown(name: string): MappedWeight {
  return { name, isMissing: true, roles: [] };
}

/** The values stay where they are. */
function weightJson({ tensor, ...weight }: MappedWeight): object {
  return {
    ...weight,
    ...(tensor && {
      initializer: { name: tensor.name, type: dataTypeName(tensor.dataType), dims: tensor.dims.map(Number) },
    }),
  };
}

function text(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
