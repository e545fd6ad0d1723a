/** What ONNX Runtime says when it does not run a model, and what to do. */
import type { ReferenceAnswer } from './protocol.ts';

interface Rule {
  readonly pattern: RegExp;
  readonly sentence: (found: RegExpExecArray) => string;
}

const rules: readonly Rule[] = [
  {
    pattern: /Opset (\d+) is under development.*support for domain (\S+) is till opset (\d+)/s,
    sentence: ([, opset, domain, known]) =>
      `ONNX Runtime knows ${domain} up to opset ${known}, and the model has ${opset}. Change its opset for the comparison (the source action “Change Opset” does it).`,
  },
  {
    pattern: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    sentence: ([, version, known]) =>
      `ONNX Runtime knows IR versions up to ${known}, and the model has ${version}. Lower the model’s ir_version.`,
  },
  {
    pattern: /Fatal error: (\S+?)\((-?\d+)\) is not a registered function\/op/,
    sentence: ([, operator]) =>
      `ONNX Runtime has no operator ${operator}. A plugin’s operator has no reference there: compare with values from elsewhere (a folder of .npy files).`,
  },
  {
    pattern: /Could not find an implementation for (\S+?)\((\d+)\) node with name '(.*?)'/,
    sentence: ([, operator, version, node]) =>
      `ONNX Runtime has no kernel for ${operator} (version ${version}) with these types on the CPU${node ? `, at node ${node}` : ''}. Compare with values from elsewhere (a folder of .npy files).`,
  },
  {
    pattern: /Got invalid dimensions for input: (\S+) for the following indices\s+(.*?)\s+Please fix/s,
    sentence: ([, input, differences]) =>
      `The shape of the input ${input} is none that the model takes (${differences?.replace(/\s+/g, ' ')}).`,
  },
  {
    pattern: /Invalid rank for input: (\S+) Got: (\d+) Expected: (\d+)/,
    sentence: ([, input, given, wanted]) =>
      `The input ${input} has ${given} dimensions, and the model takes ${wanted}.`,
  },
  {
    pattern: /Non-zero status code returned while running (\S+) node\. Name:'(.*?)' Status Message: (.*)/s,
    sentence: ([, operator, node, message]) =>
      `ONNX Runtime stopped at the node ${node || operator} (${operator}): ${shortened(message ?? '')}`,
  },
  {
    pattern: /Unsupported data type: (\d+)/,
    sentence: ([, type]) =>
      `A value that was asked for has the data type ${type} of ONNX, which ONNX Runtime for Node.js does not hand out. Leave it out with --tensors.`,
  },
  {
    pattern: /bad_alloc|Failed to allocate memory|Array buffer allocation failed/,
    sentence: () =>
      'The memory is not enough for all values at once: capture fewer tensors, or take smaller shapes.',
  },
];

/** A sentence or two. */
export function explainReferenceFailure({
  stage,
  message,
}: Extract<ReferenceAnswer, { kind: 'failed' }>): string {
  if (stage === 'binding') {
    const platform = `${process.platform}-${process.arch}`;
    return /Cannot find module/.test(message)
      ? `ONNX Runtime is not there for this platform (${platform}). Compare with values from elsewhere (a folder of .npy files), or see the engine’s values alone.`
      : `ONNX Runtime does not load on this machine (${platform}): ${shortened(message)}`;
  }
  for (const { pattern, sentence } of rules) {
    const found = pattern.exec(message);
    if (found) return sentence(found);
  }
  const what = stage === 'session' ? 'does not take the model' : 'does not run the model';
  return `ONNX Runtime ${what}: ${shortened(message)}`;
}

/** Without the places in ONNX Runtime's own sources. */
function shortened(message: string): string {
  const plain = message
    .replace(/^\/\S+\.(?:cc|h|cpp):\d+ .*?\)\s+(?:\[[^\]]*\] )?/s, '')
    .replace(/\s+/g, ' ')
    .trim();
  return plain.length > 400 ? `${plain.slice(0, 400)}…` : plain;
}
