/** What TensorRT says of optimization profiles, and of shapes that do not go together in one. */
import type { Origin } from '../../../build-config/model.ts';
import { placeOfProfile } from './config-places.ts';
import type { FailureRule, RuleInput } from './rule.ts';

const profile = ({ build, match }: RuleInput): Origin | undefined =>
  placeOfProfile(build, Number(match.groups?.['profile'] ?? 0), match.groups?.['input']);

const hasProfiles = ({ build }: Pick<RuleInput, 'build'>) =>
  build.get('profiles') !== undefined || build.get('shapes') !== undefined;

const input = ({ match }: RuleInput) => match.groups?.['input'] ?? '';
const number = ({ match }: RuleInput) => match.groups?.['profile'] ?? '0';

/** Values that only a shape of the profile's makes wrong. */
const violated = /k(?<which>MIN|OPT|MAX) values for profile (?<profile>\d+) violate shape constraints/;

export const profileRules: readonly FailureRule[] = [
  {
    code: 'build.missing-profile',
    marksNodes: false,
    words: /dynamic or shape inputs, but no optimization profile has been defined/,
    explanation: ({ runtime }) =>
      `The model has inputs whose shapes (or, for shape tensors, values) are not fixed, and ${runtime} must be told which to build for.`,
    advice: () =>
      'Give `profiles` with the smallest, the usual and the largest shape of each such input: `images: { min: [1, 3, 224, 224], opt: [8, 3, 224, 224], max: [32, 3, 224, 224] }`.',
    config: ({ build }) => placeOfProfile(build, 0) ?? build.origin,
  },
  {
    code: 'build.missing-profile',
    marksNodes: false,
    words: /Dynamic input tensor (?<input>.+?) is missing dimensions in profile (?<profile>\d+)/,
    explanation: (given) =>
      `Profile ${number(given)} says nothing of the input ${input(given)}, whose shape is not fixed.`,
    advice: (given) => `Give min, opt and max for ${input(given)} there.`,
    config: profile,
  },
  {
    code: 'build.missing-profile',
    marksNodes: false,
    words: /Optimization profile (?<profile>\d+) is missing values for shape input tensor (?<input>.+?)\./,
    explanation: (given) =>
      `The values of the input ${input(given)} decide on shapes inside the model, and profile ${number(given)} does not say which values to build for.`,
    advice: (given) =>
      `Give the smallest, the usual and the largest values of ${input(given)} there, in place of a shape.`,
    config: profile,
  },
  {
    code: 'build.profile',
    marksNodes: false,
    words: /Invalid optimization profiles for input tensors (?<input>[^,]+?)(?:,[^,]+)*?, please ensure/,
    explanation: (given) =>
      `The shapes given for ${input(given)} are not in order: in each dimension min ≤ opt ≤ max must hold, and all three need the same number of dimensions.`,
    advice: () => 'Put the three shapes in order, dimension by dimension.',
  },
  {
    code: 'build.profile',
    marksNodes: false,
    words:
      /Dimension mismatch for tensor (?<input>.+?) and profile (?<profile>\d+)\. At dimension axis (?<axis>\d+), profile has min=(?<min>-?\d+), opt=(?<opt>-?\d+), max=(?<max>-?\d+) but tensor has (?<fixed>-?\d+)/,
    explanation: (given) =>
      `Dimension ${given.match.groups?.['axis']} of ${input(given)} is fixed at ${given.match.groups?.['fixed']} in the model; profile ${number(given)} asks for ${given.match.groups?.['min']} to ${given.match.groups?.['max']}.`,
    advice: (given) =>
      `Write ${given.match.groups?.['fixed']} in min, opt and max, or export the model with this dimension dynamic.`,
    config: profile,
  },
  {
    code: 'build.profile',
    marksNodes: false,
    words:
      /input tensor (?<input>.+?) has (?<rank>\d+) dimensions but profile (?<profile>\d+) has (?<given>\d+) dimensions/,
    explanation: (given) =>
      `${input(given)} has ${given.match.groups?.['rank']} dimensions in the model, and ${given.match.groups?.['given']} in profile ${number(given)}.`,
    advice: () => 'Give as many dimensions as the model declares, the batch included.',
    config: profile,
  },
  {
    code: 'build.profile',
    marksNodes: false,
    words:
      /Input tensor (?<input>.+?) has static dimensions that don't match k(?<which>MIN|OPT|MAX) dimensions in profile index (?<profile>\d+)\. Input dimensions are (?<fixed>\[.*?\]) but profile dimensions are (?<given>\[.*?\])/,
    explanation: (given) =>
      `The shape of ${input(given)} is fixed at ${given.match.groups?.['fixed']} in the model; the ${given.match.groups?.['which']?.toLowerCase()} of profile ${number(given)} is ${given.match.groups?.['given']}.`,
    advice: () =>
      'An input of fixed shape needs no entry in a profile: remove it, or write its own shape. A scalar has the empty shape `[]`.',
    config: profile,
  },
  {
    code: 'build.profile',
    marksNodes: false,
    words: /TensorRT refuses the (?<which>min|opt|max) of (?<input>.+?)\. /,
    explanation: (given) =>
      `TensorRT takes no such ${given.match.groups?.['which']} for ${input(given)}: dimensions must be 0 or more, at most 8 of them, and values of a shape tensor in order from min to max.`,
    advice: () => 'Give every dimension a size; −1 is for the model, not for profiles.',
  },
  {
    code: 'build.shapes',
    words: violated,
    explanation: ({ match, runtime }) =>
      `With the ${match.groups?.['which']?.toLowerCase()} shapes of profile ${match.groups?.['profile']}, shapes inside the model do not go together, says ${runtime}.`,
    advice: () =>
      'Look at which inputs lead to the marked node: often two dynamic inputs must agree in a dimension, or a size must be a multiple of a stride (of 32, say). Change the shapes of the profile, or the Reshape that was exported with sizes of one shape written into it.',
    config: profile,
  },
  {
    code: 'build.shapes',
    words:
      /dimensions must be equal for concatenation|dimensions not compatible for|mismatching dimensions|reshape changes volume|reshape would change volume|reshaping failed for tensor|reshape of empty tensor|out of bounds access on axis|inherently negative length|output cannot be negative|smaller than K|K exceeds the maximum|weights in kernel, but kernel dimensions|has count \d+ but \d+ was expected|shape constraints/,
    applies: hasProfiles,
    explanation: ({ runtime }) =>
      `No shape of the profiles fits the model: ${runtime} finds shapes at the marked node that can never go together.`,
    advice: () =>
      'Compare the shapes of the profiles with what the marked node expects; a Reshape may have sizes written into it from the shape that the model was exported with.',
    config: ({ build }) => placeOfProfile(build, 0),
  },
  {
    code: 'build.shapes',
    words:
      /dimensions must be equal for concatenation|dimensions not compatible for|mismatching dimensions|reshape changes volume|reshape would change volume|reshaping failed for tensor|reshape of empty tensor|out of bounds access on axis|inherently negative length|output cannot be negative|smaller than K|K exceeds the maximum|weights in kernel, but kernel dimensions|has count \d+ but \d+ was expected/,
    explanation: ({ runtime }) => `${runtime} finds shapes at the marked node that can never go together.`,
    advice: () =>
      'Hover over the inputs of the marked node to see their shapes, and export the model anew where they are wrong.',
  },
];
