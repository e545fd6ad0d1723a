/** A C++ program that runs one engine with enqueueV3. */
import { runtimeName } from '../../runtime-fit.ts';
import { onDevice, type RunnerPlan } from '../plan.ts';
import { comment, text } from './literals.ts';
import { allocator, debugListener, helpers } from './support-code.ts';
import { bufferOf, copyLines, inputLines, outputLines, saveLine } from './tensors.ts';

/** One file, C++17, for TensorRT 10 and 11 and TensorRT for RTX and the CUDA runtime. */
export function cppProgram(plan: RunnerPlan): string {
  return [
    head(plan),
    helpers,
    ...(plan.needsAllocator ? [allocator] : []),
    ...(plan.debugTensors.length > 0 ? [debugListener] : []),
    '} // namespace\n',
    main(plan),
  ].join('\n');
}

function head({ engine, product, version, loading: { kind } }: RunnerPlan): string {
  const library = product === 'TensorRT' ? (kind ? `nvinfer_${kind}` : 'nvinfer') : 'tensorrt_rtx';
  return `// Runs ${comment(engine)} (${runtimeName({ product, version, ...(kind && { kind }) })}) with enqueueV3: one stream from the copy of the inputs to the copy of the
// outputs, an event that tells when inputs may be overwritten, and one synchronization.
//
//   g++ -std=c++17 run.cpp -I TENSORRT/include -I CUDA/include -L TENSORRT/lib -L CUDA/lib64 -l${library} -lcudart -o run
//   ./run [ENGINE [FOLDER]]      inputs are FOLDER/NAME.bin where they are there, zeros otherwise; outputs go there
#include <NvInfer.h>
#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace
{
`;
}

function main(plan: RunnerPlan): string {
  const { inputs, outputs, profile, userManaged, budgetPercent, hasV2 } = plan;
  const V2 = hasV2 ? 'V2' : '';
  const strategy = userManaged ? 'nvinfer1::ExecutionContextAllocationStrategy::kUSER_MANAGED' : '';
  const lines = [
    'int main(int argc, char** argv)',
    '{',
    `    std::string const enginePath = argc > 1 ? argv[1] : ${text(plan.engine)};`,
    '    std::string const folder = argc > 2 ? argv[2] : ".";',
    `    std::int32_t const profile = ${profile};`,
    '',
    '    Logger logger;',
    ...loadingLines(plan),
    '    std::vector<char> const plan = readFile(enginePath);',
    '    require(!plan.empty(), "reading " + enginePath);',
    '    std::unique_ptr<nvinfer1::ICudaEngine> engine{runtime->deserializeCudaEngine(plan.data(), plan.size())};',
    '    require(engine != nullptr, "deserializeCudaEngine");',
    ...(plan.streams
      ? [
          '',
          '    // How many bytes of the weights stay on the device; set before there is an execution context.',
          `    std::int64_t const budget = ${
            budgetPercent === undefined
              ? hasV2
                ? 'engine->getWeightStreamingAutomaticBudget()'
                : '-1'
              : `static_cast<std::int64_t>(engine->getStreamableWeightsSize() * ${budgetPercent} / 100)`
          };`,
          `    require(engine->setWeightStreamingBudget${V2}(budget), "setWeightStreamingBudget${V2}");`,
        ]
      : []),
    '',
    `    std::unique_ptr<nvinfer1::IExecutionContext> context{engine->createExecutionContext(${strategy})};`,
    '    require(context != nullptr, "createExecutionContext");',
    '    cudaStream_t stream{};',
    '    check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");',
    '    // In the order of the stream, so that nothing has to wait for it.',
    '    require(context->setOptimizationProfileAsync(profile, stream), "setOptimizationProfileAsync");',
    ...inputs.flatMap(inputLines),
    '',
    '    // All shapes are set: those of the outputs follow, unless they depend on values.',
    '    char const* missing{nullptr};',
    '    require(context->inferShapes(1, &missing) == 0, std::string("the shape of ") + (missing ? missing : "an input"));',
    ...outputs.flatMap(outputLines),
    ...(userManaged
      ? [
          '',
          '    // As much as these shapes need, instead of what the largest ones would.',
          '    std::size_t const needed = context->updateDeviceMemorySizeForShapes();',
          '    void* activations{nullptr};',
          '    check(cudaMalloc(&activations, needed > 0 ? needed : 1), "cudaMalloc");',
          hasV2
            ? '    context->setDeviceMemoryV2(activations, static_cast<std::int64_t>(needed));'
            : '    context->setDeviceMemory(activations);',
        ]
      : []),
    ...(plan.debugTensors.length > 0
      ? [
          '',
          '    DebugListener listener;',
          '    require(context->setDebugListener(&listener), "setDebugListener");',
          ...plan.debugTensors.map(
            (name) =>
              `    require(context->setTensorDebugState(${text(name)}, true), ${text(`the debug tensor ${name}`)});`,
          ),
        ]
      : []),
    '',
    '    cudaEvent_t consumed{};',
    '    check(cudaEventCreateWithFlags(&consumed, cudaEventDisableTiming), "cudaEventCreateWithFlags");',
    '    require(context->setInputConsumedEvent(consumed), "setInputConsumedEvent");',
    '',
    '    // One stream: its order is all the synchronization that these steps need.',
    ...onDevice(inputs).map(
      ({ variable }) =>
        `    check(cudaMemcpyAsync(${variable}.device, ${variable}.host, ${variable}.bytes, cudaMemcpyHostToDevice, stream), "cudaMemcpyAsync");`,
    ),
    '    require(context->enqueueV3(stream), "enqueueV3");',
    '    // From `consumed` on, the inputs may be overwritten: let the stream that prepares the next ones wait for it',
    '    // (cudaStreamWaitEvent) instead of waiting for the outputs.',
    ...onDevice(outputs).flatMap(copyLines),
    '    check(cudaStreamSynchronize(stream), "cudaStreamSynchronize");',
    '',
    ...outputs.map(saveLine),
    '',
    '    context.reset();',
    ...(userManaged ? ['    cudaFree(activations);'] : []),
    ...inputs.map(({ variable }) => `    release(${variable});`),
    ...outputs.map((output) => `    release(${bufferOf(output)});`),
    '    cudaEventDestroy(consumed);',
    '    cudaStreamDestroy(stream);',
    '    return 0;',
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function loadingLines({ product, loading }: RunnerPlan): string[] {
  const { kind, leanRuntimePath, runsHostCode, pluginLibraries } = loading;
  const first = leanRuntimePath === undefined ? 'runtime' : 'loader';
  return [
    `    std::unique_ptr<nvinfer1::IRuntime> ${first}{nvinfer1::createInferRuntime(logger)};`,
    `    require(${first} != nullptr, "createInferRuntime");`,
    ...(leanRuntimePath === undefined
      ? []
      : [
          '    // The lean runtime of the version that built the engine loads it.',
          `    std::unique_ptr<nvinfer1::IRuntime> runtime{loader->loadRuntime(${text(leanRuntimePath)})};`,
          '    require(runtime != nullptr, "loadRuntime");',
        ]),
    ...(runsHostCode
      ? [
          '    // The lean runtime inside the engine runs: code for the CPU, with all your rights. Only for engines that you trust.',
          '    runtime->setEngineHostCodeAllowed(true);',
        ]
      : []),
    ...(product === 'TensorRT' && kind === undefined
      ? [
          '    // Where the engine has plugins of TensorRT (EfficientNMS_TRT, …): initLibNvInferPlugins(&logger, ""); of NvInferPlugin.h',
          '    // and -lnvinfer_plugin.',
        ]
      : []),
    ...pluginLibraries.map(
      (library) =>
        `    require(getPluginRegistry()->loadLibrary(${text(library)}) != nullptr, ${text(`loading ${library}`)});`,
    ),
  ];
}
