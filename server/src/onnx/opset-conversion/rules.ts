/**
 * How nodes are brought from one version of their operator to the next one, where the schemas alone don't say it. From ONNX's change
 * log of operators (Changelog.md).
 */
import { dataTypeName, dataTypeOfName } from '../model/data-types.ts';
import { float32, float64 } from '../text/printer/floats.ts';
import { unambiguousIdentifier } from '../text/printer/literals.ts';
import { type NodeDraft, NoRule } from './node-draft.ts';

/** Changes the draft, or throws NoRule. What is left is checked against the schema of the new version. */
export type Rule = (draft: NodeDraft) => void;

/** By operator, and the version that the rule leads to. */
export const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...each(
    6,
    'Abs Add BatchNormalization Ceil Clip Div Dropout Elu Exp Floor HardSigmoid InstanceNormalization LeakyRelu Log Max Mean Min Mul Neg PRelu Reciprocal Relu Selu Sigmoid Sqrt Sub Sum Tanh',
    (draft) => draft.remove('consumed_inputs'),
  ),
  ...each(7, 'Add And Div Equal Greater Less Mul Or Pow Sub Xor', limitedBroadcast),
  ...each(7, 'GRU LSTM RNN', withoutOutputSequence),
  ...each(13, 'Softmax LogSoftmax Hardmax', flattenedSoftmax),
  ...each(13, 'Squeeze Unsqueeze ReduceSum', (draft) => axesInput(draft, 'axes')),
  ...each(
    18,
    'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare',
    (draft) => axesInput(draft, 'axes'),
  ),
  // The default of opset 1 is misspelt in ONNX.
  ['GRU 3', (draft) => draft.has('direction') || draft.set(stringAttribute('direction', 'forward'))],
  ['Concat 4', (draft) => draft.has('axis') || draft.set({ name: 'axis', type: 'int', value: 1 })],
  ['Reshape 5', (draft) => intsInput(draft, 'shape', 1, draft.ints('shape'))],
  ['Cast 6', namedType],
  ['Gemm 7', gemmBroadcast],
  ['PRelu 7', sharedSlope],
  [
    'BatchNormalization 7',
    (draft) => removeUnless(draft, 'is_test', draft.outputs.length > 1 && draft.int('is_test') === 0),
  ],
  ['BatchNormalization 9', (draft) => removeUnless(draft, 'spatial', draft.int('spatial') === 0)],
  ['BatchNormalization 14', withoutTraining],
  ['Dropout 7', (draft) => removeUnless(draft, 'is_test', draft.int('is_test') === 0)],
  ['Dropout 10', withoutMask],
  ['Dropout 12', (draft) => scalarInput(draft, 'ratio', 1)],
  ['Upsample 7', scalesOfImage],
  ['Upsample 9', (draft) => floatsInput(draft, 'scales', 1, draft.floats('scales'))],
  ['Upsample 10', (draft) => rename(draft, 'Resize')],
  ['Resize 11', asymmetricResize],
  ['Resize 13', eitherScalesOrSizes],
  ['Slice 10', slicingInputs],
  ['TopK 10', (draft) => intsInput(draft, 'k', 1, [draft.int('k') ?? 0])],
  ['Scatter 11', (draft) => rename(draft, 'ScatterElements')],
  ['Clip 11', clipInputs],
  ['Pad 11', padInputs],
  ['Split 13', (draft) => axesInput(draft, 'split')],
  [
    'Split 18',
    (draft) =>
      draft.hasInput(1) || draft.set({ name: 'num_outputs', type: 'int', value: draft.outputs.length }),
  ],
  [
    'RoiAlign 16',
    (draft) => draft.set(stringAttribute('coordinate_transformation_mode', 'output_half_pixel')),
  ],
  ['GridSample 20', interpolationNames],
  ['DFT 20', (draft) => dftAxis(draft)],
  ['GroupNormalization 21', scaleOfChannels],
]);

function each(version: number, operators: string, rule: Rule): [string, Rule][] {
  return operators.split(' ').map((operator) => [`${operator} ${version}`, rule]);
}

function stringAttribute(name: string, value: string) {
  return { name, type: 'string', value } as const;
}

function rename(draft: NodeDraft, operator: string): void {
  draft.operator = operator;
}

function removeUnless(draft: NodeDraft, name: string, isNeeded: boolean): void {
  if (isNeeded) throw new NoRule(`there is nothing like its attribute ${name} any more`);
  draft.remove(name);
}

/** Moves an attribute that may be left out to input 1, within a function as a reference. */
function axesInput(draft: NodeDraft, name: string): void {
  const attribute = draft.attributes.get(name);
  if (attribute === undefined) return;
  if (attribute.type === 'reference' && draft.operator === 'Unsqueeze') {
    draft.setInput(
      1,
      draft.added(name, `Constant <value_ints: ints = @${unambiguousIdentifier(attribute.value)}> ()`),
    );
    draft.remove(name);
    return;
  }
  intsInput(draft, name, 1, draft.ints(name));
}

/** 1-D int64 input in the place of an attribute. */
function intsInput(
  draft: NodeDraft,
  name: string,
  index: number,
  values: readonly (number | bigint)[] | undefined,
): void {
  if (values === undefined) return;
  draft.setInput(index, draft.constant(name, `int64[${values.length}] {${values.join(', ')}}`));
  draft.remove(name);
}

function floatsInput(
  draft: NodeDraft,
  name: string,
  index: number,
  values: readonly number[] | undefined,
): void {
  if (values === undefined) return;
  draft.setInput(index, draft.constant(name, `float[${values.length}] {${values.map(float32).join(', ')}}`));
  draft.remove(name);
}

/** Scalar of the type of input 0 in the place of a float attribute. */
function scalarInput(draft: NodeDraft, name: string, index: number): void {
  const value = draft.float(name);
  draft.remove(name);
  if (value === undefined) return;
  const type = draft.elementTypeOf(0);
  if (type === undefined)
    throw new NoRule(`the type of its input is not known, which its ${name} has to have`);
  switch (dataTypeName(type)) {
    case 'float':
      draft.setInput(index, draft.constant(name, `float {${float32(value)}}`));
      break;
    case 'double':
      draft.setInput(index, draft.constant(name, `double {${float64(value)}}`));
      break;
    default: {
      const constant = draft.constant(`${name}_float`, `float {${float32(value)}}`);
      draft.setInput(index, draft.added(name, `Cast <to = ${type}> (${constant})`));
    }
  }
}

/** Before opset 7, `axis` said which axes of the first input those of the second one are. */
function limitedBroadcast(draft: NodeDraft): void {
  const axis = draft.int('broadcast') === 1 ? draft.int('axis') : undefined;
  draft.remove('broadcast');
  draft.remove('axis');
  if (axis === undefined) return;
  const [first, second] = [draft.dimsOf(0)?.length, draft.dimsOf(1)?.length];
  if (first === undefined || second === undefined) {
    throw new NoRule('the ranks of its inputs are not known, which its attribute axis refers to');
  }
  const behind = first - (axis < 0 ? axis + first : axis) - second;
  if (behind === 0) return;
  alignSecond(draft, second, behind);
}

/** Gives the second input, of this rank, so many axes of size 1 more at its end. */
function alignSecond(draft: NodeDraft, rank: number, behind: number): void {
  const axes = Array.from({ length: behind }, (_, index) => rank + index);
  const name = unambiguousIdentifier(draft.inputs[1] ?? '');
  if (draft.target >= 13) {
    const constant = draft.constant('axes', `int64[${axes.length}] {${axes.join(', ')}}`);
    draft.setInput(1, draft.added('aligned', `Unsqueeze (${name}, ${constant})`));
  } else {
    draft.setInput(1, draft.added('aligned', `Unsqueeze <axes = [${axes.join(', ')}]> (${name})`));
  }
}

function gemmBroadcast(draft: NodeDraft): void {
  draft.remove('broadcast');
}

/** A slope per channel has to say by its shape that it is one. */
function sharedSlope(draft: NodeDraft): void {
  const slope = draft.dimsOf(1);
  const rank = draft.dimsOf(0)?.length;
  const isSingle = slope?.every((dim) => dim === 1) === true;
  if (isSingle) return;
  if (slope?.length === 1 && rank !== undefined && rank >= 2) {
    if (rank > 2) alignSecond(draft, 1, rank - 2);
    return;
  }
  throw new NoRule('the shape of its slope, as far as it is known, means something else from opset 7 on');
}

function withoutOutputSequence(draft: NodeDraft): void {
  const isSilent = draft.has('output_sequence') && draft.int('output_sequence') === 0;
  removeUnless(draft, 'output_sequence', isSilent && draft.hasOutput(0));
}

/** In training mode, outputs 1 to 4 were running and saved statistics. */
function withoutTraining(draft: NodeDraft): void {
  if (![4, 3, 2, 1].every((index) => draft.dropOutput(index))) {
    throw new NoRule('its outputs for training are others from opset 14 on');
  }
}

function withoutMask(draft: NodeDraft): void {
  if (!draft.dropOutput(1)) throw new NoRule('its output mask is of type bool from opset 10 on');
}

function namedType(draft: NodeDraft): void {
  const name = draft.string('to');
  const type = name === undefined ? undefined : dataTypeOfName(name.toLowerCase());
  if (type === undefined) throw new NoRule(`its attribute to, "${name}", names no type`);
  draft.set({ name: 'to', type: 'int', value: type.number });
}

function scalesOfImage(draft: NodeDraft): void {
  const [height, width] = [draft.float('height_scale'), draft.float('width_scale')];
  if (height === undefined || width === undefined) throw new NoRule('it has no scales');
  draft.remove('height_scale');
  draft.remove('width_scale');
  draft.set({ name: 'scales', type: 'floats', value: [1, 1, height, width] });
}

/** Opset 10 had no choice of how coordinates and the nearest elements are found. */
function asymmetricResize(draft: NodeDraft): void {
  const [input = '', scales = ''] = draft.inputs;
  draft.inputs = [input, draft.constant('roi', 'float[0] {}'), scales];
  draft.set(stringAttribute('coordinate_transformation_mode', 'asymmetric'));
  if ((draft.string('mode') ?? 'nearest') === 'nearest') draft.set(stringAttribute('nearest_mode', 'floor'));
}

function eitherScalesOrSizes(draft: NodeDraft): void {
  if (draft.hasInput(3)) draft.setInput(2, '');
}

function slicingInputs(draft: NodeDraft): void {
  for (const [at, name] of ['starts', 'ends', 'axes'].entries()) {
    intsInput(draft, name, at + 1, draft.ints(name));
  }
}

function clipInputs(draft: NodeDraft): void {
  scalarInput(draft, 'min', 1);
  scalarInput(draft, 'max', 2);
}

function padInputs(draft: NodeDraft): void {
  intsInput(draft, 'pads', 1, draft.ints('pads'));
  // Zero is what it is without the input, whatever the type.
  if (draft.float('value') === 0) draft.remove('value');
  scalarInput(draft, 'value', 2);
}

/** Up to opset 12 all axes from `axis` on counted as one. */
function flattenedSoftmax(draft: NodeDraft): void {
  const axis = draft.int('axis') ?? 1;
  const rank = draft.dimsOf(0)?.length;
  if (axis === -1 || (rank !== undefined && axis === rank - 1)) {
    draft.set({ name: 'axis', type: 'int', value: axis });
    return;
  }
  const [input = ''] = draft.inputs;
  const [output = ''] = draft.outputs;
  const name = unambiguousIdentifier(input);
  const shape = draft.added('shape', `Shape (${name})`);
  draft.setInput(0, draft.added('flat_input', `Flatten <axis = ${axis}> (${name})`));
  draft.set({ name: 'axis', type: 'int', value: -1 });
  const flat = draft.fresh('flat');
  draft.outputs = [flat];
  draft.after.push(`${unambiguousIdentifier(output)} = Reshape (${flat}, ${shape})`);
}

function interpolationNames(draft: NodeDraft): void {
  const names = new Map([
    ['bilinear', 'linear'],
    ['bicubic', 'cubic'],
  ]);
  const mode = draft.string('mode') ?? 'bilinear';
  draft.set(stringAttribute('mode', names.get(mode) ?? mode));
}

function dftAxis(draft: NodeDraft): void {
  const axis = draft.int('axis') ?? 1;
  draft.setInput(2, draft.constant('axis', `int64 {${axis}}`));
  draft.remove('axis');
}

/** Up to opset 20 there was a scale and bias for each group, since then for each channel. */
function scaleOfChannels(draft: NodeDraft): void {
  const channels = draft.dimsOf(0)?.[1];
  const groups = draft.int('num_groups');
  if (channels === undefined || groups === undefined || groups === 0) {
    throw new NoRule('the number of its channels is not known');
  }
  const perGroup = channels / groups;
  for (const [index, what] of [
    [1, 'scale'],
    [2, 'bias'],
  ] as const) {
    const name = unambiguousIdentifier(draft.inputs[index] ?? '');
    const column = draft.constant(`${what}_column`, 'int64[2] {-1, 1}');
    const size = draft.constant(`${what}_size`, `int64[2] {1, ${perGroup}}`);
    const flat = draft.constant(`${what}_flat`, 'int64[1] {-1}');
    const grouped = draft.added(`${what}_grouped`, `Reshape (${name}, ${column})`);
    const expanded = draft.added(`${what}_expanded`, `Expand (${grouped}, ${size})`);
    draft.setInput(index, draft.added(what, `Reshape (${expanded}, ${flat})`));
  }
}

/**
 * Changes whose schemas don't show them: nodes of which this is true cannot be taken back. On the way up, each either has a rule or
 * is what runtimes have always done.
 */
export const hiddenChanges: ReadonlyMap<string, (draft: NodeDraft) => boolean> = new Map([
  ...[
    'PRelu 7',
    'Dropout 7',
    'Resize 11',
    'Softmax 13',
    'LogSoftmax 13',
    'Hardmax 13',
    'BatchNormalization 14',
    'RoiAlign 16',
    'Split 18',
    'GridSample 20',
    'GroupNormalization 21',
  ].map((change) => [change, () => true] as const),
  // Windows that would start in the padding behind the image count no longer.
  ...['AveragePool 19', 'AveragePool 22', 'MaxPool 22', 'LpPool 22'].map(
    (change) => [change, (draft: NodeDraft) => (draft.int('ceil_mode') ?? 0) !== 0] as const,
  ),
]);
