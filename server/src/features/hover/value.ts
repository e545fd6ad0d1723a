import type { MarkupContent } from 'vscode-languageserver-types';
import { URI } from 'vscode-uri';
import { calledFunction } from '../../onnx/analysis/functions.ts';
import type { Occurrence } from '../../onnx/analysis/names.ts';
import { parameterAt } from '../../onnx/operators/schema.ts';
import { schemaOf } from '../../onnx/operators/table.ts';
import { type OnnxDocument, rangeInSegment } from '../document.ts';
import type { Place } from '../elements.ts';
import type { HoverContext } from '../hover.ts';
import { dimReasons, isBeingInferred } from '../inferred-types.ts';
import { code, codeBlock, list, markdown, nameText } from '../markdown.ts';
import { occurrencesOfValue, typeOfValue, valueAt } from '../values.ts';
import { typeSourceNote } from './type-source.ts';
import { dataNote } from './weight.ts';

/** Consumers that are named one by one; of more, the number is said. */
const shownConsumers = 8;

/** Type and shape of a value and where they are known from, what produces it and what consumes it. */
export function valueHover(context: HoverContext, place: Place): MarkupContent | undefined {
  const { document, network } = context;
  const value = valueAt(document, place);
  if (!value) {
    return undefined;
  }
  const occurrences = occurrencesOfValue(document, value);
  const type = typeOfValue(document, occurrences, value, network);
  const initializer = occurrences.find(({ role }) => role === 'initializer');
  // Of what the model states itself there is nothing to explain.
  const isComputed = occurrences.some(({ role }) => role === 'node-output');
  return markdown([
    codeBlock(type ? `${type.text} ${nameText(value.name)}` : nameText(value.name)),
    type ? typeSourceNote(type.source, network) : unknownTypeNote(document),
    isComputed ? list(dimReasons(document, value).map(code)) : undefined,
    initializer?.owner.kind === 'value-declaration' ? dataNote(context, initializer.owner) : undefined,
    producers(document, occurrences),
    consumers(document, occurrences),
  ]);
}

function unknownTypeNote(document: OnnxDocument): string {
  return isBeingInferred(document)
    ? 'Type and shape are not known yet: they are being worked out.'
    : 'Type and shape are not known.';
}

function producers(document: OnnxDocument, occurrences: readonly Occurrence[]): string {
  const found = occurrences.flatMap((occurrence) => {
    const { owner, role } = occurrence;
    if (role === 'node-output' && owner.kind === 'node-statement') {
      const line = lineLink(document, occurrence);
      // Half-typed: the operator is still to come.
      return [
        owner.operator.name === ''
          ? `Named in ${line}.`
          : `Produced by ${code(owner.operator.name)} (${line}).`,
      ];
    }
    if (role === 'input') {
      return [`An input (${lineLink(document, occurrence)}).`];
    }
    return role === 'initializer' ? [`An initializer (${lineLink(document, occurrence)}).`] : [];
  });
  return found.length > 0 ? found.join(' ') : '**Nothing defines this value.**';
}

function consumers(document: OnnxDocument, occurrences: readonly Occurrence[]): string {
  const rows = occurrences.flatMap((occurrence) => {
    const { owner, role } = occurrence;
    if (role === 'output') {
      return [`an output (${lineLink(document, occurrence)})`];
    }
    return role === 'node-input' && owner.kind === 'node-statement'
      ? [
          `${code(owner.operator.name)}${parameterNote(document, occurrence)} (${lineLink(document, occurrence)})`,
        ]
      : [];
  });
  if (rows.length === 0) {
    return 'Nothing uses it.';
  }
  const rest = rows.length - shownConsumers;
  const shown = rest > 1 ? [...rows.slice(0, shownConsumers), `${rest} more`] : rows;
  return `Used by\n${list(shown)}`;
}

/** ` as X`, where the operator's schema names the input. Its newest version does; inputs are rarely renamed. */
function parameterNote(document: OnnxDocument, { owner, identifier }: Occurrence): string {
  if (owner.kind !== 'node-statement') {
    return '';
  }
  const index = owner.inputs.indexOf(identifier);
  const called = calledFunction(document.tree, owner);
  const name = called
    ? called.signature.inputs[index]?.name.name
    : parameterAt(
        schemaOf(owner.domain?.name ?? '', owner.operator.name, Number.MAX_SAFE_INTEGER)?.inputs ?? [],
        index,
      )?.name;
  return name ? ` as ${name}` : '';
}

function lineLink(document: OnnxDocument, { segment, identifier }: Occurrence): string {
  const line = rangeInSegment(document, segment, identifier).start.line + 1;
  const uri = URI.parse(document.uri);
  return uri.scheme === 'file' ? `[line ${line}](${uri.with({ fragment: `L${line}` })})` : `line ${line}`;
}
