/** What TensorRT says of a part of the model that it cannot build, and of settings that do not fit the model. */
import { firstPlace, placeOfKey } from './config-places.ts';
import type { FailureRule, RuleInput } from './rule.ts';

const strongTyping = ({ info, build }: RuleInput) =>
  info.weaklyTypedNetworks && !build.get('stronglyTyped')?.value
    ? 'allow fp16 or bf16 (more kernels), or fix the types with `stronglyTyped`'
    : 'cast this part to float16 or float32 in the model, which may have other kernels';

export const modelRules: readonly FailureRule[] = [
  {
    code: 'build.conditional',
    operator: 'If',
    words: /tScope\.getType\(\) != ScopeType::kUNDEFINED/,
    explanation: ({ runtime }) =>
      `${runtime} cannot build the If nodes of this model: what their branches use or give cannot be told to belong inside or outside of them.`,
    advice: () =>
      'Remove If nodes whose condition is known (onnxsim, polygraphy surgeon sanitize --fold-constants), export one model per case (8 and 16 kHz, say), or compute both branches and choose with Where.',
  },
  {
    code: 'build.debug-tensors',
    words: /slice of isDebug for (?<tensor>.+?)'? is listed more than once/,
    explanation: ({ runtime, match }) =>
      `${runtime} fuses layers so that ${match.groups?.['tensor'] ?? 'a debug tensor'} would come out twice, a mistake of TensorRT’s (seen in 10.6) with several debug tensors in one fused part.`,
    advice: ({ match }) =>
      `Mark fewer tensors at once, ${match.groups?.['tensor'] ?? 'this one'} in a build of its own, or use a newer TensorRT.`,
    config: ({ build, match }) => debugTensor(build, match.groups?.['tensor']),
  },
  {
    code: 'build.debug-tensors',
    marksNodes: false,
    words: /debug output for (?<tensor>.+?) has no runners that implement it/,
    explanation: ({ runtime, match }) =>
      `${runtime} cannot copy ${match.groups?.['tensor']} out as a debug tensor.`,
    advice: () => 'Inputs and outputs of the network are at hand anyway: mark tensors between them only.',
    config: ({ build, match }) => debugTensor(build, match.groups?.['tensor']),
  },
  {
    code: 'build.calibration',
    words: /Calibration failure occurred with no scaling factors detected/,
    explanation: ({ runtime }) =>
      `${runtime} is to use INT8 and does not know the ranges of the model’s values.`,
    advice: () =>
      'Give a calibration cache (`calib`), or quantize the model with Q/DQ nodes, which carry their scales (NVIDIA ModelOpt); implicit quantization is gone in TensorRT 11.',
    config: ({ build }) => firstPlace(build, ['int8', 'best']),
  },
  {
    code: 'build.format',
    marksNodes: false,
    words: /(?<tensor>[^\s(]+): has dataType (?<type>\w+) unsupported by tensor's allowed TensorFormats/,
    explanation: ({ match }) =>
      `None of the formats allowed for ${match.groups?.['tensor']} can hold its type, ${match.groups?.['type']}.`,
    advice: () =>
      'Use `chw` (linear), which holds every type; `hwc8`, `chw16` and the like hold 16- or 8-bit types, so cast the input in the model first.',
    config: ({ build, match }) => {
      const tensor = match.groups?.['tensor'];
      for (const key of ['inputIOFormats', 'outputIOFormats'] as const) {
        const formats = build.get(key)?.value;
        const named =
          formats?.by === 'name' ? formats.entries.find(({ name }) => name.value === tensor) : undefined;
        if (named) return named.value.origin;
      }
      return firstPlace(build, ['inputIOFormats', 'outputIOFormats', 'directIO']);
    },
  },
  {
    code: 'build.no-implementation',
    words: /Could not find any implementation for node/,
    applies: ({ build }) => build.get('safe')?.value === true,
    explanation: ({ runtime }) => `${runtime} has no kernel of its safe mode for a part of the model.`,
    advice: () => 'Remove `safe`: few operators and GPUs have safe kernels.',
    config: ({ build }) => placeOfKey(build, 'safe'),
  },
  {
    code: 'build.no-implementation',
    words: /Could not find any implementation for node/,
    explanation: ({ runtime }) =>
      `${runtime} found no kernel (tactic) that computes the marked part of the model in the memory, the precision and the formats that it may use.`,
    advice: (given) =>
      `In this order: ${given.build.get('memPoolSize') ? 'raise `memPoolSize: { workspace: … }` or leave it out' : 'see that the GPU’s memory is free'}; ${strongTyping(given)}; ${given.build.get('builderOptimizationLevel') ? 'raise' : 'set'} \`builderOptimizationLevel\` to 4 or 5${given.build.get('tacticSources') ? ', and allow all `tacticSources`' : ''}; make the range of the profiles smaller; try a newer TensorRT; write a plugin for the operator that is at fault. \`markDebug\` on a tensor in its middle splits the part and shows which half it is.`,
    config: ({ build }) =>
      firstPlace(build, ['memPoolSize', 'tacticSources', 'precisionConstraints', 'builderOptimizationLevel']),
  },
  {
    code: 'build.failed',
    words: /Network must have at least one output/,
    explanation: () => 'The model has no graph with outputs; the file may be no ONNX model at all.',
    advice: () =>
      'See that the file is whole and an ONNX model: open it in the editor, or run `onnx-trt check` on it.',
    config: ({ build }) => placeOfKey(build, 'model'),
  },
];

/** Last, for they say little: what TensorRT did not expect of itself. */
export const internalRules: readonly FailureRule[] = [
  {
    code: 'build.internal-error',
    words:
      /Error Code \d+: (?:Internal Error|Myelin|Cask)|MyelinCheckException|Assertion .* failed|Error Code: 9: Skipping tactic/,
    explanation: ({ runtime }) => `${runtime} failed inside itself.`,
    advice: ({ build }) =>
      `Try a newer TensorRT, ${build.get('builderOptimizationLevel') ? 'another' : 'a lower'} \`builderOptimizationLevel\` (2, say), fixed shapes in place of a range, and one setting less at a time. If it stays, NVIDIA wants to hear of it (github.com/NVIDIA/TensorRT/issues), with the model and the command line.`,
  },
];

function debugTensor(build: RuleInput['build'], tensor: string | undefined) {
  const marked = build.get('markDebug')?.value.find(({ value }) => value === tensor);
  return marked?.origin ?? firstPlace(build, ['markDebug', 'markUnfusedTensorsAsDebugTensors']);
}
