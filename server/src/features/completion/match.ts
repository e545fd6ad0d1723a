/** Whether the letters typed come in the candidate in their order, as editors match. */
export function matches(candidate: string, typed: string): boolean {
  if (typed === '') {
    return true;
  }
  const letters = candidate.toLowerCase();
  let at = 0;
  for (const letter of typed.toLowerCase()) {
    at = letters.indexOf(letter, at) + 1;
    if (at === 0) {
      return false;
    }
  }
  return true;
}
