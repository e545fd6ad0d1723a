/**
 * onnx-proto, generated code of protobufjs, as an oracle of another make. It predates today's IR, so only what it knows is compared.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { onnx } from 'onnx-proto';
import { cacheDirectory } from '../../../../scripts/cache.mjs';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { readModel } from '../../../../server/src/onnx/binary/reader.ts';
import type { Graph } from '../../../../server/src/onnx/model/model.ts';

const folder = path.join(cacheDirectory, 'models', 'real');
const models = readdirSync(folder).filter((name) => name.endsWith('.onnx'));

test('there are real models', () => assert.ok(models.length >= 10));

for (const name of models) {
  test(`${name} reads as onnx-proto reads it`, () => {
    const file = path.join(folder, name);
    const source = nodeFileAccess.open(file);
    try {
      const model = readModel(source);
      const expected = onnx.ModelProto.decode(readFileSync(file));
      assert.ok(model.graph !== undefined && expected.graph);
      assert.deepEqual(summary(model.graph), expectedSummary(expected.graph));
      assert.equal(Number(model.irVersion), Number(expected.irVersion));
    } finally {
      source.close();
    }
  });
}

function summary(graph: Graph): unknown {
  return {
    nodes: graph.nodes.map(({ operator, domain, inputs, outputs, attributes }) => ({
      operator,
      domain,
      inputs,
      outputs,
      attributes: attributes.map((attribute) => attribute.name),
      subgraphs: attributes.flatMap((attribute) =>
        attribute.type === 'graph' ? [summary(attribute.value)] : [],
      ),
    })),
    initializers: graph.initializers.map(({ name, dims, dataType }) => ({
      name,
      dims: dims.map(Number),
      dataType,
    })),
    inputs: graph.inputs.map(({ name }) => name),
    outputs: graph.outputs.map(({ name }) => name),
  };
}

function expectedSummary(graph: onnx.IGraphProto): unknown {
  return {
    nodes: (graph.node ?? []).map((node) => ({
      operator: node.opType,
      domain: node.domain ?? '',
      inputs: node.input ?? [],
      outputs: node.output ?? [],
      attributes: (node.attribute ?? []).map(({ name }) => name),
      subgraphs: (node.attribute ?? []).flatMap(({ g }) => (g ? [expectedSummary(g)] : [])),
    })),
    initializers: (graph.initializer ?? []).map(({ name, dims, dataType }) => ({
      name,
      dims: (dims ?? []).map(Number),
      dataType,
    })),
    inputs: (graph.input ?? []).map(({ name }) => name),
    outputs: (graph.output ?? []).map(({ name }) => name),
  };
}
