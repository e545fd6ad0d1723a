/** Words of TensorRT versions that need a GPU: from builds on an H200 with TensorRT 10.6, and from reports of others. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BridgeErrorCode } from '../../../../../native-bridge/src/protocol.ts';
import { BridgeError, deathSentence } from '../../../../../server/src/tensorrt/bridge/bridge-error.ts';
import { buildCodes } from '../../../../../server/src/tensorrt/build/failures/explain-failure.ts';
import { type Case, explained, header } from './failed-builds.ts';

const diamond = `${header}
g (float[2,4] x) => (float[2,4] y, float[2,4] z) <float[4,4] onnx_MatMul_1 = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16}> {
  [first] a = Relu (x)
  ["/2/MatMul"] b = MatMul (a, onnx_MatMul_1)
  [left] c = Neg (b)
  [right] d = Exp (b)
  [aside] z = Abs (a)
  [join] e = Add (c, d)
  [last] y = Tanh (e)
}
`;

interface Said extends Case {
  readonly words: readonly string[];
  readonly setting?: string;
  readonly cpuOnly?: boolean;
  /** TensorRT for RTX on an H200, which it is not for. */
  readonly rtxOnH200?: boolean;
  readonly code: string;
  readonly message?: RegExp;
  readonly advice?: RegExp;
  readonly at?: string;
  readonly nodes?: readonly string[];
}

const noImplementation = (node: string) =>
  `IBuilder::buildSerializedNetwork: Error Code 10: Internal Error (Could not find any implementation for node ${node}.)`;

const h200 = { name: 'NVIDIA H200', computeCapability: '9.0', totalMemory: 150e9 };

const cases: Readonly<Record<string, Said>> = {
  'a refittable engine of TensorRT for RTX on a GPU that it is not for': {
    config: 'model: net.onnxtxt\nrefit: true\n',
    words: [
      'CUDA error 222 loading a module.',
      'MyelinCheckException: graph_jit.cpp:261: CHECK(status == myelinSuccess) failed.',
    ],
    rtxOnH200: true,
    code: 'build.unsupported-gpu',
    message: /kernels on the GPU .* has none for NVIDIA H200, whose compute capability is 9\.0/,
    at: 'refit',
  },
  'a plugin library for another platform': {
    config: 'model: net.onnxtxt\nstaticPlugins: [./a.so, ./b.so]\n',
    words: ['The plugin library /elsewhere/b.so does not load: invalid ELF header.'],
    code: 'build.missing-library',
    message: /The plugin library .*b\.so cannot be used/,
    advice: /no library of this platform/,
    at: 'staticPlugins',
  },
  'a plugin of a name that is taken': {
    config: 'model: net.onnxtxt\ndynamicPlugins: [./a.so]\n',
    words: [
      'The plugin library /elsewhere/a.so does not load: Cannot register the library as plugin creator of ROIAlign_TRT exists already.',
    ],
    code: 'build.missing-library',
    advice: /another version or namespace/,
    at: 'dynamicPlugins',
  },
  'a library without plugins': {
    config: 'model: net.onnxtxt\nstaticPlugins: [./a.so]\n',
    words: [
      'The plugin library /elsewhere/a.so does not load: it is no plugin library: it exports neither getCreators nor getPluginCreators, and registered no plugin as it was loaded.',
    ],
    code: 'build.missing-library',
    advice: /has the plugins themselves/,
    at: 'staticPlugins',
  },
  'a lean runtime of another release in the library path': {
    config: 'model: net.onnxtxt\nversionCompatible: true\n',
    words: [
      'The lean runtime that the loader finds for version-compatible engines (libnvinfer_lean.so.10) is of TensorRT 10.15.1, not of 10.6.0; no TensorRT would load such an engine.',
    ],
    setting: 'flags.kVERSION_COMPATIBLE',
    code: 'build.missing-library',
    message: /would take that of TensorRT 10\.15\.1\./,
    advice: /excludeLeanRuntime/,
    at: 'versionCompatible',
  },
  'a safe engine on a GPU': {
    config: 'model: net.onnxtxt\nsafe: true\n',
    words: [
      '[builder.cpp::buildSerializedNetwork::1] Error Code 2: Internal Error (Assertion !isSafeGpuMode(context.capability) failed. )',
    ],
    code: 'build.setting',
    message: /no engines for the safety runtime/,
    at: 'safe',
  },
  'a model with dynamic inputs and no profile': {
    words: [
      'IBuilder::buildSerializedNetwork: Error Code 4: API Usage Error (Network has dynamic or shape inputs, but no optimization profile has been defined. In validate at /_src/optimizer/api/network.cpp:4023)',
    ],
    code: 'build.missing-profile',
    advice: /`profiles`/,
  },
  'a part of the graph without an implementation: the ways from its first node to its last': {
    model: diamond,
    words: [noImplementation('{ForeignNode[/2/MatMul...join]}')],
    code: 'build.no-implementation',
    message: /no kernel \(tactic\).*Could not find any implementation/s,
    advice: /builderOptimizationLevel.*plugin/,
    nodes: ['/2/MatMul', 'left', 'right', 'join'],
  },
  'one that begins with weights and layers of the parser’s own': {
    model: diamond,
    words: [
      '[optimizer.cpp::computeCosts::3728] Error Code 10: Internal Error (Could not find any implementation for node {ForeignNode[onnx_MatMul_1 + (Unnamed Layer* 124) [Shuffle]...left + ONNXTRT_Broadcast_3]}.)',
      '[builder.cpp::buildSerializedNetwork::751] Error Code 2: Internal Error (Assertion engine != nullptr failed. )',
    ],
    code: 'build.no-implementation',
    nodes: ['/2/MatMul', 'left'],
  },
  'one whose ends are on no common way: all between, in the model’s order': {
    model: diamond,
    words: [noImplementation('{ForeignNode[left...aside]}')],
    code: 'build.no-implementation',
    nodes: ['left', 'right', 'aside'],
  },
  'a single layer without an implementation, for want of workspace that the config limits': {
    model: diamond,
    config: 'model: net.onnxtxt\nmemPoolSize: { workspace: 16MiB }\n',
    words: [
      '[optimizer.cpp::nvinfer1::builder::cgraph::LeafCNode::computeCosts::3867] Error Code 4: Internal Error (Could not find any implementation for node /2/MatMul due to insufficient workspace. See verbose log for requested sizes.)',
    ],
    code: 'build.workspace',
    advice: /Raise/,
    at: 'memPoolSize',
    nodes: ['/2/MatMul'],
  },
  'memory of the device running out, which leaves a part without an implementation': {
    model: diamond,
    words: [
      '[defaultAllocator.cpp::allocate::31] Error Code 1: Cuda Runtime (out of memory)',
      'Error Code: 9: Skipping tactic 0x0000000000000000 due to exception [tunable_graph.cpp:create:117] autotuning: User allocator error allocating 15485030400-byte buffer',
      noImplementation('{ForeignNode[left...join]}'),
    ],
    code: 'build.out-of-memory',
    message: /ran out of the memory of NVIDIA H200 \(139\.8 GiB\)/,
    advice: /Free the device/,
    nodes: ['left', 'join'],
  },
  'memory of the machine running out': {
    words: ['std::bad_alloc'],
    code: 'build.out-of-memory',
    message: /ran out of the machine’s memory/,
  },
  'an older message for memory of the device': {
    words: [
      '[virtualMemoryBuffer.cpp::resizePhysical::145] Error Code 2: OutOfMemory (no further information)',
    ],
    code: 'build.out-of-memory',
  },
  'a joined pair of layers that can never be joined': {
    model: diamond,
    words: [
      "[shapeCompiler.cpp::evaluateShapeChecks::822] Error Code 4: Internal Error (kOPT values for profile 0 violate shape constraints: condition '==' violated. join: dimensions not compatible for concatenation)",
    ],
    code: 'build.shapes',
    message: /With the opt shapes of profile 0/,
    nodes: ['join'],
  },
  'a concatenation whose layer stands in brackets': {
    model: diamond,
    words: [
      "Error Code 7: Internal Error ([IConcatenationLayer join: axis 2 dimensions must be equal for concatenation on axis 1. Condition '==' violated: 87 != 88.])",
    ],
    code: 'build.shapes',
    nodes: ['join'],
  },
  'a Reshape of an empty tensor': {
    model: diamond,
    words: ['IShuffleLayer left: reshape of empty tensor has a wildcard dimension'],
    code: 'build.shapes',
    nodes: ['left'],
  },
  'a GPU that is too new': {
    words: [
      'IBuilder::buildSerializedNetwork: Error Code 9: API Usage Error (Target GPU SM 120 is not supported by this TensorRT release.)',
    ],
    code: 'build.unsupported-gpu',
    message: /no kernels for this GPU, whose compute capability is 12\.0/,
  },
  'a GPU that is too old': {
    words: [
      '[caskUtils.cpp::nvinfer1::rt::task::trtSmToCask::193] Error Code 1: Internal Error (Unsupported SM: 0x601)',
    ],
    code: 'build.unsupported-gpu',
    message: /compute capability is 6\.1/,
  },
  'TensorRT for RTX on a GPU whose kernels are not there': {
    words: [
      "IBuilder::buildSerializedNetwork: Error Code 1: Myelin (Compatible cubin or ptx module for device target '75' not found)",
    ],
    code: 'build.unsupported-gpu',
    message: /compute capability is 7\.5/,
  },
  'a driver that is too old': {
    words: [
      'createInferBuilder: Error Code 6: API Usage Error (CUDA initialization failure with error: 35. Please check your CUDA installation)',
    ],
    code: 'build.unsupported-gpu',
    message: /CUDA driver of this machine is too old/,
    advice: /nvidia-smi/,
  },
  'no resources for Windows': {
    config: 'model: net.onnxtxt\nruntimePlatform: WindowsAMD64\n',
    words: [
      'IBuilder::buildSerializedNetwork: Error Code 6: API Usage Error (Unable to load library: libnvinfer_builder_resource_win.so.10.6.0: libnvinfer_builder_resource_win.so.10.6.0: cannot open shared object file: No such file or directory)',
    ],
    code: 'build.missing-library',
    message: /for Windows .* libnvinfer_builder_resource_win\.so\.10\.6\.0/,
    at: 'runtimePlatform',
  },
  'no resources at all': {
    words: [
      '6: [libLoader.h::DynamicLibrary::50] Error Code 6: Internal Error (Unable to load library: libnvinfer_builder_resource.so.8.4.1)',
    ],
    code: 'build.missing-library',
    message: /libnvinfer_builder_resource\.so\.8\.4\.1, which has the kernels/,
  },
  'no lean runtime': {
    config: 'model: net.onnxtxt\nversionCompatible: true\n',
    words: [
      'IBuilder::buildSerializedNetwork: Error Code 6: API Usage Error (Unable to load library: libnvinfer_lean.so.10: libnvinfer_lean.so.10: cannot open shared object file: No such file or directory)',
    ],
    code: 'build.missing-library',
    advice: /excludeLeanRuntime: true/,
    at: 'versionCompatible',
  },
  'two debug tensors in one fused part': {
    model: diamond,
    config: 'model: net.onnxtxt\nmarkDebug: [a, c]\n',
    words: [
      "[checkSanity.cpp::TensorInfo::125] Error Code 2: Internal Error (Assertion tensorListedOnce failed. slice of isDebug for c' is listed more than once)",
    ],
    code: 'build.debug-tensors',
    message: /so that c would come out twice/,
    at: 'c',
    nodes: ['left'],
  },
  'a timing cache of another machine': {
    config: 'model: net.onnxtxt\ntimingCacheFile: net.cache\n',
    setting: 'timingCachePath',
    words: [
      'TensorRT does not take the timing cache /tmp/timing.cache: The timing cache will not be used! It is of another version or GPU, or damaged; name another file, or delete it.',
    ],
    code: 'build.timing-cache',
    at: 'timingCacheFile',
  },
  'INT8 without scales': {
    config: 'model: net.onnxtxt\nint8: true\n',
    words: [
      '[standardEngineBuilder.cpp::initCalibrationParams::1402] Error Code 4: Internal Error (Calibration failure occurred with no scaling factors detected. This could be due to no int8 calibrator or insufficient custom scales for network layers. Please see int8 sample to setup calibration correctly.)',
    ],
    code: 'build.calibration',
    at: 'int8',
  },
  'a TensorRT that builds on GPUs only': {
    config: 'model: net.onnxtxt\nruntime: tensorrt-11.2.1\n',
    cpuOnly: true,
    words: [
      'IBuilder::buildSerializedNetwork: Error Code 3: API Usage Error (Parameter check failed, condition: !cpuOnly || isSafeGpuMode(cfg.capability). CPU-only builder is not supported in standard mode. In createNetworkBuildConfig at /_src/optimizer/api/builder.cpp:1024)',
    ],
    code: 'build.needs-gpu',
    at: 'runtime',
  },
  'the CUDA call of REFIT that fails though there is a GPU is no want of one': {
    config: 'model: net.onnxtxt\nrefit: true\n',
    words: [
      'IBuilder::buildSerializedNetwork: Error Code 1: Myelin ([myelin_graph.h:1295: attachExceptionMsgToGraph] MyelinCheckException: graph_jit.cpp:278: CHECK(status == CUDA_SUCCESS) failed.  In compileGraph at /_src/optimizer/myelin/codeGenerator.cpp:2012)',
    ],
    code: 'build.internal-error',
  },
  'If nodes that cannot be told apart': {
    words: [
      '[graphScope.cpp::analyze::471] Error Code 2: Internal Error (Assertion tScope.getType() != ScopeType::kUNDEFINED failed.  In analyze at /_src/optimizer/common/graphScope.cpp:471)',
    ],
    code: 'build.conditional',
  },
  'an assertion that nobody has met': {
    words: [
      '[builder.cpp::buildSerializedNetwork::858] Error Code 2: Internal Error (Assertion mConfig.caskKlibMapPtr failed. )',
    ],
    code: 'build.internal-error',
    message: /failed inside itself.*Assertion mConfig\.caskKlibMapPtr failed\./s,
    advice: /github\.com\/NVIDIA\/TensorRT/,
  },
  'words that nobody has met': {
    words: [
      'IBuilder::buildSerializedNetwork: Error Code 3: API Usage Error (The moon is full. In howl at /_src/night.cpp:12)',
    ],
    code: 'build.failed',
    message: /^The moon is full\.$/,
    advice: /own words are all there is/,
  },
  'a pool that TensorRT refuses': {
    config: 'model: net.onnxtxt\nmemPoolSize: { workspace: 1GiB, dlaSRAM: 3MiB }\n',
    setting: 'memoryPools.kDLA_MANAGED_SRAM',
    words: ['TensorRT refuses setMemoryPoolLimit(kDLA_MANAGED_SRAM, 3145728).'],
    code: 'build.setting',
    at: '3MiB',
  },
};

describe('words of a failed build', () => {
  for (const [
    name,
    { words, setting, cpuOnly, rtxOnH200, code, message, advice, at, nodes, ...given },
  ] of Object.entries(cases)) {
    test(name, (context) => {
      const [problem, ...more] = explained(context, {
        ...given,
        words,
        ...(setting !== undefined && { setting }),
        ...(cpuOnly && { info: { mode: 'cpu-only' } }),
        ...(rtxOnH200 && { info: { product: 'TensorRT-RTX', version: '1.7.1', device: h200 } }),
      });
      assert.ok(problem);
      assert.deepEqual(more, []);
      const text = JSON.stringify(problem, null, 1);
      assert.equal(problem.code, code, text);
      assert.match(problem.message, message ?? /./, text);
      assert.match(problem.advice ?? '', advice ?? /./, text);
      if (at !== undefined) assert.equal(problem.at, at, text);
      assert.deepEqual(problem.nodes ?? [], nodes ?? [], text);
    });
  }

  test('passwords in them are not shown', (context) => {
    const [problem] = explained(context, { words: ['Cannot reach ssh://me:hunter2@host for tuning'] });
    assert.match(problem?.message ?? '', /ssh:\/\/me:\*\*\*@host/);
  });
});

describe('a TensorRT that ended while it built', () => {
  const died = (
    operation: string,
    end: { readonly signal?: NodeJS.Signals; readonly exitCode?: number; readonly lastWords?: string },
  ) => {
    const death = {
      exitCode: end.exitCode ?? null,
      signal: end.signal ?? null,
      operation,
      lastWords: end.lastWords ?? '',
    };
    return new BridgeError('died', deathSentence('TensorRT 10.6.0', death), { death });
  };
  const progress = {
    stage: 'building',
    elapsed: 4210,
    phases: [
      { name: 'Building engine', step: 3, steps: 7, elapsed: 4000 },
      { name: 'Tactic selection', step: 1, steps: 2, elapsed: 100 },
    ],
  } as const;

  test('on an LLVM error: what it means, what it did, and two lines that do it again', (context) => {
    const [problem] = explained(context, {
      config: 'model: net.onnxtxt\nbuilds: { half: { fp16: true, engine: half.engine } }\n',
      cause: {
        kind: 'ended',
        progress,
        error: died('building an engine of /models/net.onnx', {
          signal: 'SIGABRT',
          lastWords: 'LLVM ERROR: out of memory\nAllocation failed',
        }),
      },
    });
    assert.equal(problem?.code, 'build.out-of-memory');
    const lines = problem.message.split('\n');
    assert.match(lines[0] ?? '', /compiler inside TensorRT 10\.6\.0 asked for memory/);
    assert.match(
      lines[1] ?? '',
      /signal SIGABRT\) during “building an engine of .* LLVM ERROR: out of memory/,
    );
    assert.equal(
      lines[3],
      'It was building for 4.2 s: Building engine (step 3 of 7) › Tactic selection (step 1 of 2).',
    );
    assert.match(lines[5] ?? '', /^ {2}onnx-trt build \S+net\.trt\.yaml --build half --force$/);
    assert.match(
      lines[6] ?? '',
      /^ {2}cd \S+ && onnx-trt encode net\.onnxtxt -o net\.onnx && trtexec --onnx=net\.onnx --fp16 --saveEngine=half\.engine$/,
    );
    assert.match(problem.advice ?? '', /newer TensorRT/);
    assert.deepEqual(problem.death, {
      signal: 'SIGABRT',
      sentence:
        'TensorRT 10.6.0 ended unexpectedly (signal SIGABRT). Its last words: LLVM ERROR: out of memory\nAllocation failed',
    });
  });

  test('by a crash with several debug tensors: mark fewer', (context) => {
    const [problem] = explained(context, {
      config: 'model: net.onnxtxt\nmarkDebug: [h, y]\n',
      cause: {
        kind: 'ended',
        progress,
        error: died('building an engine of /models/net.onnx', { signal: 'SIGSEGV' }),
      },
    });
    assert.equal(problem?.code, 'build.crashed');
    assert.equal(problem.at, 'markDebug');
    assert.match(problem.advice ?? '', /mark fewer debug tensors at once/);
  });

  test('killed from outside: memory, mostly', (context) => {
    const [problem] = explained(context, {
      cause: { kind: 'ended', error: died('building an engine of /models/net.onnx', { signal: 'SIGKILL' }) },
    });
    assert.equal(problem?.code, 'build.out-of-memory');
    assert.match(problem.advice ?? '', /killed from outside/);
  });

  test('after an assertion of its own: a crash, with its last words', (context) => {
    const [problem] = explained(context, {
      cause: {
        kind: 'ended',
        error: died('building an engine of /models/net.onnx', {
          signal: 'SIGABRT',
          lastWords: "node: myelin.cpp:658: split_input: Assertion `status == myelinSuccess' failed.",
        }),
      },
    });
    assert.equal(problem?.code, 'build.crashed');
    assert.match(problem.message, /Its last words: node: myelin\.cpp:658/);
  });
});

describe('an engine that cannot be kept', () => {
  test('is a problem of its own, at the setting that names the file', (context) => {
    const [problem] = explained(context, {
      config: 'model: net.onnxtxt\nengine: out/net.engine\n',
      cause: {
        kind: 'ended',
        error: new BridgeError('refused', 'The engine out/net.engine cannot be written: ENOSPC.', {
          code: BridgeErrorCode.fileNotWritten,
        }),
      },
    });
    assert.equal(problem?.code, 'build.not-written');
    assert.equal(problem.at, 'engine');
  });
});

test('codes are told apart by what one does about them', () => {
  assert.ok(buildCodes.length >= 15);
  assert.equal(new Set(buildCodes).size, buildCodes.length);
});
