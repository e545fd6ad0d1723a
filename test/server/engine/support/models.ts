import { readFileSync } from 'node:fs';
import { type GraphNode, graphNodes } from '../../../../server/src/engine/graph-nodes.ts';
import { createDocument } from '../../../../server/src/features/document.ts';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';

/** What an H200 with TensorRT 10.6 said of the engine of one of the nets. */
export function captured(file: string): string {
  return readFileSync(new URL(`../../../fixtures/engines/${file}.json`, import.meta.url), 'utf8');
}

export function nodesOf(text: string): GraphNode[] {
  return graphNodes(createDocument('file:///model.onnxtxt', 0, text, nodeFileAccess).model.model);
}

/** The nets of test/gpu/make-models.py, with smaller weights: their nodes are the same. */
export const nets = {
  convolutions: `
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[2,3,64,64] x, float[16,3,3,3] w0, float[16] b0, float[32,16,3,3] w1, float[32] b1, float[10,32] w2) => (float[2,10] y) {
      [conv0] c0 = Conv <pads = [1, 1, 1, 1]> (x, w0, b0)
      [relu0] r0 = Relu (c0)
      [pool0] p0 = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (r0)
      [conv1] c1 = Conv <pads = [1, 1, 1, 1]> (p0, w1, b1)
      [relu1] r1 = Relu (c1)
      [mean] g = GlobalAveragePool (r1)
      [flatten] f = Flatten (g)
      [classifier] y = Gemm <transB = 1> (f, w2)
    }`,
  layers: `
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[batch,256] x, float[256,512] w0, float[512] b0, float[512,128] w1) => (float[batch,128] y) {
      [fc0] m0 = MatMul (x, w0)
      [bias0] a0 = Add (m0, b0)
      [relu0] r0 = Relu (a0)
      [fc1] y = MatMul (r0, w1)
    }`,
  transformer: `
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[batch,length,256] x, float[256,256] wq, float[256,256] wk, float[256,256] wv, float[256,256] wo,
       float[256,1024] w1, float[1024,256] w2, float[256] s0, float[256] s1, float[256] z0, float[256] z1)
    => (float[batch,length,256] y)
    <float scale = {0.125}, int64[4] split = {0, 0, 4, 64}, int64[3] join = {0, 0, 256}>
    {
      [norm0] n0 = LayerNormalization (x, s0, z0)
      [q_proj] q0 = MatMul (n0, wq)
      [q_heads] q1 = Reshape (q0, split)
      [q_transpose] q2 = Transpose <perm = [0, 2, 1, 3]> (q1)
      [k_proj] k0 = MatMul (n0, wk)
      [k_heads] k1 = Reshape (k0, split)
      [k_transpose] k2 = Transpose <perm = [0, 2, 3, 1]> (k1)
      [v_proj] v0 = MatMul (n0, wv)
      [v_heads] v1 = Reshape (v0, split)
      [v_transpose] v2 = Transpose <perm = [0, 2, 1, 3]> (v1)
      [attention_scores] scores = MatMul (q2, k2)
      [attention_scale] scaled = Mul (scores, scale)
      [attention_softmax] probabilities = Softmax <axis = -1> (scaled)
      [attention_mix] mixed = MatMul (probabilities, v2)
      [attention_transpose] mixed1 = Transpose <perm = [0, 2, 1, 3]> (mixed)
      [attention_join] mixed2 = Reshape (mixed1, join)
      [out_proj] projected = MatMul (mixed2, wo)
      [residual0] h = Add (projected, x)
      [norm1] n1 = LayerNormalization (h, s1, z1)
      [up] u = MatMul (n1, w1)
      [activation] g = Relu (u)
      [down] d = MatMul (g, w2)
      [residual1] y = Add (d, h)
    }`,
};

/** Of a net, as one writes it into a file. */
export function fileText(net: string): string {
  return net.trimStart().replaceAll(/^ {4}/gm, '');
}
