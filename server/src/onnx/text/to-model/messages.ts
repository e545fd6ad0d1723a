import type { Bytes } from '../../model/model.ts';
import { type AnnotatedMessages, emptyFields, type MessageName } from '../annotations/empty-fields.ts';
import { varintBytes } from '../annotations/wire-fields.ts';
import { nothingSaid, type Said } from './annotations.ts';
import type { Conversion } from './context.ts';
import { reportOutdated } from './names.ts';

/** A message with what annotations (its own, or the document's) say beyond the syntax: doc string, metadata, empty and other fields. */
export function withSaid<Name extends MessageName>(
  conversion: Conversion,
  name: Name,
  message: AnnotatedMessages[Name],
  said: Said,
): AnnotatedMessages[Name] {
  const usual = conversion.defaults.emptyFields.get(name);
  if (said === nothingSaid && usual === undefined) return message;
  if (said !== nothingSaid) reportOutdated(conversion, said);
  const named: AnnotatedMessages[Name] = {
    ...message,
    ...(said.docString === undefined ? undefined : { docString: said.docString }),
    ...(said.metadata === undefined ? undefined : { metadata: said.metadata }),
  };
  const present = new Set([...(usual ?? []), ...said.present]);
  for (const field of said.absent) if (!said.present.has(field)) present.delete(field);
  return withFields(named, present, said.fields, name);
}

function withFields<Name extends MessageName>(
  message: AnnotatedMessages[Name],
  present: ReadonlySet<string>,
  fields: readonly Bytes[],
  name: Name,
): AnnotatedMessages[Name] {
  const known = emptyFields[name];
  let result = message;
  const pieces: Bytes[] = [];
  for (const fieldName of present) {
    const field = Object.hasOwn(known, fieldName) ? known[fieldName] : undefined;
    if (!field?.isEmpty(result)) continue;
    if (field.whenPresent === undefined) {
      pieces.push(Uint8Array.of(...varintBytes(field.number * 8 + field.wireType), 0));
    } else if (!field.isPresent?.(result)) {
      result = { ...result, ...field.whenPresent };
    }
  }
  pieces.push(...fields);
  return pieces.length === 0
    ? result
    : { ...result, otherFields: [...(result.otherFields ?? []), ...pieces] };
}
