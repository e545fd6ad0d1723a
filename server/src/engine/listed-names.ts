/** Names in a sentence, the first of many: `a, b and 3 more`. */
export function listedNames(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
