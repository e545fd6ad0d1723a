import type { Rule, RuleInput, Target } from './rule.ts';

const attribute = (name: string) => (): Target => ({ kind: 'attribute', name });

/** An attribute value that TensorRT's importer of an operator does not implement. */
function unsupportedAttribute(
  name: string,
  words: RegExp,
  limit: string | ((input: RuleInput) => string),
  advice: string,
): Rule {
  return {
    code: 'trt.unsupported-attribute',
    words,
    explanation: (given) => (typeof limit === 'string' ? limit : limit(given)),
    advice: () => advice,
    target: attribute(name),
  };
}

/** Operators whose axes, shape or size input has to be known when the engine is built. */
const constantInputs: Readonly<Record<string, number>> = {
  Squeeze: 1,
  Unsqueeze: 1,
  Dropout: 2,
  DFT: 2,
  Upsample: 1,
  STFT: 1,
  OneHot: 1,
};

function constantInput({ record }: RuleInput): Target {
  return {
    kind: 'input',
    index: record.operator.startsWith('Reduce') ? 1 : (constantInputs[record.operator] ?? 1),
  };
}

const makeConstant = (what: string) => () =>
  `Store ${what} as an initializer or a Constant node. Exporters do so when the value is a plain number in the source; otherwise run a constant folder (onnxsim, polygraphy surgeon sanitize --fold-constants) over the model.`;

/**
 * What TensorRT's parsers say, from most to least particular; the first rule that fits explains an error. Gathered from the
 * errors of all ONNX conformance models on TensorRT 10.15, 11.2 and TensorRT for RTX 1.7, and from onnx-tensorrt's source.
 */
export const rules: readonly Rule[] = [
  {
    code: 'trt.unsupported-input-type',
    words: /convertDtype\(/,
    function: /^importInput$/,
    explanation: ({ record, runtime }) =>
      `${runtime} cannot take the input ${record.file}: it has no such element type for the inputs of a network.`,
    advice: () =>
      'Give the input a type that TensorRT has (float, float16, bfloat16, int64, int32, int8, uint8, bool) and convert outside the model. Text belongs in a preprocessing step before TensorRT.',
    target: () => ({ kind: 'type' }),
  },
  {
    code: 'trt.unsupported-shape',
    words: /convertOnnxDims\(/,
    function: /^importInput$/,
    explanation: ({ record, runtime }) =>
      `${runtime} cannot take the shape of the input ${record.file}: it allows at most 8 dimensions, each at most 2^31 − 1.`,
    advice: () => 'Reshape the input outside the model.',
    target: () => ({ kind: 'type' }),
  },
  {
    code: 'trt.invalid-graph',
    words: /Failed to add input/,
    explanation: ({ record, runtime }) =>
      `${runtime} refused the input ${record.file}: its name is taken, or its type and shape do not go together.`,
    advice: () => 'Give every input a name of its own, and a shape of known rank.',
  },
  {
    code: 'trt.unsupported-initializer',
    words: /Failed to import initiali?zer(?:: .*: (\S+)$)?/s,
    explanation: ({ match, runtime }) =>
      `${runtime} cannot read the initializer${match[1] ? ` ${match[1]}` : ''}: its type has no counterpart in TensorRT, or its data is missing or of the wrong size.`,
    advice: () =>
      'Remove initializers of strings, complex numbers and unsigned 16- to 64-bit integers, or convert them; where the data is external, see that its file lies where the model says.',
  },
  {
    code: 'trt.cycle',
    words: /toposort\(/,
    explanation: () => 'The graph has a cycle: some node needs, directly or through others, its own output.',
    advice: () => 'Find the value that is defined from itself, and give one of the two a name of its own.',
  },
  {
    code: 'trt.undefined-value',
    words: /Node input was not registered/,
    explanation: ({ record }) =>
      `${record.operator || 'This node'} uses a value that nothing before it defines: no input, initializer or node output has this name.`,
    advice: () => 'Correct the name, or define the value before it is used.',
    target: () => ({ kind: 'undefined-input' }),
  },
  {
    code: 'trt.undefined-value',
    words:
      /Trying to access weights or a null tensor|output tensor was not registered|Could not find output tensor/,
    explanation: () => 'An output of the graph is computed by no node.',
    advice: () => 'Add the node that computes it, correct its name, or remove the output.',
  },
  {
    code: 'trt.function-arguments',
    words: /node\.input\(\)\.size\(\) == function\.input\(\)\.size\(\)|unexpected number of inputs/,
    explanation: ({ record }) =>
      `The call of the local function ${record.operator} gives another number of inputs than the function declares. ONNX allows leaving out trailing inputs of a function; TensorRT does not.`,
    advice: () => 'Pass every input, an empty one as `""`, or split the function in two.',
  },
  {
    code: 'trt.unsupported-node',
    words: /^false$/,
    explanation: ({ record, runtime }) =>
      `${runtime} knows the ONNX operator ${record.operator} and does not implement it.`,
    advice: () =>
      'Express it with operators that TensorRT has (many exporters can decompose it; onnx.inliner expands operators that ONNX defines as functions), move it out of the model, or write a plugin for it.',
  },
  {
    code: 'trt.plugin-not-found',
    words:
      /Plugin not found|failed to load (\w+) plugin|plugin was not found|plugin creator version \d+ was not found/i,
    explanation: ({ record, runtime, node }) => {
      if (node?.isStandardOperator) {
        return `${runtime} has no implementation of the ONNX operator ${record.operator}, and no plugin of this name is loaded.`;
      }
      if (node?.domain.startsWith('com.microsoft')) {
        return `${record.operator} is an operator of ONNX Runtime (domain ${node.domain}), which ${runtime} does not have.`;
      }
      const domain = node?.domain ? ` (domain ${node.domain})` : '';
      return `${record.operator}${domain} is no operator of ONNX, no local function of the model and no loaded plugin.`;
    },
    advice: ({ node }) => {
      if (node?.isStandardOperator) {
        return 'Express it with operators that TensorRT has, or have a plugin loaded that implements it (setting tensorrt.check.plugins, option --plugin).';
      }
      if (node?.domain.startsWith('com.microsoft')) {
        return 'Take the model from before ONNX Runtime’s optimizer or quantizer, which put such operators in place of several standard ones; or express it with standard operators.';
      }
      return 'If it is a plugin, have its library loaded (setting tensorrt.check.plugins, option --plugin, or staticPlugins of a build config) and check its name, version (attribute plugin_version, “1” by default) and namespace (attribute plugin_namespace). If it should be a local function, add the function to the model; TensorRT finds functions by their name alone.';
    },
  },
  {
    code: 'trt.unsupported-type',
    words: /Unsupported data type for the Cast operator/,
    explanation: ({ runtime }) => `${runtime} cannot cast to this type.`,
    advice: () =>
      'TensorRT casts to float, float16, bfloat16, int64, int32, int8, uint8 and bool, and quantizes to float8e4m3fn, float4e2m1 and int4 with QuantizeLinear. Choose one of these, or leave the Cast out.',
    target: attribute('to'),
  },
  {
    code: 'trt.unsupported-type',
    words: /does not support UINT8 types for intermediate tensors/,
    explanation: ({ runtime }) =>
      `${runtime} allows uint8 only for inputs and outputs of the network, and this node computes such a value in between.`,
    advice: () => 'Cast to float or int32 right after the input, or quantize to int8.',
  },
  {
    code: 'trt.unsupported-type',
    words: /requires inputs with type .* But type is (\w+)|input has type (\w+) but must have type/s,
    explanation: ({ record, match, runtime }) =>
      `${runtime} does not compute ${record.operator} on ${match[1] ?? match[2]} values.`,
    advice: () =>
      'Cast the inputs to a type that TensorRT computes with, such as float or int32, and the result back.',
  },
  {
    code: 'trt.input-not-constant',
    words:
      /must (?:resolve to|be) (?:a build-time constant|an initializer)|to be a build-time constant|as an initializer|axis is not a constant/i,
    explanation: ({ record, runtime }) =>
      `${runtime} needs this input of ${record.operator} when it builds the engine, but the model computes it at run time or takes it as an input.`,
    advice: makeConstant('the value'),
    target: constantInput,
  },
  {
    code: 'trt.input-not-constant',
    words: /isInFlight\(/,
    explanation: ({ record, runtime }) =>
      `${runtime} cannot work out the output shape of ${record.operator}: it depends on a value that is known only at run time.`,
    advice: makeConstant('the values that determine the shape'),
    target: ({ record }) =>
      constantInputs[record.operator] === undefined
        ? { kind: 'operator' }
        : { kind: 'input', index: constantInputs[record.operator] ?? 1 },
  },
  {
    code: 'trt.shape-tensor-type',
    words: /Network input (\S+) is a shape tensor and must have type/,
    explanation: ({ match, runtime }) =>
      `The input ${match[1]} determines shapes inside the network. ${runtime} takes such inputs as int32 or int64 only.`,
    advice: ({ match }) => `Make ${match[1]} a constant of the model, or an input of type int64.`,
    target: ({ match }) => ({ kind: 'value', name: match[1] ?? '' }),
  },
  unsupportedAttribute(
    'dilations',
    /does not support dilations other than 1/,
    ({ record, runtime }) => `${runtime} implements ${record.operator} only without dilations (all 1).`,
    'Remove the dilations, or express the pooling with a strided Slice before it.',
  ),
  unsupportedAttribute(
    'softcap',
    /Setting softcap is not supported/,
    ({ runtime }) => `${runtime} implements Attention without softcap.`,
    'Decompose the Attention: MatMul, Tanh for the cap, Softmax, MatMul.',
  ),
  unsupportedAttribute(
    'softmax_precision',
    /Setting softmax precision is not supported/,
    ({ runtime }) => `${runtime} chooses the precision of the softmax inside Attention itself.`,
    'Remove the attribute softmax_precision, or decompose the Attention.',
  ),
  unsupportedAttribute(
    'coordinate_transformation_mode',
    /transformationMode ==/,
    ({ runtime }) =>
      `${runtime} implements Resize with the coordinate transformations half_pixel, pytorch_half_pixel, tf_half_pixel_for_nn, asymmetric and align_corners only.`,
    'Choose one of these; half_pixel is closest to half_pixel_symmetric.',
  ),
  unsupportedAttribute(
    'antialias',
    /Antialiasing is not supported/,
    ({ runtime }) => `${runtime} implements Resize without antialiasing.`,
    'Set antialias to 0, or put an average pooling before a reduction in size.',
  ),
  unsupportedAttribute(
    'keep_aspect_ratio_policy',
    /keep_aspect_ratio_policy/,
    ({ runtime }) => `${runtime} implements Resize with the policy “stretch” only.`,
    'Compute the sizes that keep the aspect ratio before the model, and remove the attribute.',
  ),
  unsupportedAttribute(
    'axes',
    /`axes` attribute is supported with `scales` tensor only/,
    ({ runtime }) => `${runtime} implements Resize with scales for all axes only.`,
    'Remove the attribute axes, and give one scale per dimension, 1 for those that stay.',
  ),
  unsupportedAttribute(
    'p',
    /Only L1 and L2 normalization/,
    ({ record, runtime }) => `${runtime} implements ${record.operator} for p = 1 and p = 2 only.`,
    'Use p = 1 or 2, or express the norm with Pow and sums.',
  ),
  unsupportedAttribute(
    'reduction',
    /(?:with reduction is not supported|Unsupported reduction type)/,
    ({ record, runtime }) =>
      `${runtime} does not implement this reduction of ${record.operator || 'scattered elements'}.`,
    'Use reduction = "none", and express the reduction with other operators.',
  ),
  unsupportedAttribute(
    'training_mode',
    /does not support training_mode == 1/,
    ({ runtime }) => `${runtime} runs models for inference only; this normalization is in training mode.`,
    'Export the model in evaluation mode (in PyTorch: model.eval()).',
  ),
  unsupportedAttribute(
    'mode',
    /Only (\w+) mode is supported|Unsupported (?:interpolation|padding) mode/,
    ({ record, runtime }) => `${runtime} does not implement this mode of ${record.operator}.`,
    'Choose a mode that TensorRT has.',
  ),
  unsupportedAttribute(
    'onesided',
    /onesided/,
    ({ record, runtime }) => `${runtime} implements ${record.operator} of real input with onesided = 1 only.`,
    'Set onesided to 1, and mirror the spectrum afterwards where the other half is needed.',
  ),
  unsupportedAttribute(
    'select_last_index',
    /select_last_index attribute/,
    ({ record }) => `${record.operator} has no attribute select_last_index before opset 12.`,
    'Remove the attribute, or convert the model to opset 12 or newer.',
  ),
  unsupportedAttribute(
    'input_forget',
    /Coupled input\/forget/,
    ({ runtime }) => `${runtime} implements LSTM without coupled input and forget gates.`,
    'Set input_forget to 0.',
  ),
  unsupportedAttribute(
    'activations',
    /activations for the reverse pass/,
    ({ record, runtime }) =>
      `${runtime} implements a bidirectional ${record.operator} only with the same activations in both directions.`,
    'Use the same activations, or two layers of one direction each.',
  ),
  unsupportedAttribute(
    'equation',
    /Invalid character\(s\) in Einsum equation: (.*)/,
    ({ match, runtime }) =>
      `${runtime} reads Einsum equations of lowercase letters only; this one has ${match[1]}.`,
    'Write the same equation with lowercase letters.',
  ),
  unsupportedAttribute(
    'value_strings',
    /does not support the sparse_value, value_string and value_strings/,
    ({ runtime }) => `${runtime} has neither string nor sparse constants.`,
    'Use a dense constant of numbers; text belongs in a preprocessing step before TensorRT.',
  ),
  unsupportedAttribute(
    'axis',
    /supports DFT only on axis/,
    ({ runtime }) => `${runtime} implements DFT on the last signal axis only.`,
    'Transpose the signal axis to the end before, and back afterwards.',
  ),
  unsupportedAttribute(
    'output_dtype',
    /Attribute output_dtype specifies an unsupported data type/,
    ({ runtime }) => `${runtime} cannot quantize to this type.`,
    'Quantize to int8, float8e4m3fn, float4e2m1 or int4.',
  ),
  unsupportedAttribute(
    'is_causal',
    /Option mask cannot be used together with (?:CausalMaskKind|causal)/,
    ({ runtime }) => `${runtime} implements Attention with a mask or with is_causal, not with both.`,
    'Add the causal mask to the mask input, and leave is_causal at 0.',
  ),
  {
    code: 'trt.unsupported-shape',
    words: /In addGridSample/,
    explanation: ({ runtime }) => `${runtime} implements GridSample for images (4 dimensions) only.`,
    advice: () => 'Sample slice by slice, or write a plugin.',
  },
  {
    code: 'trt.invalid-node',
    words: /last chunk size is negative/,
    explanation: () =>
      'Split cannot cut this dimension into so many outputs: the last part would have a negative size.',
    advice: () => 'Give the sizes of the parts explicitly, as the second input.',
    target: attribute('num_outputs'),
  },
  {
    code: 'trt.unsupported-shape',
    words: /(\d+)-bit quantization requi?r?es an even number/,
    explanation: ({ match, runtime }) =>
      `${runtime} packs ${match[1]}-bit values in pairs, and this tensor has an odd number of them.`,
    advice: () => 'Pad the last dimension to an even size.',
  },
  {
    code: 'trt.unsupported-type',
    words:
      /Found unsupported input type of (\w+)|Invalid input type for|Unsupported data type|only supports? [^!]*inputs? (?:types )?for (\w+)|inputs cannot be of floating point types|unsupported data type/i,
    explanation: ({ record, match, runtime }) =>
      `${runtime} does not compute ${record.operator || 'this node'} on ${match[1] ? `${match[1]} values` : 'values of this type'}.`,
    advice: () =>
      'Cast the inputs to a type that TensorRT computes with, such as float or int32, and the result back.',
  },
  {
    code: 'trt.too-many-outputs',
    words:
      /support (?:mode|more) than (\d+) outputs for (\w+) nodes|only supports (\w+) nodes with one output|more output tensors than TRT expected, expected output size is (\d+)/,
    explanation: ({ record, match, runtime }) =>
      `${runtime} computes only ${outputs(match[1] ?? match[4] ?? '1')} of ${record.operator}.`,
    advice: () =>
      'Remove the further outputs where nothing uses them; otherwise compute them with other nodes.',
    target: ({ match }) => ({ kind: 'output', index: Number(match[1] ?? match[4] ?? 1) }),
  },
  {
    code: 'trt.dynamic-shape',
    words: /Cannot infer squeeze dimensions from a dynamic shape|!isDynamic\(/,
    explanation: ({ record, runtime }) =>
      `${runtime} cannot build ${record.operator} here, because the shape of its input is known only at run time.`,
    advice: () => 'Give the dimensions fixed sizes, or name the axes explicitly as a constant input.',
  },
  {
    code: 'trt.unsupported-shape',
    words: /at least (\d+) dimensions? (?:are|is) required/,
    explanation: ({ record, match, runtime }) =>
      `${runtime} needs an input of at least ${match[1]} dimensions for ${record.operator}.`,
    advice: () => 'Unsqueeze the input before, and squeeze the result afterwards.',
  },
  {
    code: 'trt.shape-mismatch',
    words:
      /(?:must match|must have the same shape|must be broadcastable|changes volume|dimensions? (?:should|must)|rank of operands should be the same|number of dimensions should remain the same|nbDims|incompatible|is required to be \d+D|volume mismatch|Shape Error|API Usage Error)/,
    explanation: ({ record }) =>
      `The shapes of the inputs of ${record.operator} do not fit together as TensorRT needs them.`,
    advice: () =>
      'Compare the shapes of the inputs (hover in the editor and `onnx-trt shapes` show them); a wrong axis, a missing Reshape or an unfortunate broadcast are common causes.',
  },
  {
    code: 'trt.unsupported-graph',
    words: /nested structures that exceed the maximum|more than 1024 domains/,
    explanation: ({ runtime }) =>
      `The model goes beyond a limit of ${runtime}: subgraphs and functions nest at most 24 deep, and it may import at most 1,024 domains.`,
    advice: () => 'Inline functions (onnx.inliner), or flatten nested If and Loop nodes.',
  },
];

function outputs(count: string): string {
  return count === '1' ? 'the first output' : `the first ${count} outputs`;
}
