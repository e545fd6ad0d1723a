/** Profiles and shapes from what the model says of its inputs; sizes that it leaves open are guesses to be filled in. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import { type InputFacts, isDynamic } from '../../build-config/checks/facts/facts.ts';
import { sizesOf } from '../../build-config/checks/profiles/make-profiles.ts';
import { scalarText } from '../../build-config/emit.ts';
import type { ConfigCursor } from './cursor.ts';
import { type KnownModels, portText } from './known-models.ts';
import type { Offer, Piece } from './offer.ts';

const bounds = ['min', 'opt', 'max'] as const;
type BoundIndex = 0 | 1 | 2;

/** Offers for a profile as a whole, for all shapes of an input, and for one shape; none at other places. */
export function shapeOffers(cursor: ConfigCursor, { models }: KnownModels): readonly Offer[] {
  const { place } = cursor;
  const { setting, role } = place;
  const isOne = setting === 'shapesCalib' || setting === 'shapes';
  if ((setting !== 'profiles' && !isOne) || role !== 'value') return [];
  const inputs = models.flatMap((model) => model.inputs);
  const [name, bound, ...deeper] = isOne ? place.path : place.path.slice(1);
  if (setting === 'profiles' && place.path.length === 0) return wholeProfiles(cursor, inputs);
  const input = inputs.find((candidate) => candidate.name === name);
  if (!input || deeper.length > 0) return [];
  if (bound === undefined) {
    const one = shapeOffer(input, 1, '');
    return setting === 'shapes' ? [one] : [rangeOffer(input), one];
  }
  const index = bound === 'min' ? 0 : bound === 'opt' ? 1 : bound === 'max' ? 2 : undefined;
  return index === undefined ? [] : [shapeOffer(input, index, bounds[index])];
}

/** `images: { min: […], opt: […], max: […] }` */
export function profileEntry(input: InputFacts): readonly Piece[] {
  return [`${scalarText(input.name)}: `, ...rangePieces(input)];
}

function rangePieces(input: InputFacts): readonly Piece[] {
  // The values of a shape tensor, and dims that the model gives, are the same in all three.
  if (input.dims && !isDynamic(input)) return shapeEntry(input, 1);
  return [
    '{ ',
    ...bounds.flatMap((bound, index) => [
      `${index === 0 ? '' : ', '}${bound}: `,
      ...shapeEntry(input, index === 0 || index === 1 ? index : 2),
    ]),
    ' }',
  ];
}

/** `[8, 3, 224, 224]`: its open dims are places, which those of the same name share. */
export function shapeEntry(input: InputFacts, index: BoundIndex): readonly Piece[] {
  const { name, dims, isShapeTensor } = input;
  const bound = bounds[index];
  if (!dims) return ['[', { text: '1', place: `${name} ${bound}` }, ']'];
  if (isShapeTensor) {
    const count = dims.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1);
    return listOf(Array.from({ length: count }, (_, at) => ({ text: '1', place: `${name} ${bound} ${at}` })));
  }
  return listOf(
    dims.map((dim, axis) => {
      const text = String(sizesOf(dim, axis, dims.length)[index]);
      if (typeof dim === 'number') return text;
      return { text, place: dim === undefined ? `${name} ${axis} ${bound}` : `dim ${dim} ${bound}` };
    }),
  );
}

function listOf(items: readonly Piece[]): readonly Piece[] {
  return ['[', ...items.flatMap((item, index) => (index === 0 ? [item] : [', ', item])), ']'];
}

function shapeOffer(input: InputFacts, index: BoundIndex, bound: string): Offer {
  const insert = shapeEntry(input, index);
  const label = insert.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('');
  return {
    label,
    kind: CompletionItemKind.Value,
    insert,
    detail: `${bound === '' ? 'one shape' : bound} of ${portText(input)}`,
  };
}

function rangeOffer(input: InputFacts): Offer {
  return {
    label: '{ min, opt, max }',
    kind: CompletionItemKind.Snippet,
    insert: rangePieces(input),
    detail: `from the model: ${portText(input)}`,
  };
}

/** A profile of all inputs that need one. */
function wholeProfiles(cursor: ConfigCursor, inputs: readonly InputFacts[]): readonly Offer[] {
  const { style, indent } = cursor;
  const dynamic = inputs.filter(
    (input, index) =>
      (isDynamic(input) || !input.dims) && inputs.findIndex(({ name }) => name === input.name) === index,
  );
  if (dynamic.length === 0) return [];
  const names = dynamic.map(({ name }) => name).join(', ');
  const item = (margin: string): Piece[] =>
    dynamic.flatMap((input, index) => [index === 0 ? '- ' : `\n${margin}  `, ...profileEntry(input)]);
  const flow: readonly Piece[] = [
    '[{ ',
    ...dynamic.flatMap((input, index) => [...(index === 0 ? [] : [', ']), ...profileEntry(input)]),
    ' }]',
  ];
  const margin = ' '.repeat(style === 'inline' ? indent + 2 : indent);
  const block = style === 'inline' ? [`\n${margin}`, ...item(margin)] : item(margin);
  return [
    {
      label: `- ${names}`,
      kind: CompletionItemKind.Snippet,
      insert: style === 'flow' ? flow : block,
      filter: names,
      detail: 'a profile from the model',
      documentation: dynamic.map((input) => `- \`${input.name}\`: ${portText(input)}`).join('\n'),
    },
  ];
}
