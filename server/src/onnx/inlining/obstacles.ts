/** What keeps a call from being written out. */
import type { FunctionDefinition, Node } from '../model/model.ts';
import { functionName, subgraphsOf, withSubgraphNodes } from '../model/nodes.ts';
import type { Binding } from './binding.ts';
import type { Imports } from './imports.ts';

/** Names grow with the depth, and functions that call each other deeper than this are none that anybody wrote. */
const maximumDepth = 100;

/** A body that is written out for one call of the function. */
export interface Body {
  readonly definition: FunctionDefinition;
  /** Names of the calls that lead to it, outermost first. */
  readonly calls: readonly string[];
  /** That of the function which calls; none in the main graph. */
  readonly outer: Body | undefined;
}

interface Facts {
  /** How many nodes a call adds, those in subgraphs included. */
  readonly added: number;
  /** Names of the results of subgraphs. */
  readonly innerResults: ReadonlySet<string>;
}

export class Obstacles {
  /** Sentences for people. */
  readonly notes = new Set<string>();
  readonly #imports: Imports;
  readonly #ofOtherOpset = new Set<FunctionDefinition>();
  readonly #facts = new Map<FunctionDefinition, Facts>();
  readonly #maximumNodes: number;
  #size: number;
  #isFull = false;

  /** `size`: how many nodes there are before anything is written out. */
  constructor(imports: Imports, size: number, maximumNodes: number) {
    this.#imports = imports;
    this.#maximumNodes = maximumNodes;
    this.#size = size;
  }

  /** Whether the call may be written out, which then counts as done. Else a note says why not, once for each reason. */
  admits(call: Node, binding: Binding, body: Body): boolean {
    const { definition } = body;
    if (this.#isFull || this.#ofOtherOpset.has(definition)) return false;
    const note =
      depthNote(body) ??
      bindingNote(call, binding, body, this.#factsOf(definition)) ??
      this.#opsetNote(definition) ??
      this.#sizeNote(body);
    if (note !== undefined) this.notes.add(note);
    return note === undefined;
  }

  #factsOf(definition: FunctionDefinition): Facts {
    const facts = this.#facts.get(definition) ?? factsOf(definition);
    this.#facts.set(definition, facts);
    return facts;
  }

  #opsetNote(definition: FunctionDefinition): string | undefined {
    const difference = this.#imports.differenceTo(definition);
    if (difference === undefined) return undefined;
    this.#ofOtherOpset.add(definition);
    return `${functionName(definition)} is not looked into: ${difference}`;
  }

  #sizeNote({ definition, calls }: Body): string | undefined {
    const { added } = this.#factsOf(definition);
    this.#isFull = this.#size + added > this.#maximumNodes;
    if (!this.#isFull) {
      this.#size += added;
      return undefined;
    }
    return `${calls.join('/')} and the calls behind it are not looked into: with them, the model would have more than ${this.#maximumNodes.toLocaleString('en-US')} nodes.`;
  }
}

function factsOf({ nodes }: FunctionDefinition): Facts {
  const all = [...withSubgraphNodes(nodes)];
  const results = all.flatMap(subgraphsOf).flatMap(({ outputs }) => outputs);
  return {
    // The call itself goes. Still, each one counts: functions without nodes take time, too.
    added: Math.max(1, all.length - 1),
    innerResults: new Set(results.map(({ name }) => name)),
  };
}

function depthNote({ definition, calls, outer }: Body): string | undefined {
  for (let body = outer; body; body = body.outer) {
    if (body.definition === definition) {
      return `${functionName(definition)} is not looked into where it calls itself, which ONNX forbids.`;
    }
  }
  return calls.length > maximumDepth
    ? `${functionName(definition)} is not looked into below ${maximumDepth} calls inside each other.`
    : undefined;
}

function bindingNote(
  call: Node,
  { values, copies }: Binding,
  { definition, calls }: Body,
  { innerResults }: Facts,
): string | undefined {
  const name = functionName(definition);
  const path = calls.join('/');
  for (const part of ['inputs', 'outputs'] as const) {
    const [given, formal] = [call[part].length, definition[part].length];
    if (given > formal) {
      return `${path} is not looked into: it has ${given} ${part}, ${name} ${formal}.`;
    }
  }
  const isResult = (input: string) =>
    innerResults.has(input) || copies.some(([, result]) => result === input);
  const omitted = definition.inputs.find((input) => values.get(input) === '' && isResult(input));
  return omitted === undefined
    ? undefined
    : `${path} is not looked into: it leaves out the input ${omitted}, which ${name} passes on as a result.`;
}
