/** Whether the letters typed come in the candidate in their order, as editors match. Allocates nothing: there may be 100,000. */
export function matches(candidate: string, typed: string): boolean {
  if (typed === '') {
    return true;
  }
  const wanted = typed.toLowerCase();
  let at = 0;
  for (let index = 0; index < candidate.length && at < wanted.length; index++) {
    const letter = candidate.charCodeAt(index);
    if (lower(letter) === wanted.charCodeAt(at)) {
      at++;
    }
  }
  return at === wanted.length;
}

function lower(letter: number): number {
  if (letter < 128) {
    return letter >= 65 && letter <= 90 ? letter + 32 : letter;
  }
  return String.fromCharCode(letter).toLowerCase().charCodeAt(0);
}
