import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  incomingCalls,
  outgoingCalls,
  prepareCallHierarchy,
} from '../../../server/src/features/call-hierarchy.ts';
import { codeLenses } from '../../../server/src/features/code-lenses.ts';
import { offsetAt } from '../../../server/src/features/source-text.ts';
import { typeDefinition } from '../../../server/src/features/type-definition.ts';
import { workspaceSymbols } from '../../../server/src/features/workspace-symbols.ts';
import { expectMarks, type Fixture, fixture, header } from './fixture.ts';

const functions = `${header}
g (bool c, float[N] x) => (float[N] y) {
  a = local.f (x)
  y = If (c) <then_branch = t () => (float[N] r) { r = local.f (a) },
              else_branch = e () => (float[N] r) { r = local.h (a) }>
}
<domain: "local", opset_import: ["" : 17, "local" : 1]>
f (a) => (r) {
  r = local.h (a)
}
<domain: "local", opset_import: ["" : 17]>
h (a) => (r) { r = Relu (a) }
<domain: "local", opset_import: ["" : 17]>
unused (a) => (r) { r = Relu (a) }
`;

describe('code lenses', () => {
  test('count the calls of each function, also those in subgraphs and functions', () => {
    const { document } = fixture(functions);
    assert.deepEqual(
      codeLenses(document, true).map(({ range, command }) => [
        range.start.line,
        command?.title,
        command?.arguments?.[2]?.length,
      ]),
      [
        [7, '2 calls', 2],
        [11, '2 calls', 2],
        [13, 'never called', undefined],
      ],
    );
  });

  test('name no command in editors that do not have it', () => {
    const { document } = fixture(functions);
    assert.deepEqual(
      codeLenses(document, false).map(({ command }) => command?.command),
      ['', '', ''],
    );
  });
});

describe('call hierarchy', () => {
  const at = (marked: string) => {
    const { document, position } = fixture(marked);
    const [item] = prepareCallHierarchy(document, position);
    assert.ok(item);
    return { document, item };
  };

  test('of a function leads to its callers, graph and functions', () => {
    for (const marked of [
      functions.replace('h (a) => (r) {', '$0h (a) => (r) {'),
      functions.replace('local.h', 'local.$0h'),
    ]) {
      const { document, item } = at(marked);
      assert.equal(item.name, 'h');
      assert.deepEqual(
        incomingCalls(document, item).map(({ from, fromRanges }) => [
          from.name,
          fromRanges.map(({ start }) => start.line),
        ]),
        [
          ['g', [4]],
          ['f', [8]],
        ],
      );
    }
  });

  test('leads from a caller to what it calls', () => {
    const { document, item } = at(functions.replace('f (a) =>', '$0f (a) =>'));
    const [graph] = incomingCalls(document, item);
    assert.ok(graph);
    assert.deepEqual(
      outgoingCalls(document, graph.from).map(({ to, fromRanges }) => [to.name, fromRanges.length]),
      [
        ['f', 2],
        ['h', 1],
      ],
    );
    assert.deepEqual(
      outgoingCalls(document, item).map(({ to }) => to.name),
      ['h'],
    );
  });
});

describe('workspace symbols', () => {
  const found = (text: string, query: string) => {
    const { document } = fixture(`${header}\n${text}`);
    return workspaceSymbols([document], query).map(({ name, containerName, location }) => {
      const { start, end } = 'range' in location ? location.range : assert.fail();
      const at = offsetAt(document.source, start);
      return [name, containerName, document.source.text.slice(at, offsetAt(document.source, end))];
    });
  };

  test('find functions, nodes, and initializers of all open documents by the letters typed', () => {
    const second = fixture(`${header}
net (float[1] x) => (float[1] y) <float[1] weight = {1}> { ["/layer/Add"] y = Add (x, weight) }`);
    const documents = [fixture(functions).document, second.document];
    const found = (query: string) => workspaceSymbols(documents, query).map(({ name }) => name);
    assert.deepEqual(found('wght'), ['weight']);
    assert.deepEqual(found('layer'), ['/layer/Add']);
    assert.deepEqual(found('unus'), ['unused']);
    assert.ok(found('').includes('g') && found('').includes('net'));
  });

  test('find a node by its name, else by any of its outputs, else by its operator', () => {
    const text = 'g (float[4] x) => (float[2] top) { ["/pick"] top, "rest of x" = Split (x) }';
    assert.deepEqual(found(text, 'pick'), [['/pick', 'Split', '"/pick"']]);
    assert.deepEqual(found(text, 'rest'), [['rest of x', 'Split', '"rest of x"']]);
    // As editors filter by the name of a symbol, it is the operator's.
    assert.deepEqual(found(text, 'split'), [['Split', '/pick', 'Split']]);
  });

  test('find inputs and outputs of graphs and functions', () => {
    const text = `g (float[4] pixels) => (float[4] scores) { scores = local.f (pixels) }
<domain: "local", opset_import: ["" : 17]>
f (features) => (logits) { logits = Relu (features) }`;
    assert.deepEqual(found(text, 'pix'), [['pixels', 'input of g', 'pixels']]);
    assert.deepEqual(found(text, 'feat'), [['features', 'input of f', 'features']]);
    assert.deepEqual(found(text, 'score'), [
      ['scores', 'output of g', 'scores'],
      ['scores', 'f', 'scores'],
    ]);
    assert.deepEqual(found(text, 'logits'), [
      ['logits', 'output of f', 'logits'],
      ['logits', 'Relu', 'logits'],
    ]);
  });

  test('find what is in graphs of If and Loop', () => {
    const text = `g (bool c, float[1] x) => (float[1] y) {
  y = If (c) <then_branch = yes () => (float[1] r) <float[1] one = {1}> { ["/yes/Add"] r = Add (x, one) },
              else_branch = no () => (float[1] s) { s = Relu (x) }>
}`;
    assert.deepEqual(found(text, '/yes'), [['/yes/Add', 'Add', '"/yes/Add"']]);
    assert.deepEqual(found(text, 'one'), [['one', 'initializer', 'one']]);
    assert.deepEqual(found(text, 'relu'), [['Relu', 's', 'Relu']]);
    assert.deepEqual(found(text, 'no'), [['no', 'graph', 'no']]);
  });

  test('names come before operators, and a query of everything has an end', () => {
    const nodes = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => `  v${from + index} = Relu (x)`).join('\n');
    const text = (count: number) => `g (float[1] x) => (float[1] y) {
${nodes(0, count)}
  relu_last = Neg (x)
  y = Add (v0, relu_last)
}`;
    const few = found(text(3), 'relu');
    assert.deepEqual(
      few.map(([name]) => name),
      ['relu_last', 'Relu', 'Relu', 'Relu'],
    );
    const many = found(text(1000), 'relu');
    assert.deepEqual([many.length, many[0]?.[0], many[1]?.[0]], [500, 'relu_last', 'Relu']);
    assert.equal(found(text(1000), 'v').length, 500);
  });

  test('a name with the very letters comes before those that have them scattered, however many', () => {
    const nodes = Array.from({ length: 1000 }, (_, index) => `  last${index}_one = Relu (x)`).join('\n');
    const symbols = found(
      `g (float[1] x) => (float[1] y) {\n${nodes}\n  y = Last_One (x)\n  LastOne = Neg (x)\n}`,
      'lastone',
    );
    assert.deepEqual([symbols.length, symbols[0]?.[0], symbols[1]?.[0]], [500, 'LastOne', 'last0_one']);
  });
});

describe('go to type definition', () => {
  const toType = ({ document, position }: Fixture) => typeDefinition(document, position);

  test('leads to where the type is stated', () => {
    expectMarks(
      `${header}
g (float[N] x) => (float[N] y) <float[N] a> {
                                ^^^^^^^^
  a = Relu (x)
  y = Neg ($0a)
}`,
      toType,
    );
  });

  test('of a value without a stated type leads to what produces it', () => {
    expectMarks(
      `${header}
g (float[N] x) => (float[N] y) {
  a = Relu (x)
      ^^^^
  y = Neg ($0a)
}`,
      toType,
    );
  });
});
