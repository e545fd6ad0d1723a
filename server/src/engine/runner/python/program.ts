/** A Python program that runs one engine with enqueueV3 (`execute_async_v3`). */
import { runtimeName } from '../../runtime-fit.ts';
import { onDevice, type RunnerPlan } from '../plan.ts';
import { comment, text } from './literals.ts';
import { allocator, debugListener, helpers } from './support-code.ts';
import { copyLines, inputLines, outputLines } from './tensors.ts';

/** For the `tensorrt` (`tensorrt_rtx`) package, `cuda-python` and NumPy. */
export function pythonProgram(plan: RunnerPlan): string {
  return [
    head(plan),
    helpers,
    ...(plan.needsAllocator ? [allocator] : []),
    ...(plan.debugTensors.length > 0 ? [debugListener] : []),
    main(plan),
  ].join('\n\n');
}

function head({ engine, product, version, loading: { kind } }: RunnerPlan): string {
  const module = product === 'TensorRT' ? (kind ? `tensorrt_${kind}` : 'tensorrt') : 'tensorrt_rtx';
  return `# Runs ${comment(engine)} (${runtimeName({ product, version, ...(kind && { kind }) })}) with enqueueV3: one stream from the copy of the inputs to the copy of
# the outputs, an event that tells when inputs may be overwritten, and one synchronization.
#
#   pip install ${module.replace('_', '-')} cuda-python numpy
#   python run.py [ENGINE [FOLDER]]      inputs are FOLDER/NAME.bin where they are there, zeros otherwise; outputs go there
import ctypes
import os
import sys

import numpy as np
import ${module} as trt

try:
    from cuda.bindings import runtime as cudart
except ImportError:
    from cuda import cudart
`;
}

function main(plan: RunnerPlan): string {
  const { inputs, outputs, profile, userManaged, budgetPercent, hasV2 } = plan;
  const budget =
    budgetPercent === undefined
      ? hasV2
        ? 'engine.get_weight_streaming_automatic_budget()'
        : '-1'
      : `int(engine.streamable_weights_size * ${budgetPercent} / 100)`;
  const strategy = userManaged ? 'trt.ExecutionContextAllocationStrategy.USER_MANAGED' : '';
  const lines = [
    'def require(done, what):',
    '    if not done:',
    '        raise RuntimeError(f"Failed: {what}")',
    '',
    '',
    'def main():',
    `    engine_path = sys.argv[1] if len(sys.argv) > 1 else ${text(plan.engine)}`,
    '    folder = sys.argv[2] if len(sys.argv) > 2 else "."',
    `    profile = ${profile}`,
    '',
    '    logger = trt.Logger(trt.Logger.WARNING)',
    ...loadingLines(plan),
    '    with open(engine_path, "rb") as file:',
    '        engine = runtime.deserialize_cuda_engine(file.read())',
    '    require(engine, "deserialize_cuda_engine")',
    ...(plan.streams
      ? [
          '',
          '    # How many bytes of the weights stay on the device; set before there is an execution context.',
          `    engine.weight_streaming_budget${hasV2 ? '_v2' : ''} = ${budget}`,
        ]
      : []),
    '',
    `    context = engine.create_execution_context(${strategy})`,
    '    require(context, "create_execution_context")',
    '    stream = check_cuda(cudart.cudaStreamCreateWithFlags(cudart.cudaStreamNonBlocking))',
    '    # In the order of the stream, so that nothing has to wait for it.',
    '    require(context.set_optimization_profile_async(profile, int(stream)), "set_optimization_profile_async")',
    ...inputs.flatMap(inputLines),
    '',
    '    # All shapes are set: those of the outputs follow, unless they depend on values.',
    '    missing = context.infer_shapes()',
    '    require(not missing, f"the shapes of {missing}")',
    ...outputs.flatMap(outputLines),
    ...(userManaged
      ? [
          '',
          '    # As much as these shapes need, instead of what the largest ones would.',
          '    needed = context.update_device_memory_size_for_shapes()',
          '    activations = device_memory(needed)',
          hasV2
            ? '    context.set_device_memory(int(activations), needed)'
            : '    context.device_memory = int(activations)',
        ]
      : []),
    ...(plan.debugTensors.length > 0
      ? [
          '',
          '    listener = DebugListener()',
          '    require(context.set_debug_listener(listener), "set_debug_listener")',
          ...plan.debugTensors.map(
            (name) =>
              `    require(context.set_tensor_debug_state(${text(name)}, True), ${text(`the debug tensor ${name}`)})`,
          ),
        ]
      : []),
    '',
    '    consumed = check_cuda(cudart.cudaEventCreateWithFlags(cudart.cudaEventDisableTiming))',
    '    require(context.set_input_consumed_event(int(consumed)), "set_input_consumed_event")',
    '',
    '    # One stream: its order is all the synchronization that these steps need.',
    '    to_device = cudart.cudaMemcpyKind.cudaMemcpyHostToDevice',
    '    to_host = cudart.cudaMemcpyKind.cudaMemcpyDeviceToHost',
    ...onDevice(inputs).map(
      ({ variable }) =>
        `    check_cuda(cudart.cudaMemcpyAsync(${variable}.device, ${variable}.host, ${variable}.size, to_device, stream))`,
    ),
    '    require(context.execute_async_v3(int(stream)), "execute_async_v3")',
    '    # From `consumed` on, the inputs may be overwritten: let the stream that prepares the next ones wait for it',
    '    # (cudaStreamWaitEvent) instead of waiting for the outputs.',
    ...onDevice(outputs).flatMap(copyLines),
    '    check_cuda(cudart.cudaStreamSynchronize(stream))',
    '',
    ...outputs.map(
      (output) =>
        `    save(${output.variable}, ${output.variable}_shape, os.path.join(folder, ${text(`${output.variable}.bin`)}))`,
    ),
    '',
    '    del context',
    ...(userManaged ? ['    cudart.cudaFree(activations)'] : []),
    ...[...inputs, ...outputs].map(({ variable }) => `    ${variable}.release()`),
    '    cudart.cudaEventDestroy(consumed)',
    '    cudart.cudaStreamDestroy(stream)',
    '',
    '',
    'if __name__ == "__main__":',
    '    main()',
  ];
  return `${lines.join('\n')}\n`;
}

function loadingLines({ product, loading }: RunnerPlan): string[] {
  const { kind, leanRuntimePath, runsHostCode, pluginLibraries } = loading;
  return [
    ...(product === 'TensorRT' && kind === undefined
      ? [
          '    # Where the engine has plugins of TensorRT (EfficientNMS_TRT, …).',
          '    trt.init_libnvinfer_plugins(logger, "")',
        ]
      : []),
    // The modules of the lean and dispatch runtimes have this, too (seen in 10.15), and give None where a library does not load.
    ...pluginLibraries.map(
      (library) =>
        `    require(trt.get_plugin_registry().load_library(${text(library)}), ${text(`loading ${library}`)})`,
    ),
    ...(leanRuntimePath === undefined
      ? ['    runtime = trt.Runtime(logger)']
      : [
          '    # The lean runtime of the version that built the engine loads it.',
          '    loader = trt.Runtime(logger)',
          `    runtime = loader.load_runtime(${text(leanRuntimePath)})`,
          '    require(runtime, "load_runtime")',
        ]),
    ...(runsHostCode
      ? [
          '    # The lean runtime inside the engine runs: code for the CPU, with all your rights. Only for engines that you trust.',
          '    runtime.engine_host_code_allowed = True',
        ]
      : []),
  ];
}
