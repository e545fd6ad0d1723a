/** A Python program that runs one engine with enqueueV3 (`execute_async_v3`). */
import {
  planRunner,
  type RunnerFacts,
  type RunnerOptions,
  type RunnerPlan,
  type RunnerTensor,
} from './facts.ts';

/** For the `tensorrt` (`tensorrt_rtx`) package, `cuda-python` and NumPy. Throws an error for people. */
export function pythonRunner(facts: RunnerFacts, options: RunnerOptions): string {
  const plan = planRunner(facts, options);
  return [
    head(facts),
    helpers,
    ...(plan.needsAllocator ? [allocator] : []),
    ...(facts.debugTensors.length > 0 ? [debugListener] : []),
    main(facts, options, plan),
  ].join('\n\n');
}

function head({ engine, product, version }: RunnerFacts): string {
  const [name, module] =
    product === 'TensorRT' ? ['TensorRT', 'tensorrt'] : ['TensorRT for RTX', 'tensorrt_rtx'];
  return `# Runs ${comment(engine)} (${name} ${version}) with enqueueV3: one stream from the copy of the inputs to the copy of
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

const helpers = `def check_cuda(result):
    """cuda-python answers the status first, then what was asked for."""
    status, *values = result
    if int(status) != 0:
        raise RuntimeError(f"CUDA: {status}")
    return values[0] if len(values) == 1 else None


def device_memory(size):
    # An empty tensor has an address, too.
    return check_cuda(cudart.cudaMalloc(max(size, 1)))


def page_locked(size):
    """Memory of the host from which copies are asynchronous, and its bytes as an array."""
    address = check_cuda(cudart.cudaMallocHost(max(size, 1)))
    return address, np.ctypeslib.as_array((ctypes.c_uint8 * size).from_address(int(address)))


def byte_size(engine, name, shape, bits, profile):
    """Of a tensor in the format that the engine wants: some formats pack elements of one dimension into vectors."""
    packed = engine.get_tensor_vectorized_dim(name, profile)
    count = 1
    for index, size in enumerate(shape):
        if index == packed:
            vector = engine.get_tensor_components_per_element(name, profile)
            size = -(-size // vector) * vector
        count *= size
    return (count * bits + 7) // 8


class Buffer:
    def __init__(self, size):
        self.size = size
        self.host, self.bytes = page_locked(size)
        self.device = device_memory(size)

    def fill(self, path):
        """In place of your preprocessing."""
        values = np.fromfile(path, np.uint8) if os.path.exists(path) else np.zeros(self.size, np.uint8)
        if values.size != self.size:
            raise ValueError(f"{path} has {values.size} bytes, not {self.size}")
        self.bytes[:] = values

    def release(self):
        cudart.cudaFreeHost(self.host)
        cudart.cudaFree(self.device)


def save(buffer, shape, path):
    """In place of your postprocessing."""
    buffer.bytes.tofile(path)
    print(f"{path}: {buffer.size} bytes, shape {tuple(shape)}")
`;

const allocator = `class OutputAllocator(trt.IOutputAllocator):
    """Memory for an output whose shape depends on values: TensorRT asks for it in execute_async_v3."""

    def __init__(self):
        trt.IOutputAllocator.__init__(self)
        self.memory = 0
        self.capacity = 0
        self.shape = ()

    def reallocate_output_async(self, tensor_name, memory, size, alignment, stream):
        if size > self.capacity or self.memory == 0:
            if self.memory != 0:
                cudart.cudaFree(self.memory)
            self.memory = device_memory(size)
            self.capacity = size
        return int(self.memory)

    def notify_shape(self, tensor_name, shape):
        self.shape = tuple(shape)
`;

const debugListener = `class DebugListener(trt.IDebugListener):
    """Gets the values of debug tensors while they are there."""

    def __init__(self):
        trt.IDebugListener.__init__(self)

    def process_debug_tensor(self, addr, location, type, shape, name, stream):
        # Copy from the address in this stream; the memory is TensorRT's again when this returns.
        print(f"debug tensor {name} at {addr} ({location}), shape {tuple(shape)}")
        return True
`;

function main(facts: RunnerFacts, options: RunnerOptions, plan: RunnerPlan): string {
  const { inputs, outputs, hasV2 } = plan;
  const { userManaged, profile } = options;
  const budget =
    options.budgetPercent === undefined
      ? hasV2
        ? 'engine.get_weight_streaming_automatic_budget()'
        : '-1'
      : `engine.streamable_weights_size * ${options.budgetPercent} // 100`;
  const strategy = userManaged ? 'trt.ExecutionContextAllocationStrategy.USER_MANAGED' : '';
  const onDevice = (tensors: readonly RunnerTensor[]) => tensors.filter(({ isOnHost }) => !isOnHost);
  const lines = [
    'def require(done, what):',
    '    if not done:',
    '        raise RuntimeError(f"Failed: {what}")',
    '',
    '',
    'def main():',
    `    engine_path = sys.argv[1] if len(sys.argv) > 1 else ${text(facts.engine)}`,
    '    folder = sys.argv[2] if len(sys.argv) > 2 else "."',
    `    profile = ${profile}`,
    '',
    '    logger = trt.Logger(trt.Logger.WARNING)',
    '    runtime = trt.Runtime(logger)',
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
    ...outputs.flatMap((output) => outputLines(output)),
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
    ...(facts.debugTensors.length > 0
      ? [
          '',
          '    listener = DebugListener()',
          '    require(context.set_debug_listener(listener), "set_debug_listener")',
          ...facts.debugTensors.map(
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

function inputLines({
  name,
  variable,
  dims,
  bits,
  type,
  isDynamic,
  isOnHost,
  values,
}: RunnerTensor): string[] {
  const shape = tuple(dims);
  const dtype = type === 'kINT64' ? 'np.int64' : 'np.int32';
  return [
    '',
    `    # Input ${comment(name)}, ${type}${isDynamic ? ': any shape that the profile allows' : ''}.`,
    ...(isDynamic
      ? [`    require(context.set_input_shape(${text(name)}, ${shape}), ${text(`the shape of ${name}`)})`]
      : []),
    `    ${variable} = Buffer(byte_size(engine, ${text(name)}, ${shape}, ${bits}, profile))`,
    values
      ? `    ${variable}.bytes[:] = np.array([${values.join(', ')}], ${dtype}).view(np.uint8)`
      : `    ${variable}.fill(os.path.join(folder, ${text(`${variable}.bin`)}))`,
    `    require(context.set_tensor_address(${text(name)}, int(${variable}.${isOnHost ? 'host' : 'device'})), ${text(`the address of ${name}`)})`,
  ];
}

function outputLines({ name, variable, bits, type, isDynamic, isOnHost }: RunnerTensor): string[] {
  const buffer = `Buffer(byte_size(engine, ${text(name)}, ${variable}_shape, ${bits}, profile))`;
  const address = `require(context.set_tensor_address(${text(name)}, int(${variable}.${isOnHost ? 'host' : 'device'})), ${text(`the address of ${name}`)})`;
  const heading = [
    '',
    `    # Output ${comment(name)}, ${type}.`,
    `    ${variable}_shape = tuple(context.get_tensor_shape(${text(name)}))`,
  ];
  if (!isDynamic || isOnHost) return [...heading, `    ${variable} = ${buffer}`, `    ${address}`];
  return [
    ...heading,
    `    ${variable}_allocator = OutputAllocator() if -1 in ${variable}_shape else None`,
    `    if ${variable}_allocator:`,
    `        require(context.set_output_allocator(${text(name)}, ${variable}_allocator), ${text(`the allocator of ${name}`)})`,
    '    else:',
    `        ${variable} = ${buffer}`,
    `        ${address}`,
  ];
}

function copyLines({ name, variable, bits, isDynamic }: RunnerTensor): string[] {
  const copy = (source: string) =>
    `check_cuda(cudart.cudaMemcpyAsync(${variable}.host, ${source}, ${variable}.size, to_host, stream))`;
  if (!isDynamic) return [`    ${copy(`${variable}.device`)}`];
  return [
    `    if ${variable}_allocator:`,
    '        # Its shape and memory are known when execute_async_v3 returns.',
    `        ${variable}_shape = ${variable}_allocator.shape`,
    `        ${variable} = Buffer(byte_size(engine, ${text(name)}, ${variable}_shape, ${bits}, profile))`,
    `    ${copy(`${variable}_allocator.memory if ${variable}_allocator else ${variable}.device`)}`,
  ];
}

function tuple(dims: readonly number[]): string {
  return dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(', ')})`;
}

/** JSON's strings are Python's, but for lone surrogates, which no tensor's name has. */
function text(value: string): string {
  return JSON.stringify(value);
}

function comment(value: string): string {
  return value.replace(/\p{C}/gu, ' ');
}
