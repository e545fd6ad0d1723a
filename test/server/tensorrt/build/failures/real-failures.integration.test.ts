/** Builds that TensorRT for RTX really refuses, on a plain CPU: what is said of them, and where. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { cacheDirectory } from '../../../../../scripts/cache.mjs';
import type { BridgeClient } from '../../../../../server/src/tensorrt/bridge/bridge-client.ts';
import { isUsable } from '../../../../../server/src/tensorrt/installations/installation.ts';
import { Runtimes } from '../../../../../server/src/tensorrt/runtimes.ts';
import { testLibraries } from '../../support/test-libraries.ts';
import { type Case, failingBuild, header } from './failed-builds.ts';

const dynamic = `${header}
g (float[batch,4] x, int64[n] ids) => (float[batch,3] y, float[n,3] z)
<float[4,3] w = {1,2,3,4,5,6,7,8,9,10,11,12}> {
  [projection] h = MatMul (x, w)
  [activation] y = Relu (h)
  [lookup] z = Gather (w, ids)
}
`;
const two = (statement: string, output = 'float[c,d] z') =>
  `${header}
g (float[a,4] x, float[b,4] y) => (${output}) { ${statement} }
`;
const one = (statement: string, values = '') =>
  `${header}
g (float[a,4] x) => (float[b,c] y) ${values} { ${statement} }
`;
const profile = (...lines: readonly string[]) =>
  `model: net.onnxtxt\nprofiles:\n  - ${lines.join('\n    ')}\n`;

interface Expected {
  readonly code: string;
  readonly message: RegExp;
  readonly advice?: RegExp;
  /** The text of the config that is marked. */
  readonly at?: string;
  readonly nodes?: readonly string[];
}

const cases: Readonly<Record<string, Case & { readonly expected: Expected }>> = {
  'a profile without one of the inputs': {
    model: dynamic,
    config: profile('x: { min: [1, 4], opt: [2, 4], max: [8, 4] }'),
    expected: {
      code: 'build.missing-profile',
      message: /^Profile 0 says nothing of the input ids/,
      at: 'x: { min: [1, 4], opt: [2, 4], max: [8, 4] }',
    },
  },
  'the values of a shape tensor left out': {
    model: `${header}
g (float[a,b] x, int64[2] shape) => (float[c,d] y) { [reshape] y = Reshape (x, shape) }
`,
    config: profile('x: [2, 2]'),
    expected: {
      code: 'build.missing-profile',
      message: /values of the input shape decide on shapes/,
      at: 'x: [2, 2]',
    },
  },
  'a minimum above the usual shape': {
    model: dynamic,
    config: profile('ids: [1]', 'x: { min: [3, 4], opt: [2, 4], max: [8, 4] }'),
    expected: {
      code: 'build.profile',
      message: /shapes given for x are not in order/,
      at: 'x: { min: [3, 4], opt: [2, 4], max: [8, 4] }',
    },
  },
  'a fixed dimension contradicted, in the second profile': {
    model: dynamic,
    config: `${profile('ids: [1]', 'x: [2, 4]')}  - ids: [1]\n    x: [2, 5]\n`,
    expected: {
      code: 'build.profile',
      message: /Dimension 1 of x is fixed at 4 in the model; profile 1 asks for 5 to 5/,
      at: 'x: [2, 5]',
    },
  },
  'a dimension too many': {
    model: dynamic,
    config: profile('x: [1, 4, 1]', 'ids: [1]'),
    expected: {
      code: 'build.profile',
      message: /x has 2 dimensions in the model, and 3 in profile 0/,
      at: 'x: [1, 4, 1]',
    },
  },
  'another shape for a scalar': {
    model: `${header}
g (int64 n, float[2] x) => (float[2] y) <bool t = {1}> {
  [again] y = Loop (n, t, x) <body = b (int64 i, bool c, float[2] v) => (bool c2, float[2] w) {
    c2 = Identity (c)
    w = Add (v, v)
  }>
}
`,
    config: profile('n: { min: [1], opt: [2], max: [3] }'),
    expected: {
      code: 'build.profile',
      message: /shape of n is fixed at \[\] in the model; the min of profile 0 is \[1\]/,
      at: 'n: { min: [1], opt: [2], max: [3] }',
    },
  },
  'batches that can never be joined': {
    model: two('[joined] z = Concat <axis = 1> (x, y)'),
    config: profile(
      'x: { min: [1, 4], opt: [2, 4], max: [3, 4] }',
      'y: { min: [4, 4], opt: [5, 4], max: [6, 4] }',
    ),
    expected: { code: 'build.shapes', message: /No shape of the profiles fits/, nodes: ['joined'] },
  },
  'batches that cannot be joined at the usual shapes': {
    model: two('[joined] h = Concat <axis = 1> (x, y) z = Relu (h)'),
    config: profile(
      'x: { min: [1, 4], opt: [2, 4], max: [8, 4] }',
      'y: { min: [1, 4], opt: [5, 4], max: [8, 4] }',
    ),
    expected: {
      code: 'build.shapes',
      message: /With the opt shapes of profile 0.*'==' violated: 2 != 5/s,
      nodes: ['joined'],
    },
  },
  'sums of different lengths, in a node without a name': {
    model: two('z = Add (x, y)'),
    config: profile(
      'x: { min: [2, 4], opt: [2, 4], max: [3, 4] }',
      'y: { min: [4, 4], opt: [5, 4], max: [6, 4] }',
    ),
    expected: {
      code: 'build.shapes',
      message: /dimensions not compatible for elementwise/,
      nodes: ['node_of_z'],
    },
  },
  'matrices that do not fit': {
    model: `${header}
g (float[a,k] x, float[l,4] y) => (float[a,4] z) { [product] z = MatMul (x, y) }
`,
    config: profile('x: [2, 4]', 'y: [5, 4]'),
    expected: {
      code: 'build.shapes',
      message: /two matrices with mismatching dimensions/,
      nodes: ['product'],
    },
  },
  'a Reshape to a size that was written into the model': {
    model: one('[flat] y = Reshape (x, s)', '<int64[2] s = {6,4}>'),
    config: profile('x: { min: [1, 4], opt: [2, 4], max: [3, 4] }'),
    expected: {
      code: 'build.shapes',
      message: /reshape would change volume 8 to 24/,
      at: 'x: { min: [1, 4], opt: [2, 4], max: [3, 4] }',
      nodes: ['flat'],
    },
  },
  'a convolution given too many channels': {
    model: `${header}
g (float[N,c,8,8] x) => (float[N,4,8,8] y) <float[4,3,1,1] w = {1,2,3,4,5,6,7,8,9,10,11,12}> {
  h = Conv (x, w)
  y = Relu (h)
}
`,
    config: profile('x: [1, 5, 8, 8]'),
    expected: { code: 'build.shapes', message: /with 5 input channels/, nodes: ['node_of_h'] },
  },
  'images smaller than the kernel': {
    model: `${header}
g (float[N,3,h,w] x) => (float[N,3,h2,w2] y) { [pool] y = MaxPool <kernel_shape = [7,7]> (x) }
`,
    config: profile('x: [1, 3, 4, 4]'),
    expected: { code: 'build.shapes', message: /inherently negative length/, nodes: ['pool'] },
  },
  'more asked for than TopK gives': {
    model: `${header}
g (float[1,n] x, int64[1] k) => (float[1,m] v, int64[1,m] i) { [top] v, i = TopK (x, k) }
`,
    config: profile('x: [1, 5000]', 'k: [4500]'),
    expected: {
      code: 'build.shapes',
      message: /K exceeds the maximum value allowed \(3840\)/,
      nodes: ['top'],
    },
  },
  'a part that the parser made of a Split': {
    model: `${header}
g (float[n,4] x) => (float[a,4] y, float[b,4] z) <int64[2] s = {3,3}> { [cut] y, z = Split <axis = 0> (x, s) }
`,
    config: profile('x: { min: [2, 4], opt: [3, 4], max: [4, 4] }'),
    expected: { code: 'build.shapes', message: /out of bounds access on axis 0/, nodes: ['cut'] },
  },
  'a workspace of one byte': {
    config: 'model: net.onnxtxt\nmemPoolSize: { workspace: 1B }\n',
    expected: {
      code: 'build.workspace',
      message: /no tactics to implement the operation within workspace limit/,
      advice: /Raise `memPoolSize/,
      at: 'memPoolSize',
    },
  },
  'no workspace at all': {
    config: 'model: net.onnxtxt\nmemPoolSize: { workspace: 0B }\n',
    expected: { code: 'build.workspace', message: /workspace memory greater than 0/, at: 'memPoolSize' },
  },
  'no shared memory for tactics': {
    config: 'model: net.onnxtxt\nmemPoolSize: { tacticSharedMem: 1B }\n',
    expected: {
      code: 'build.workspace',
      message: /shared memory of tactics/,
      advice: /tacticSharedMem/,
      at: 'memPoolSize',
    },
  },
  'weights that can be replaced, without a GPU': {
    config: 'model: net.onnxtxt\nrefit: true\n',
    expected: {
      code: 'build.needs-gpu',
      message: /needs a GPU to build .* weights can be replaced/,
      at: 'refit',
    },
  },
  'single weights that can be replaced, without a GPU': {
    config: 'model: net.onnxtxt\nrefitIndividual: ["w*"]\n',
    expected: {
      code: 'build.needs-gpu',
      message: /needs a GPU to build .* weights can be replaced/,
      at: 'refitIndividual',
    },
  },
  'no weights that could be replaced': {
    config: 'model: net.onnxtxt\nrefitIndividual: [nothing]\n',
    expected: {
      code: 'build.setting',
      message: /The network has no weights nothing that can be replaced/,
      at: 'refitIndividual',
    },
  },
  'weights left out, without a GPU': {
    config: 'model: net.onnxtxt\nstripWeights: true\n',
    expected: { code: 'build.needs-gpu', message: /weights can be replaced or left out/, at: 'stripWeights' },
  },
  'the GPU of this machine, which has none': {
    config: 'model: net.onnxtxt\ncomputeCapabilities: [current]\n',
    expected: { code: 'build.needs-gpu', message: /has none that it can use/, at: 'computeCapabilities' },
  },
  'a safe engine': {
    config: 'model: net.onnxtxt\nsafe: true\n',
    expected: {
      code: 'build.no-implementation',
      message: /Could not find any implementation for node \{ForeignNode\[conv\.\.\.relu\]\}/,
      advice: /Remove `safe`/,
      at: 'safe',
      nodes: ['conv', 'relu'],
    },
  },
  'the lean runtime missing': {
    config: 'model: net.onnxtxt\nversionCompatible: true\n',
    expected: {
      code: 'build.missing-library',
      message: /\(libnvinfer_lean\.so\.1\) into version-compatible engines, and does not find it/,
      at: 'versionCompatible',
    },
  },
  'a format that cannot hold the type': {
    config: 'model: net.onnxtxt\ndirectIO: true\ninputIOFormats:\n  x: hwc16\n',
    expected: {
      code: 'build.format',
      message: /formats allowed for x can hold its type, Float/,
      at: 'hwc16',
    },
  },
  'an input as a debug tensor': {
    config: 'model: net.onnxtxt\nmarkDebug: [h, x]\n',
    expected: { code: 'build.debug-tensors', message: /copy x out as a debug tensor/, at: 'x' },
  },
  'a flag of other versions': {
    config: 'model: net.onnxtxt\nbuilderOptimizationLevel: 2\nfp16: true\n',
    expected: { code: 'build.setting', message: /has no BuilderFlag::kFP16/, at: 'fp16' },
  },
  'a tactic source of other versions': {
    config: 'model: net.onnxtxt\ntacticSources: { CUBLAS: true }\n',
    expected: { code: 'build.setting', message: /has no TacticSource::kCUBLAS/, at: 'tacticSources' },
  },
  'a plugin library that is none': {
    config: 'model: net.onnxtxt\ndynamicPlugins: [./plugin.so]\n',
    files: { 'plugin.so': 'not a library' },
    expected: { code: 'build.missing-library', message: /plugin\.so cannot be used/, at: './plugin.so' },
  },
  'a plugin library to serialize that is not there': {
    config: 'model: net.onnxtxt\nsetPluginsToSerialize: [./plugin.so]\n',
    expected: {
      code: 'build.missing-library',
      message: /put the plugin library .*plugin\.so into the engine, and cannot read it/,
      at: './plugin.so',
    },
  },
  'an operator that TensorRT does not have': {
    model: `${header}
g (float[2] x) => (float[2] y) { h = Relu (x) [odd] y = DoesNotExist (h) }
`,
    expected: { code: 'trt.plugin-not-found', message: /DoesNotExist/, nodes: ['odd'] },
  },
  'types that do not go together': {
    model: `${header}
g (float[2] x, float16[2] y) => (float[2] z) { z = Add (x, y) }
`,
    expected: { code: 'trt.shape-mismatch', message: /same input types/, nodes: ['node_of_z'] },
  },
};

describe('a build that TensorRT for RTX refuses', () => {
  const { bridgeOf } = ownRuntimes('tensorrt-rtx-1.7.1');

  for (const [name, { expected, ...given }] of Object.entries(cases)) {
    test(name, async (context) => {
      const problems = await failingBuild(context, await bridgeOf(), given);
      const [problem] = problems;
      assert.ok(problem);
      const text = JSON.stringify(problems, null, 1);
      assert.equal(problem.code, expected.code, text);
      assert.match(problem.message, expected.message, text);
      assert.match(problem.advice ?? '', expected.advice ?? /./, text);
      if (expected.at !== undefined) assert.equal(problem.at, expected.at, text);
      assert.deepEqual(problem.nodes ?? [], expected.nodes ?? [], text);
      // Neither TensorRT's source files nor what every error says without a GPU.
      assert.doesNotMatch(problem.message, /_src\/|catchCudaError/, text);
    });
  }

  test('If nodes of a voice model, which the parser takes: they are marked', async (context) => {
    const model = path.join(cacheDirectory, 'models/real/silero_vad-silero_vad.onnx');
    const config = `model: ${model}\nprofiles: [{ input: [1, 512], state: [2, 1, 128] }]\n`;
    const [problem] = await failingBuild(context, await bridgeOf(), { config });
    assert.equal(problem?.code, 'build.conditional');
    assert.deepEqual(problem.nodes, ['If_0']);
  });

  test('a file that is no model', async (context) => {
    const config = 'model: net.onnx\n';
    const files = { 'net.onnx': 'This is no model.' };
    await assert.rejects(
      failingBuild(context, await bridgeOf(), { config, files }),
      /net\.onnx/,
      'reading it says so before TensorRT is asked',
    );
  });

  test('its process killed in the middle, which stands in for the system short of memory (a simulation)', async (context) => {
    const bridge = await bridgeOf();
    await bridge.initialize();
    const model = path.join(cacheDirectory, 'models/real/rapidocr_onnxruntime-ch_PP-OCRv4_det_infer.onnx');
    const config = `model: ${model}\nprofiles: [{ x: { min: [1, 3, 32, 32], opt: [1, 3, 640, 640], max: [1, 3, 960, 960] } }]\n`;
    const [problem] = await failingBuild(context, bridge, { config }, ({ stage, phases }) => {
      if (stage === 'building' && phases.length > 0) process.kill(bridge.processId ?? 0, 'SIGKILL');
    });
    assert.equal(problem?.code, 'build.out-of-memory');
    assert.match(
      problem.message,
      /ended unexpectedly \(signal SIGKILL\) during “building an engine of .*det_infer\.onnx”\.\nIt was building for .* s: Building engine \(step \d+ of \d+\)/,
    );
    assert.match(problem.message, /tensorrt_rtx --onnx=\S+det_infer\.onnx --minShapes=x:1x3x32x32 /);
  });
});

describe('a build without a GPU that another TensorRT refuses', () => {
  test('TensorRT 11.2: it says that it needs one', async (context) => {
    const { bridgeOf } = ownRuntimes('tensorrt-11.2', context);
    const [problem] = await failingBuild(context, await bridgeOf(), {});
    assert.equal(problem?.code, 'build.needs-gpu');
  });

  test('TensorRT 10.15: it crashes', async (context) => {
    const { bridgeOf } = ownRuntimes('tensorrt-10.15', context);
    const [problem] = await failingBuild(context, await bridgeOf(), {});
    assert.equal(problem?.code, 'build.crashed');
    assert.match(
      problem.message,
      /^TensorRT 10\.15\.1 ended unexpectedly \(signal SIGSEGV\) during “building an engine/,
    );
    assert.match(problem.advice ?? '', /build on a machine with a GPU/);
  });
});

/** The build bridge of an installation that nothing else uses. */
function ownRuntimes(name: string, scope: { after(work: () => void): void } = { after }) {
  const runtimes = new Runtimes({ folders: [testLibraries(name)], machine: 'none' });
  scope.after(() => runtimes.dispose());
  return {
    bridgeOf: async (): Promise<BridgeClient> => {
      const { installations } = await runtimes.find();
      const [found] = installations;
      assert.ok(found && isUsable(found));
      return runtimes.buildBridgeOf(found);
    },
  };
}
