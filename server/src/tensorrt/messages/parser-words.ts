/**
 * What the parser says, without what it says to its own developers: conditions of assertions, source files, and the failed CUDA
 * call that every error of a process without a GPU drags along. One line.
 */
export function parserWords(description: string): string {
  const lines = description
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.includes('catchCudaError'));
  // `Invalid Node - NAME` is the headline of what TensorRT itself said below it.
  const said = lines.filter((line) => !/^(?:Invalid Node - |Exception occurred in - )/.test(line));
  // The first failure is the cause; what cannot be computed because of it says nothing new.
  const causes = said.filter(
    (line, index) => index === 0 || !line.includes('Output shape can not be computed'),
  );
  return [...new Set((causes.length > 0 ? causes : lines).map(wordsOfLine))].join(' ');
}

function wordsOfLine(line: string): string {
  const tensorrt = /Error Code \d+: [A-Z][\w ]*\((.*?)\.?\s*In \w[\w:()~ ]* at \S+\)$/.exec(line);
  if (tensorrt?.[1] !== undefined) return tensorrt[1].replace(/^\S+: (?=\S)/, keepIfNoNode).trim();
  const importer = /^Failed to import initializer: In node .*: (Failed to import initializer: .*)$/.exec(
    line,
  );
  if (importer?.[1] !== undefined) return importer[1].trim();
  const quoted = /&& "(.*)"$/.exec(line);
  if (quoted?.[1] !== undefined) return quoted[1].trim();
  if (line.startsWith('Assertion failed: ')) return afterCondition(line.slice(18)).trim();
  return line;
}

/** The layer's name in front of TensorRT's sentence says less than the diagnostic's place. */
function keepIfNoNode(prefix: string): string {
  return /^(?:node_of_|.*\/)/.test(prefix) ? '' : prefix;
}

/** `condition: message`, where the condition may hold `::` and the message may be missing. */
function afterCondition(text: string): string {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    else if (character === ':' && depth === 0 && text[index + 1] === ' ') return text.slice(index + 2);
  }
  return text;
}
