import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeActions } from '../../../../server/src/features/code-actions.ts';
import { createDocument } from '../../../../server/src/features/document.ts';
import { positionAt } from '../../../../server/src/features/source-text.ts';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';

test('refactorings of 100,000 nodes are offered within a millisecond or so, wherever the cursor is', () => {
  const count = 100_000;
  const lines = Array.from({ length: count }, (_, index) => {
    const input = index === 0 ? 'x' : `v${index - 1}`;
    return `  v${index} = ${index % 10 === 3 ? 'my.f' : 'Relu'} (${input})\n`;
  });
  const text = `<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[8] x) => (float[8] v${count - 1})
{
${lines.join('')}}
<domain: "my", opset_import: ["" : 17]>
f (a) => (b) { b = Neg (a) }
`;
  const document = createDocument('file:///models/model.onnxtxt', 1, text);
  // Checks and colours have asked for them long before.
  assert.ok(document.names.declarations.length === 2 && document.tree.problemCount === 0);
  const offers = (start: number, end: number) => {
    const range = { start: positionAt(document.source, start), end: positionAt(document.source, end) };
    const options = { files: nodeFileAccess, createsFiles: true };
    return codeActions(document, range, { diagnostics: [], only: ['refactor'] }, options);
  };
  assert.equal(offers(text.indexOf('v503 ='), text.indexOf('v503 =')).length, 3);
  const { nodes } = document.tree.declarations[0] ?? assert.fail();
  const starts = document.tree.starts.subarray(nodes.from, nodes.to);
  const rounds = 400;
  const before = process.cpuUsage();
  let offered = 0;
  for (let round = 0; round < rounds; round++) {
    const at = starts[round * 241 + 3] ?? 0;
    // A cursor, then the selection of some lines.
    offered += offers(at, at).length + offers(at, at + 400).length;
  }
  const { user, system } = process.cpuUsage(before);
  assert.ok(offered > rounds * 3);
  const each = (user + system) / 1000 / (2 * rounds);
  // 0.3 ms on an idle machine.
  assert.ok(each < 5, `${each.toFixed(2)} ms`);
});
