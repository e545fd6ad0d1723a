/**
 * Measures this project beside its peers in one run and prints one table. Figures are medians; machines differ and drift, so
 * the ratios are what to quote.        usage: npm run bench [-- --rounds N] [--only PART …] [--json]
 *
 * Sets up what it needs: TensorRT for RTX, the models, and the peers; a peer that cannot be had is named below the table.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { cachedFolder } from '../scripts/cache.mjs';
import { fetchTestLibraries } from '../scripts/fetch-test-libraries.mjs';
import { run } from '../scripts/run.mjs';
import { languageRows } from './language-rows.ts';
import { startServer } from './language-server.ts';
import { modelRows } from './model-rows.ts';
import { parseInBridge } from './parse-in-bridge.ts';
import { setUpPeers } from './peers.ts';
import { printJson, printTable, type Row } from './statistics.ts';

const parts = ['tensorrt', 'models', 'language'] as const;
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true, default: [...parts] },
    json: { type: 'boolean', default: false },
  },
});
const wants = (part: (typeof parts)[number]): boolean => values.only.includes(part);
const rounds = Number(values.rounds);
const here = path.dirname(fileURLToPath(import.meta.url));

// What is measured is what would be shipped.
run(process.execPath, [fileURLToPath(new URL('../scripts/build.mjs', import.meta.url))]);
const peers = await setUpPeers();
await fetchTestLibraries();
const runtimeFolder = await cachedFolder('tensorrt-rtx-1.7.1', () => {
  throw new Error('fetch-test-libraries has just made this folder.');
});
const models = await cachedFolder('bench-models-2', (folder: string) => {
  const made = spawnSync('python3', [path.join(here, 'make-models.py'), folder], { stdio: 'inherit' });
  if (made.status !== 0)
    throw new Error('The models could not be made; `pip install onnx` provides what is missing.');
});
const [weights, transformer, nodes] = [
  path.join(models, 'weights.onnx'),
  path.join(models, 'transformer.onnx'),
  path.join(models, 'nodes.onnx'),
];

/** Starts the bridge before anything is timed. */
const smallModel = '<ir_version: 8, opset_import: ["" : 17]> g (float[N] x) => (float[N] y) { y = Relu (x) }';

const rows: Row[] = [];
if (wants('tensorrt')) {
  rows.push(...(await openWeights()), await openTransformer(), ...(await parseBeside()));
}
if (wants('models')) rows.push(...(await modelRows({ weights, nodes }, rounds, peers)));
if (wants('language')) {
  const texts = { onnx: nodes, mlir: path.join(models, 'nodes.mlir') };
  rows.push(...(await languageRows(texts, runtimeFolder, Math.min(rounds, 3), peers)));
}
if (values.json) printJson(rows);
else printTable(rows);

/** Opens the 2 GB model in a server that is already running, with its bridge started by a small one. */
async function openWeights(): Promise<Row[]> {
  const [text, printedMemory]: [number[], number[]] = [[], []];
  const [verdict, memory, idle]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    const server = await startServer(runtimeFolder);
    const before = server.memory();
    await server.open('untitled:small', smallModel);
    const start = performance.now();
    const printed = await server.print(weights);
    text.push(performance.now() - start);
    printedMemory.push(server.memory().server);
    const opened = await server.open(pathToFileURL(weights).href.replace('file:', 'onnx:'), printed);
    expectState(opened.status, 'supported');
    verdict.push(opened.verdict);
    idle.push(before.all);
    memory.push(server.memory().all - before.all);
    await server.stop();
  }
  const peer = pythonPeer(weights, 1);
  return [
    { work: '2 GB model: text in a running server', ours: text, unit: 'ms', goal: '60 ms' },
    { work: '2 GB model: memory of that server', ours: printedMemory, unit: 'MB', goal: '120 MB' },
    {
      work: '2 GB model: verdict after opening',
      ours: verdict,
      unit: 'ms',
      peer: { name: 'TensorRT parses the file', samples: peer.milliseconds },
      goal: '300 ms',
    },
    {
      work: '2 GB model: memory over an idle server, bridge included',
      ours: memory,
      unit: 'MB',
      peer: { name: 'TensorRT parses the file', samples: [peer.peakMegabytes] },
      goal: '300 MB',
    },
    { work: 'idle server', ours: idle, unit: 'MB' },
  ];
}

async function openTransformer(): Promise<Row> {
  const first: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const server = await startServer(runtimeFolder);
    await server.open('untitled:small', smallModel);
    const start = performance.now();
    const printed = await server.print(transformer);
    const printing = performance.now() - start;
    const opened = await server.open(pathToFileURL(transformer).href.replace('file:', 'onnx:'), printed);
    expectState(opened.status, 'supported');
    first.push(printing + opened.verdict);
    await server.stop();
  }
  return { work: '3,250 nodes: opening to TensorRT’s verdict', ours: first, unit: 'ms', goal: '1 s' };
}

/** The same library and the same file, parsed whole by our bridge and by a plain caller. */
async function parseBeside(): Promise<Row[]> {
  const [ours, peer]: [number[], number[]] = [[], []];
  // In turn, so that a machine whose speed drifts is as fast for both.
  for (let turn = 0; turn < 3; turn += 1) {
    ours.push(...(await parseInBridge(runtimeFolder, transformer, rounds)));
    peer.push(...pythonPeer(transformer, rounds).milliseconds);
  }
  return [
    {
      work: '3,250 nodes: TensorRT’s parse through the bridge',
      ours,
      unit: 'ms',
      peer: { name: 'the same call from Python', samples: peer },
      goal: '1.2 ×',
    },
  ];
}

function pythonPeer(model: string, times: number): { milliseconds: number[]; peakMegabytes: number } {
  const args = [path.join(here, 'parse-peer.py'), runtimeFolder, model, String(times)];
  const ran = spawnSync('python3', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (ran.status !== 0) throw new Error('bench/parse-peer.py failed.');
  return JSON.parse(ran.stdout);
}

function expectState(status: { state: string; summary: string }, state: string): void {
  if (status.state !== state) throw new Error(`Expected a model that is ${state}, but: ${status.summary}`);
}
