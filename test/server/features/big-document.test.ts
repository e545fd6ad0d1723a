import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changedDocument, createDocument, type OnnxDocument } from '../../../server/src/features/document.ts';
import { hover } from '../../../server/src/features/hover.ts';
import { inferredType } from '../../../server/src/features/inferred-types.ts';
import { positionAt } from '../../../server/src/features/source-text.ts';
import { occurrencesOfValue } from '../../../server/src/features/values.ts';
import { nodeFileAccess } from '../../../server/src/node/file-access.ts';
import { header } from './fixture.ts';

const nodes = 30_000;

/** Chains of 20 nodes, each with a residual connection at its end and a call of a local function in it. */
function bigText(): string {
  const lines = [header, 'g (float[N,8] x) => (float[N,8] y) {'];
  for (let node = 0; node < nodes; node++) {
    const last = node === 0 ? 'x' : `v${node - 1}`;
    const [operator, inputs] =
      node % 20 === 19
        ? ['Add', `${last}, v${node - 19}`]
        : node % 20 === 10
          ? ['local.twice', last]
          : [node % 2 ? 'Relu' : 'Abs', last];
    lines.push(`  [n${node}] v${node} = ${operator} (${inputs})`);
  }
  lines.push(`  y = Relu (v${nodes - 1})`, '}');
  lines.push('<domain: "local", opset_import: ["" : 17]>', 'twice (a) => (b) { b = Add (a, a) }');
  return lines.join('\n');
}

const text = bigText();
const opened = () => createDocument('file:///models/big.onnxtxt', 1, text);

function edited(document: OnnxDocument, find: string, replacement: string): OnnxDocument {
  const start = document.source.text.toString().indexOf(find);
  assert.ok(start >= 0, find);
  return changedDocument(document, document.version + 1, [
    { start, end: start + find.length, text: replacement },
  ]);
}

function typeOf(document: OnnxDocument, name: string) {
  const value = { name, scope: { declaration: 0, graphs: [] }, segment: 1 };
  return inferredType(document, occurrencesOfValue(document, value), value);
}

function hoverOn(document: OnnxDocument, word: string): string {
  const at = document.source.text.toString().indexOf(word);
  const found = hover({ document, files: nodeFileAccess }, positionAt(document.source, at));
  assert.ok(found && 'value' in (found.contents as object));
  return (found.contents as { readonly value: string }).value;
}

/** Milliseconds of CPU. */
function cpuOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

describe('a document of 30,000 statements', () => {
  test('gives types right after an edit, or says that they are of the text before', () => {
    let document = opened();
    assert.equal(typeOf(document, 'v20')?.isCurrent ?? 'unknown yet', 'unknown yet');
    document.inference;
    const edits = [
      ['v1000 = Abs', 'v1000 = Shape'],
      ['v2 = Abs', 'v2 = Size'],
      ['v1000 = Shape', 'v1000 = Abs'],
      ['v29000 = Abs', 'v29000 = NoOperator'],
      ['[n500] ', ''],
      ['v2 = Size', 'v2 = Abs'],
    ] as const;
    let current = 0;
    for (const [from, to] of edits) {
      document = edited(document, from, to);
      const names = ['x', 'v2', 'v3', 'v999', 'v1000', 'v1001', 'v1019', 'v20000', 'v29001', 'y'];
      const before = names.map((name) => typeOf(document, name));
      const fresh = createDocument(document.uri, 1, document.source.text.toString());
      fresh.inference;
      for (const [index, name] of names.entries()) {
        const found = before[index];
        if (!found?.isCurrent) continue;
        current++;
        assert.equal(found.text, typeOf(fresh, name)?.text, `${name} after ${from} → ${to}`);
      }
      document.inference;
      for (const name of names) {
        assert.deepEqual(typeOf(document, name), typeOf(fresh, name), `${name} after ${from} → ${to}`);
      }
    }
    assert.ok(current > 0, 'some are known right away');
  });

  test('says in a hover that a type is of the text before the last edit', () => {
    let document = opened();
    assert.match(hoverOn(document, 'v29990 ='), /not known yet/);
    document.inference;
    assert.match(hoverOn(document, 'v29990 ='), /float\[N,8\] v29990[\s\S]*inferred from/);
    document = edited(document, 'v2 = Abs', 'v2 = NoOperator');
    // More nodes have to be inferred for it than a hover waits for.
    assert.match(hoverOn(document, 'v29990 ='), /float\[N,8\] v29990[\s\S]*before the last edits/);
    document.inference;
    assert.doesNotMatch(hoverOn(document, 'v29990 ='), /float\[N,8\] v29990|before the last edits/);
  });

  test('knows what is before an edit without a new inference', () => {
    let document = opened();
    document.inference;
    for (const [from, to] of [
      ['v20000 = Abs', 'v20000 = NoOperator'],
      ['v25000 = Abs', 'v25000 = Shape'],
      ['  [n21001] v21001 = Relu (v21000)\n', ''],
    ] as const) {
      document = edited(document, from, to);
      assert.deepEqual(typeOf(document, 'v19999'), { text: 'float[N,8]', isCurrent: true });
      assert.match(hoverOn(document, 'v19999)'), /float\[N,8\] v19999[\s\S]*inferred from/);
      assert.equal(document.work.model.ready, undefined, 'not even a model was made');
    }
    assert.equal(typeOf(edited(document, 'float[N,8] x', 'float[N,9] x'), 'v19999')?.isCurrent, false);
    assert.equal(typeOf(edited(document, 'Add (a, a)', 'Shape (a)'), 'v19999')?.isCurrent, false);
  });

  test('infers what an edit changes, and no call of a function that it does not touch', () => {
    const document = opened();
    document.inference;
    const after = edited(document, 'v15001 = Relu', 'v15001 = Neg');
    let pauses = 0;
    after.work.inference.work(() => {
      pauses++;
      return false;
    });
    // There is a pause after each node that is inferred anew; 1,500 of the nodes are calls.
    assert.ok(pauses < 100, `${pauses} pauses`);
    const [before, now] = [document.model.model, after.model.model];
    assert.equal(now.functions[0], before.functions[0]);
    assert.equal(now.graph?.valueInfos, before.graph?.valueInfos);
    assert.equal(now.graph?.initializers, before.graph?.initializers);
  });

  test('that is edited while it is being looked at for the first time does not begin again', () => {
    const document = opened();
    let pauses = 0;
    document.work.inference.work(() => ++pauses === 300);
    assert.equal(document.work.inference.ready, undefined);
    const after = edited(document, 'v2 = Abs', 'v2 = Size');
    after.work.inference.work(() => document.work.inference.ready !== undefined);
    assert.ok(document.work.inference.ready, 'the first is finished first');
    const fresh = createDocument(document.uri, 1, after.source.text.toString());
    assert.equal(after.inference.problems().length, fresh.inference.problems().length);
    for (const name of ['v2', 'v19', 'v25000']) {
      assert.deepEqual(typeOf(after, name), typeOf(fresh, name));
    }
    assert.deepEqual(after.checks.findings, fresh.checks.findings);
    assert.deepEqual(after.model.problems, fresh.model.problems);
  });

  test('is checked in small steps after an edit, too, even one that leaves thousands of nodes without a use', () => {
    const document = opened();
    document.checks;
    const after = edited(document, `y = Relu (v${nodes - 1})`, 'y = Relu (x)');
    after.names;
    let pauses = 0;
    after.work.checks.work(() => {
      pauses++;
      return false;
    });
    const unused = after.checks.findings.filter(({ code }) => code === 'onnx.unused-node');
    assert.ok(unused.length > 1000, `${unused.length} unused nodes`);
    assert.ok(pauses > 20, `${pauses} pauses`);
  });

  test('costs a small part of the first look at each edit', () => {
    let document = opened();
    const all = ({ names, checks, model, inference }: OnnxDocument) => [names, checks, model, inference];
    const first = cpuOf(() => all(document));
    const costs: number[] = [];
    for (let edit = 0; edit < 15; edit++) {
      const [from, to] = edit % 2 ? ['v15001 = Neg', 'v15001 = Relu'] : ['v15001 = Relu', 'v15001 = Neg'];
      const text = document.source.text.toString();
      const start = text.indexOf(from);
      costs.push(
        cpuOf(() => {
          const change = { start, end: start + from.length, text: to };
          document = changedDocument(document, document.version + 1, [change]);
          all(document);
        }),
      );
    }
    const median = costs.sort((a, b) => a - b)[7] ?? Number.NaN;
    assert.ok(median < first / 10, `${median.toFixed(1)} ms of CPU after ${first.toFixed(0)} ms at first`);
  });
});
