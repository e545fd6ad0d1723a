/** Prints what an open document retains, as JSON. Run with `--expose-gc`; a process of its own, so that nothing else counts. */
import { setImmediate } from 'node:timers/promises';
import { checkDiagnostics, inferenceDiagnostics } from '../../../server/src/features/diagnostics/checks.ts';
import { modelDiagnostics } from '../../../server/src/features/diagnostics/model.ts';
import { changedDocument, createDocument, type OnnxDocument } from '../../../server/src/features/document.ts';
import { documentSymbols } from '../../../server/src/features/document-symbols.ts';

const nodeCount = 20_000;

/** Like what exporters write: long names by module, every other node with a weight that is elided. */
function modelText(): string {
  const values: string[] = [];
  const nodes: string[] = [];
  let last = 'image';
  for (let index = 0; index < nodeCount; index++) {
    const scope = `/stages.${Math.floor(index / 1000)}/blocks.${Math.floor(index / 20) % 50}`;
    const name = `${scope}/${index % 2 === 0 ? 'Conv' : 'Relu'}_${index}`;
    if (index % 2 === 0) {
      const weight = `${scope}/conv.${index}.weight`;
      const offset = 14_273_133 + 625 * index;
      values.push(
        `  float[4,4,3,3] "${weight}" = ["location": "weights/of/the/model.bin", "offset": "${offset}", "length": "576"]`,
      );
      nodes.push(
        `  ["${name}"] "${name}_output_0" = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> ("${last}", "${weight}")`,
      );
    } else {
      nodes.push(`  ["${name}"] "${name}_output_0" = Relu ("${last}")`);
    }
    last = `${name}_output_0`;
  }
  return `<ir_version: 9, opset_import: ["" : 17]>
nodes (float[batch,4,32,32] image) => (float[batch,4,32,32] "${last}")
<
${values.join(',\n')}
>
{
${nodes.join('\n')}
}
`;
}

/** Asks for all that the server works out of a document by itself. */
function use(document: OnnxDocument): void {
  modelDiagnostics(document);
  checkDiagnostics(document);
  inferenceDiagnostics(document);
}

/** Bytes in use, without what nothing refers to any more. */
async function retained(): Promise<number> {
  // What weak references hold counts until the next turn of the event loop.
  for (let turn = 0; turn < 3; turn++) {
    await setImmediate();
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

// Code is loaded and compiled, and tables are made, with another document.
use(
  createDocument(
    'file:///warm.onnxtxt',
    1,
    '<ir_version: 9, opset_import: ["" : 17]> g (float[1] x) => (y) { y = Relu (x) }',
  ),
);
const before = await retained();
let document = createDocument('file:///model.onnxtxt', 1, modelText());
const statements = document.tree.segments.length;
use(document);
const symbols = JSON.stringify(documentSymbols(document)).length;
const open = (await retained()) - before;
const length = document.source.text.length;
for (let edit = 0; edit < 40; edit++) {
  // Names of nodes all over the document, one character more and less.
  const segment = Math.floor(statements / 2) + (edit >> 1) * 50;
  const start = (document.tree.starts[segment] ?? 0) + 3;
  const change = edit % 2 === 0 ? { start, end: start, text: 'x' } : { start, end: start + 1, text: '' };
  document = changedDocument(document, edit + 2, [change]);
  use(document);
  await setImmediate();
}
const edited = (await retained()) - before;
process.stdout.write(
  JSON.stringify({ statements, length, open, edited, symbols, version: document.version }),
);
