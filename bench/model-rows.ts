/** Reading, printing and inferring without a server: beside the `onnx` package and protobufjs. */
import { measured, type Peers, runOnnx, runOurs, runProtobuf } from './peers.ts';
import type { Row } from './statistics.ts';

export async function modelRows(
  models: { readonly weights: string; readonly nodes: string },
  rounds: number,
  peers: Peers,
): Promise<Row[]> {
  const { weights, nodes } = models;
  const [bigIndex, index] = [runOurs(weights, rounds, 'index'), runOurs(nodes, rounds, 'index')];
  const text = runOurs(nodes, rounds, 'text');
  const inference = runOurs(nodes, rounds, 'inference');
  let loaded: { milliseconds: readonly number[]; megabytes: number } | undefined;
  const load = () => {
    // Of several gigabytes: once.
    loaded ??= runOnnx(weights, 1, 'load');
    return loaded;
  };
  const few = Math.min(rounds, 3);
  const inferred = await measured(
    'onnx.shape_inference',
    peers.onnx,
    () => runOnnx(nodes, few, 'inference').milliseconds,
  );
  return [
    {
      work: '2.1 GB, 200 nodes: index',
      ours: bigIndex.milliseconds['index'] ?? [],
      unit: 'ms',
      goal: '60 ms with text',
      peer: await measured('onnx.load', peers.onnx, () => load().milliseconds),
    },
    {
      work: '2.1 GB, 200 nodes: memory for the index, whole process',
      ours: [bigIndex.megabytes],
      unit: 'MB',
      peer: await measured('onnx.load', peers.onnx, () => [load().megabytes]),
    },
    {
      work: '28 MB, 100,000 nodes: index',
      ours: index.milliseconds['index'] ?? [],
      unit: 'ms',
      goal: '350 ms',
      peer: await measured('protobufjs', undefined, () => runProtobuf(nodes, rounds).milliseconds),
    },
    {
      work: '28 MB, 100,000 nodes: text of the index',
      ours: text.milliseconds['text'] ?? [],
      unit: 'ms',
      goal: '0.5 s',
      peer: await measured('onnx.printer', peers.onnx, () => runOnnx(nodes, few, 'text').milliseconds),
    },
    {
      work: '100,000 nodes: shape inference',
      ours: inference.milliseconds['scratch'] ?? [],
      unit: 'ms',
      goal: '1.0 s',
      peer: inferred,
    },
    {
      work: '100,000 nodes: shape inference after an edit',
      ours: inference.milliseconds['edit'] ?? [],
      unit: 'ms',
      peer: inferred,
    },
  ];
}
