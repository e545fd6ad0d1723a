/** What is expected at a place of the document. */
export const mode = {
  /** The model's header or graph. */
  start: 0,
  /** The graph, behind the header. */
  graph: 1,
  /** An entry of the list of values of the graph. */
  graphValues: 2,
  /** A node of the graph. */
  graphBody: 3,
  /** A function, behind the graph. */
  functions: 4,
  functionValues: 5,
  functionBody: 6,
  /** Nothing: the text is read. */
  end: 7,
} as const;

export type Mode = (typeof mode)[keyof typeof mode];

/** What a list of values or a body belongs to. */
export type Owner = 'graph' | 'function';

export function ownerOf(current: Mode): Owner {
  return current >= mode.functions ? 'function' : 'graph';
}

export function valuesOf(owner: Owner): Mode {
  return owner === 'graph' ? mode.graphValues : mode.functionValues;
}

export function bodyOf(owner: Owner): Mode {
  return owner === 'graph' ? mode.graphBody : mode.functionBody;
}
