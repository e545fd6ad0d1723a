/** Operators of ai.onnx.ml. */

import { dataTypeName, elementCount } from '../../model/data-types.ts';
import type { Dim } from '../expression.ts';
import type { NodeContext } from '../node-context.ts';
import { tensorOf } from '../value.ts';
import { sameShape } from './elementwise.ts';
import { arrayFeatureExtractor } from './indexing.ts';
import { refuse } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';

/** Number of rows: a lone vector is one. Undefined, with a problem, for more than two dimensions. */
function rowsOf(context: NodeContext): Dim {
  if (!context.requireRank(0, 1, 2)) return undefined;
  return context.rank(0) === 1 ? 1 : context.dim(0, 0);
}

/** `strings` and `ints` are the attributes that may hold the class labels. */
function classifier(
  strings: string,
  ints: string,
  classes: (context: NodeContext, labels: number) => Dim,
): Rule {
  return (context) => {
    const hasStrings = context.count(strings) > 0;
    const rows = rowsOf(context);
    context.setType(0, tensorOf(hasStrings ? 8 : 7, [rows]));
    context.setType(1, tensorOf(1, [rows, classes(context, context.count(hasStrings ? strings : ints))]));
  };
}

/** A single intercept tells two classes apart. */
const linearClasses = (context: NodeContext, labels: number): Dim => {
  const intercepts = context.count('intercepts');
  return intercepts === 1 && labels === 2 ? 2 : intercepts || undefined;
};

const treeClasses = (_: NodeContext, labels: number): Dim => labels || undefined;

function regressor(targets: (context: NodeContext) => Dim): Rule {
  return (context) => context.setType(0, tensorOf(1, [rowsOf(context), targets(context)]));
}

const treeEnsemble: Rule = (context) => {
  if (context.requireRank(0, 2)) context.setShape(0, [context.dim(0, 0), context.int('n_targets')]);
};

const castMap: Rule = (context) => {
  const targets: Readonly<Record<string, number>> = { TO_FLOAT: 1, TO_INT64: 7, TO_STRING: 8 };
  const type = targets[context.string('cast_to') ?? 'TO_FLOAT'];
  const width = context.string('map_form') === 'SPARSE' ? context.int('max_map') : undefined;
  if (type !== undefined) context.setType(0, tensorOf(type, [1, width]));
};

/** Reports a list attribute that is missing. */
function requireAttribute(context: NodeContext, what: string): false {
  context.report('onnx.missing-attribute', `${context.node.operator} needs ${what}.`, []);
  return false;
}

/** Two lists that belong together have one length. */
function requireSameCount(
  context: NodeContext,
  first: string,
  second: string,
  counts: readonly [number, number],
): boolean {
  if (counts[0] === counts[1]) return true;
  return refuse(
    context,
    second,
    `\`${second}\` has ${counts[1]} values, and \`${first}\` ${counts[0]}; they go in pairs.`,
  );
}

const categoryMapper: Rule = (context) => {
  const lists = ['cats_int64s', 'cats_strings'] as const;
  const missing = lists.find((name) => !context.hasAttribute(name));
  if (missing !== undefined) {
    requireAttribute(context, `the attribute \`${missing}\``);
    return;
  }
  if (!requireSameCount(context, ...lists, [context.count(lists[0]), context.count(lists[1])])) return;
  const from = context.elementType(0);
  context.setElementType(0, from === 8 ? 7 : from === 7 ? 8 : 0);
  context.copyShape(0, 0);
};

const dictVectorizer: Rule = (context) => {
  const type = context.type(0);
  const value = type?.kind === 'map' ? type.value : undefined;
  const width = context.count('string_vocabulary') || context.count('int64_vocabulary');
  if (value?.kind === 'tensor') context.setType(0, tensorOf(value.elementType, [1, width]));
};

const elementTypesOfLists: ReadonlyMap<string, number> = new Map([
  ['strings', 8],
  ['int64s', 7],
  ['floats', 1],
]);

interface EncoderList {
  readonly attribute: string;
  readonly type: number;
  readonly count: number | undefined;
}

/** Keys or values of a LabelEncoder: a tensor, or the first of the lists that is there. */
function encoderList(context: NodeContext, what: 'keys' | 'values'): EncoderList | undefined {
  const tensor = context.attribute(`${what}_tensor`, 'tensor');
  if (tensor) {
    return { attribute: `${what}_tensor`, type: tensor.dataType, count: elementCount(tensor.dims) };
  }
  for (const [suffix, type] of elementTypesOfLists) {
    const attribute = `${what}_${suffix}`;
    if (context.hasAttribute(attribute)) return { attribute, type, count: context.count(attribute) };
  }
  return undefined;
}

function hasPairs(context: NodeContext): boolean {
  const [keys, values] = [encoderList(context, 'keys'), encoderList(context, 'values')];
  if (!keys)
    return requireAttribute(context, 'keys: `keys_strings`, `keys_int64s`, `keys_floats` or `keys_tensor`');
  if (!values) {
    return requireAttribute(
      context,
      'values: `values_strings`, `values_int64s`, `values_floats` or `values_tensor`',
    );
  }
  const elementType = context.elementType(0);
  if (elementType !== 0 && elementType !== keys.type) {
    const message = `'${context.inputName(0)}' is of type ${dataTypeName(elementType)}, and \`${keys.attribute}\` of ${dataTypeName(keys.type)}.`;
    context.report('onnx.type-mismatch', message, [
      context.attributeSide(keys.attribute),
      context.inputSide(0),
    ]);
    return false;
  }
  const counts = [keys.count, values.count] as const;
  if (counts[0] !== undefined && counts[1] !== undefined) {
    if (!requireSameCount(context, keys.attribute, values.attribute, [counts[0], counts[1]])) return false;
  }
  const otherwise = context.attribute('default_tensor', 'tensor');
  if (!otherwise) return true;
  if (otherwise.dataType !== values.type) {
    return refuse(
      context,
      'default_tensor',
      `\`default_tensor\` is of type ${dataTypeName(otherwise.dataType)}, and \`${values.attribute}\` of ${dataTypeName(values.type)}.`,
    );
  }
  const isOne = otherwise.dims.length === 1 && Number(otherwise.dims[0]) === 1;
  return isOne || refuse(context, 'default_tensor', '`default_tensor` holds one element in one dimension.');
}

const labelEncoder: Rule = (context) => {
  context.copyShape(0, 0);
  if (context.version < 2) {
    context.setElementType(0, context.elementType(0) === 8 ? 7 : context.elementType(0) === 7 ? 8 : 0);
    return;
  }
  if (!hasPairs(context)) return;
  const tensor = context.attribute('values_tensor', 'tensor');
  const lists = [
    ['values_strings', 8],
    ['values_int64s', 7],
    ['values_floats', 1],
  ] as const;
  const list = lists.find(([name]) => context.count(name) > 0);
  const type = tensor?.dataType ?? list?.[1];
  if (type !== undefined) context.setElementType(0, type);
};

const oneHotEncoder: Rule = (context) => {
  const shape = context.shape(0);
  const given = ['cats_int64s', 'cats_strings'].filter((name) => context.hasAttribute(name));
  const [, second] = given;
  if (second !== undefined) {
    refuse(context, second, 'OneHotEncoder takes either `cats_int64s` or `cats_strings`, not both.');
    return;
  }
  if (given.length === 0) {
    requireAttribute(context, 'either `cats_int64s` or `cats_strings`');
    return;
  }
  const categories = context.count('cats_int64s') || context.count('cats_strings');
  if (shape) context.setShape(0, [...shape, categories]);
};

const zipMap: Rule = (context) => {
  if (!context.requireRank(0, 1, 2)) return;
  const key = context.count('classlabels_strings') > 0 ? 8 : context.count('classlabels_int64s') > 0 ? 7 : 0;
  context.setType(0, { kind: 'sequence', element: { kind: 'map', key, value: tensorOf(1, []) } });
};

export const machineLearningRules: RuleTable = {
  ArrayFeatureExtractor: arrayFeatureExtractor,
  Binarizer: sameShape,
  CastMap: castMap,
  CategoryMapper: categoryMapper,
  DictVectorizer: dictVectorizer,
  Imputer: sameShape,
  LabelEncoder: labelEncoder,
  LinearClassifier: classifier('classlabels_strings', 'classlabels_ints', linearClasses),
  LinearRegressor: regressor((context) => context.intOr('targets', 1)),
  Normalizer: sameShape,
  OneHotEncoder: oneHotEncoder,
  Scaler: sameShape,
  // Its scores are of pairs of classes or of classes, as its other attributes tell.
  SVMClassifier: classifier('classlabels_strings', 'classlabels_ints', () => undefined),
  SVMRegressor: regressor(() => 1),
  TreeEnsemble: treeEnsemble,
  TreeEnsembleClassifier: classifier('classlabels_strings', 'classlabels_int64s', treeClasses),
  TreeEnsembleRegressor: regressor((context) => context.intOr('n_targets', 1)),
  ZipMap: zipMap,
};
