/** What the names that TensorRT gives to layers of an engine say of the ONNX nodes in them. */
import { withoutProfile } from './layer-information.ts';

export interface LayerNameReading {
  /** What may name nodes: see `namedNodes`. Empty where the name tells operations only. */
  readonly body: string;
  /** The ends of `{ForeignNode[first...last]}`: all nodes between them are in it. */
  readonly range?: { readonly first: string; readonly last: string };
  /** It changes a tensor's format or place for the node that it names, and computes nothing of it. */
  readonly isReformat: boolean;
  /** What a kernel of Myelin's computes, as its name abbreviates it: `Mov`, `Mea`, `Sub`. */
  readonly operations: readonly string[];
}

const reformat = /^Reformatting CopyNode for (?:Input|Output) Tensor \d+ to (.*)$/s;
const foreign = /^(?:Myelin\d*:)?\{?ForeignNode\[(.*?)\.\.\.(.*)\]\}?$/s;
const myelinIndex = /_myl\d+_\d+$/;
const generatedKernel = /^__myl_((?:[A-Z][a-z0-9]*)+)(?:_.*)?$/s;

export function readLayerName(name: string): LayerNameReading {
  const plain = withoutProfile(name);
  const moved = reformat.exec(plain)?.[1];
  if (moved !== undefined) return { ...readLayerName(moved), isReformat: true };
  const nothing = { body: '', isReformat: false, operations: [] };
  const ends = foreign.exec(plain.replace(myelinIndex, ''));
  if (ends?.[1] !== undefined && ends[2] !== undefined) {
    return { ...nothing, range: { first: ends[1], last: ends[2] } };
  }
  const kernel = generatedKernel.exec(plain)?.[1];
  if (kernel !== undefined) return { ...nothing, operations: kernel.match(/[A-Z][a-z0-9]*/g) ?? [] };
  return { ...nothing, body: plain };
}

/**
 * The names of nodes in `conv0 + relu0`, `a || b` (side by side), `PWN(PWN(sigmoid), mul)`, `v_proj+k_proj_myl0_3`. Names of nodes may
 * look like any of these, so a name that a node has is never taken apart.
 */
export function namedNodes(body: string, isNode: (name: string) => boolean): string[] {
  if (body === '') return [];
  if (isNode(body)) return [body];
  const stripped = body.replace(myelinIndex, '');
  if (stripped !== body) return namedNodes(stripped, isNode);
  const pointwise = /^PWN\((.*)\)$/s.exec(body)?.[1];
  if (pointwise !== undefined) return argumentsOf(pointwise).flatMap((part) => namedNodes(part, isNode));
  const separator = [' || ', ' + ', '+'].find((candidate) => body.includes(candidate));
  if (separator === undefined) return [];
  return body.split(separator).flatMap((part) => namedNodes(part, isNode));
}

/** Without the counters that TensorRT puts into names, which differ from build to build. */
export function comparableName(name: string): string {
  return withoutProfile(name)
    .replace(/_myl\d+_\d+$/, '')
    .replace(/__mye\d+/g, '__mye')
    .replace(/hvar\^\d+/g, 'hvar')
    .replace(/(Reformatting CopyNode for (?:In|Out)put Tensor) \d+/, '$1');
}

/** Splits at commas outside of brackets. */
function argumentsOf(text: string): string[] {
  const parts: string[] = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    else if (depth === 0 && text.startsWith(', ', at)) {
      parts.push(text.slice(from, at));
      from = at + 2;
    }
  }
  return [...parts, text.slice(from)];
}
