import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatType } from '../../../../server/src/onnx/inference/format.ts';
import {
  type Inference,
  type InferenceSoFar,
  inferInSteps,
  inferModel,
} from '../../../../server/src/onnx/inference/infer.ts';
import type { Model, Node } from '../../../../server/src/onnx/model/model.ts';
import { context, modelFrom, problemsOf, typeIn } from './support.ts';

/** Chains of `length` nodes with a residual connection at the end of each, over [N,8]. */
function chains(count: number, length = 20): Model {
  const lines: string[] = [];
  let last = 'x';
  for (let chain = 0; chain < count; chain++) {
    const start = last;
    for (let node = 0; node < length; node++) {
      const next = `c${chain}_${node}`;
      lines.push(`${next} = ${node % 2 ? 'Relu' : 'Abs'} (${last})`);
      last = next;
    }
    lines.push(`r${chain} = Add (${last}, ${start})`);
    last = `r${chain}`;
  }
  return modelFrom(`g (float[N,8] x) => (float[N,8] ${last}) {\n${lines.join('\n')}\n}`);
}

function withNode(model: Model, at: number, change: (node: Node) => Node): Model {
  assert.ok(model.graph);
  const nodes = model.graph.nodes.map((node, index) => (index === at ? change(node) : node));
  return { ...model, graph: { ...model.graph, nodes } };
}

function allTypes(inference: Inference): string {
  const names = inference.model.graph?.nodes.flatMap(({ outputs }) => outputs) ?? [];
  return [...names.map((name) => `${name}: ${typeIn(inference, name)}`), ...problemsOf(inference)].join('\n');
}

/** At each pause what is known so far, for comparison with the end. */
function paused(
  steps: Generator<InferenceSoFar | undefined, Inference, undefined>,
  names: readonly string[],
) {
  const said = new Map<string, string>();
  let pauses = 0;
  for (;;) {
    const step = steps.next();
    if (step.done) return { inference: step.value, said, pauses };
    pauses++;
    for (const name of names) {
      const known = step.value?.value(name);
      if (known) said.set(`${name}: ${formatType(known.type)}`, name);
    }
  }
}

describe('inference in steps', () => {
  const model = chains(250);
  const names =
    model.graph?.nodes.flatMap(({ outputs }) => outputs).filter((_, index) => index % 97 === 0) ?? [];
  const whole = inferModel(model, context);

  test('knows before its end only what is so in the end', () => {
    const { inference, said, pauses } = paused(inferInSteps(model, context), names);
    assert.equal(allTypes(inference), allTypes(whole));
    assert.ok(pauses > 50, `${pauses} pauses`);
    assert.ok(said.size > names.length / 2, `${said.size} of ${names.length} known before the end`);
    for (const [text, name] of said) assert.equal(text, `${name}: ${typeIn(inference, name)}`);
  });

  test('after edits, too, whose effect reaches to the end', () => {
    let [before, edited] = [whole, model];
    for (const [at, operator] of [
      [400, 'Shape'],
      [2000, 'Flatten'],
      [400, 'Relu'],
      [4000, 'NoOperator'],
      [30, 'Size'],
      [30, 'Relu'],
    ] as const) {
      edited = withNode(edited, at, (node) => ({ ...node, operator }));
      const { inference, said } = paused(inferInSteps(edited, context, before), names);
      assert.equal(allTypes(inference), allTypes(inferModel(edited, context)));
      for (const [text, name] of said) assert.equal(text, `${name}: ${typeIn(inference, name)}`);
      before = inference;
    }
  });

  test('that is let go of leaves the version before as it was', () => {
    const shown = allTypes(whole);
    const edited = withNode(model, 10, (node) => ({ ...node, operator: 'Shape' }));
    const steps = inferInSteps(edited, context, whole);
    for (let step = 0; step < 30; step++) steps.next();
    assert.equal(allTypes(whole), shown);
    assert.equal(allTypes(inferModel(edited, context, whole)), allTypes(inferModel(edited, context)));
  });
});

describe('after an edit', () => {
  /** Inference of a node reads its attributes; passing it by does not. */
  let looked = 0;
  const counted = (node: Node): Node =>
    Object.defineProperty({ ...node }, 'attributes', {
      enumerable: true,
      get: () => {
        looked++;
        return node.attributes;
      },
    });
  const plain = chains(500);
  assert.ok(plain.graph);
  const model: Model = { ...plain, graph: { ...plain.graph, nodes: plain.graph.nodes.map(counted) } };
  const inference = inferModel(model, context);
  const perNode = looked / plain.graph.nodes.length;
  const inferredAfter = (at: number, change: (node: Node) => Node) => {
    looked = 0;
    inferModel(
      withNode(model, at, (node) => counted(change(node))),
      context,
      inference,
    );
    return looked / perNode;
  };

  test('one of 10,500 nodes is inferred where no type changes', () => {
    assert.ok(perNode >= 1);
    assert.ok(inferredAfter(5_000, (node) => ({ ...node, name: 'renamed' })) <= 2);
    assert.ok(inferredAfter(5_000, (node) => ({ ...node, operator: 'Neg' })) <= 2);
  });

  test('those up to the next residual connection where a shape does', () => {
    // Node 5,005 is the 8th of its chain: 12 behind it, and the Add.
    const count = inferredAfter(5_005, (node) => ({ ...node, operator: 'ReduceSum' }));
    assert.ok(count > 10 && count <= 25, `${count} nodes`);
  });
});
