import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type Body,
  bodiesInside,
  type Statement,
  statementsOf,
} from '../../../../server/src/features/code-actions/rewriting/body.ts';
import { createDocument, type OnnxDocument } from '../../../../server/src/features/document.ts';
import { offsetAt } from '../../../../server/src/features/source-text.ts';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { takesAll } from '../../../support/sample.ts';
import { runCommand } from '../../cli/run-command.ts';
import {
  encodeText,
  modelFolders,
  printFile,
  python,
  save,
  temporaryFolder,
} from '../../onnx/text/models.ts';
import { testLibraries } from '../../tensorrt/support/test-libraries.ts';
import { type Applied, applied, type Selection } from './selection.ts';

const folder = modelFolders.real;
const judge = fileURLToPath(new URL('../../../support/judge-refactored.py', import.meta.url));

/** Sizes for inputs that the model leaves open. */
const shapes: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  'magika-model': { bytes: [1, 2048] },
  'nudenet-320n': { images: [1, 3, 64, 64] },
  'rapidocr_onnxruntime-ch_PP-OCRv4_det_infer': { x: [1, 3, 64, 96] },
  'rapidocr_onnxruntime-ch_PP-OCRv4_rec_infer': { x: [1, 3, 48, 64] },
  'rapidocr_onnxruntime-ch_ppocr_mobile_v2.0_cls_infer': { x: [1, 3, 48, 96] },
  'silero_vad-silero_vad': { input: [1, 512], state: [2, 1, 128] },
  'silero_vad-silero_vad_16k_op15': { input: [1, 512], state: [2, 1, 128] },
  'silero_vad-silero_vad_half': { input: [1, 512], state: [2, 1, 128] },
  'silero_vad-silero_vad_op18_ifless': { input: [1, 512], state: [2, 1, 128] },
};
const runsPerModel = takesAll ? 12 : 2;

interface Job {
  readonly original: string;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly inliner: boolean;
  readonly refactored: string[];
  readonly parts: { readonly file: string; readonly inner: boolean; readonly complete: boolean }[];
}

describe('refactored real models', () => {
  for (const [name, sizes] of Object.entries(shapes)) {
    test(`${name} computes the same with random nodes extracted, inlined again, or on their own`, () => {
      const output = temporaryFolder();
      const job = refactoredAtRandom(name, sizes, output);
      save(output, 'jobs.json', JSON.stringify([job]));
      const judged = job.refactored.length + job.parts.length;
      assert.ok(judged >= 3 * runsPerModel);
      assert.equal(python(judge, path.join(output, 'jobs.json')), `${judged} judged\n`);
    });
  }

  test('TensorRT for RTX judges a model with a function of its nodes as it judges the model', async () => {
    const output = temporaryFolder();
    for (const name of ['silero_vad-silero_vad_half', 'nudenet-320n', 'magika-model']) {
      const job = refactoredAtRandom(name, {}, output);
      const verdict = await verdictOn(job.original);
      for (const file of job.refactored.slice(0, 6)) {
        assert.deepEqual(await verdictOn(file), verdict, path.basename(file));
      }
    }
  });
});

async function verdictOn(file: string): Promise<unknown> {
  const runtime = testLibraries('tensorrt-rtx-1.7.1');
  const { stdout, stderr } = await runCommand('check', file, '--runtime', runtime, '--format', 'json');
  assert.equal(stderr, '');
  const [result] = JSON.parse(stdout);
  const errors: { readonly operator: string; readonly codeName: string }[] = result.errors;
  return {
    supported: result.supported,
    errors: errors.map(({ operator, codeName }) => `${codeName} ${operator}`).sort(),
  };
}

function refactoredAtRandom(name: string, sizes: Job['shapes'], output: string): Job {
  const original = path.join(folder, `${name}.onnx`);
  const { text } = printFile(original, 'elide');
  const document = documentOf(name, text);
  const bodies = bodiesOf(document);
  const random = randomNumbers(name.length * 7919);
  const job: Job = { original, shapes: sizes, inliner: true, refactored: [], parts: [] };
  for (let run = 0; run < runsPerModel; run++) {
    const [root] = bodies;
    const body = run % 2 === 0 ? root : bodies[Math.floor(random() * bodies.length)];
    assert.ok(body);
    const statements = statementsOf(document, body);
    const first = Math.floor(random() * statements.length);
    const count = 1 + Math.floor(random() * Math.min(run % 3 === 0 ? 100 : 12, statements.length - first));
    const selected = selectionOf(document, statements.slice(first, first + count));
    const write = (kind: string, content: string): string => {
      const file = `${name}-${run}-${first}-${count}-${kind}.onnx`;
      save(output, file, encodeText(content, folder));
      return path.join(output, file);
    };
    const extracted = applied(selected, /^Extract \d+ nodes? to function$/);
    job.refactored.push(write('extracted', extracted.text));
    const withFunction = documentOf(name, extracted.text);
    assert.ok(extracted.rename);
    const at = offsetAt(withFunction.source, extracted.rename);
    const all = { document: withFunction, start: at, end: at };
    job.refactored.push(write('inlined', applied(all, /^Inline all calls of/).text));
    const part = applied(selected, /^Extract \d+ nodes? as a new model$/);
    const inner = body !== root;
    const addPart = (kind: string, { created, message }: Applied) =>
      job.parts.push({ file: write(kind, onlyText(created)), inner, complete: message === undefined });
    addPart('part', part);
    const value = statements[first]?.node.outputs.find((candidate) => candidate.name !== '');
    const start = (statements[first]?.base ?? 0) + (value?.start ?? 0);
    const cone = applied({ document, start, end: start }, /^Extract the nodes leading to/);
    addPart('cone', cone);
  }
  return job;
}

function documentOf(name: string, text: string): OnnxDocument {
  const uri = pathToFileURL(path.join(folder, `${name}.onnxtxt`)).href;
  return createDocument(uri, 1, text, nodeFileAccess);
}

/** The graph first, then the graphs inside its nodes. */
function bodiesOf(document: OnnxDocument): Body[] {
  const root: Body = {
    scope: { declaration: 0, graphs: [] },
    segment: document.tree.declarations[0]?.signature ?? 0,
  };
  const inner = statementsOf(document, root).flatMap((statement) => [...bodiesInside(root, statement)]);
  return [root, ...inner.filter((body) => statementsOf(document, body).length > 0)];
}

function selectionOf(document: OnnxDocument, statements: readonly Statement[]): Selection {
  return { document, start: statements[0]?.start ?? 0, end: statements.at(-1)?.end ?? 0 };
}

function onlyText(created: ReadonlyMap<string, string>): string {
  const [text, ...others] = created.values();
  assert.ok(text !== undefined && others.length === 0);
  return text;
}

/** Numbers from 0 to 1, the same ones in every run of the test. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}
