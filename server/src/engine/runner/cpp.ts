/** A C++ program that runs one engine with enqueueV3. */
import {
  planRunner,
  type RunnerFacts,
  type RunnerOptions,
  type RunnerPlan,
  type RunnerTensor,
} from './facts.ts';

/** One file, C++17, for TensorRT 10 and 11 and TensorRT for RTX and the CUDA runtime. Throws an error for people. */
export function cppRunner(facts: RunnerFacts, options: RunnerOptions): string {
  const plan = planRunner(facts, options);
  return [
    head(facts),
    helpers,
    plan.needsAllocator ? allocator : '',
    facts.debugTensors.length > 0 ? debugListener : '',
    '} // namespace\n',
    main(facts, options, plan),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function head({ engine, product, version }: RunnerFacts): string {
  const library = product === 'TensorRT' ? 'nvinfer' : 'tensorrt_rtx';
  const name = product === 'TensorRT' ? 'TensorRT' : 'TensorRT for RTX';
  return `// Runs ${comment(engine)} (${name} ${version}) with enqueueV3: one stream from the copy of the inputs to the copy of the
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

const helpers = `class Logger : public nvinfer1::ILogger
{
    // Called from several threads.
    void log(Severity severity, nvinfer1::AsciiChar const* message) noexcept override
    {
        if (severity <= Severity::kWARNING)
        {
            std::fprintf(stderr, "TensorRT: %s\\n", message);
        }
    }
};

void require(bool done, std::string const& what)
{
    if (!done)
    {
        std::fprintf(stderr, "Failed: %s\\n", what.c_str());
        std::exit(1);
    }
}

void check(cudaError_t status, char const* what)
{
    require(status == cudaSuccess, std::string(what) + ": " + cudaGetErrorString(status));
}

std::vector<char> readFile(std::string const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

nvinfer1::Dims dims(std::initializer_list<std::int64_t> sizes)
{
    nvinfer1::Dims result{};
    for (std::int64_t const size : sizes)
    {
        result.d[result.nbDims++] = size;
    }
    return result;
}

// Of a tensor in the format that the engine wants: some formats pack elements of one dimension into vectors.
std::size_t byteSize(nvinfer1::ICudaEngine const& engine, char const* name, nvinfer1::Dims const& shape,
    std::int32_t bits, std::int32_t profile)
{
    std::int32_t const packed = engine.getTensorVectorizedDim(name, profile);
    std::int64_t count = 1;
    for (std::int32_t i = 0; i < shape.nbDims; ++i)
    {
        std::int64_t size = shape.d[i];
        if (i == packed)
        {
            std::int64_t const vector = engine.getTensorComponentsPerElement(name, profile);
            size = (size + vector - 1) / vector * vector;
        }
        count *= size;
    }
    return static_cast<std::size_t>((count * bits + 7) / 8);
}

// Page-locked memory of the host, so that copies are asynchronous, and memory of the device.
struct Buffer
{
    void* host{nullptr};
    void* device{nullptr};
    std::size_t bytes{0};
};

Buffer allocate(std::size_t bytes)
{
    Buffer buffer;
    buffer.bytes = bytes;
    // An empty tensor has an address, too.
    check(cudaMallocHost(&buffer.host, bytes > 0 ? bytes : 1), "cudaMallocHost");
    check(cudaMalloc(&buffer.device, bytes > 0 ? bytes : 1), "cudaMalloc");
    return buffer;
}

void release(Buffer const& buffer)
{
    cudaFreeHost(buffer.host);
    cudaFree(buffer.device);
}

// In place of your preprocessing.
void fill(Buffer const& buffer, std::string const& path)
{
    std::vector<char> const values = readFile(path);
    require(values.empty() || values.size() == buffer.bytes,
        path + " has " + std::to_string(values.size()) + " bytes, not " + std::to_string(buffer.bytes));
    for (std::size_t i = 0; i < buffer.bytes; ++i)
    {
        static_cast<char*>(buffer.host)[i] = values.empty() ? 0 : values[i];
    }
}

// In place of your postprocessing.
void save(void const* values, std::size_t bytes, nvinfer1::Dims const& shape, std::string const& path)
{
    std::ofstream(path, std::ios::binary).write(static_cast<char const*>(values), static_cast<std::streamsize>(bytes));
    std::printf("%s: %zu bytes, shape", path.c_str(), bytes);
    for (std::int32_t i = 0; i < shape.nbDims; ++i)
    {
        std::printf(" %lld", static_cast<long long>(shape.d[i]));
    }
    std::printf("\\n");
}
`;

const allocator = `bool isKnown(nvinfer1::Dims const& shape)
{
    for (std::int32_t i = 0; i < shape.nbDims; ++i)
    {
        if (shape.d[i] < 0)
        {
            return false;
        }
    }
    return shape.nbDims >= 0;
}

// Memory for an output whose shape depends on values: TensorRT asks for it in enqueueV3.
class OutputAllocator : public nvinfer1::IOutputAllocator
{
public:
    ~OutputAllocator() override
    {
        cudaFree(memory);
    }

    void* reallocateOutputAsync(char const*, void*, std::uint64_t size, std::uint64_t, cudaStream_t) noexcept override
    {
        if (size > capacity || memory == nullptr)
        {
            cudaFree(memory);
            memory = nullptr;
            capacity = 0;
            if (cudaMalloc(&memory, size > 0 ? size : 1) != cudaSuccess)
            {
                memory = nullptr;
                return nullptr;
            }
            capacity = size;
        }
        return memory;
    }

    void notifyShape(char const*, nvinfer1::Dims const& dims) noexcept override
    {
        shape = dims;
    }

    void* memory{nullptr};
    std::uint64_t capacity{0};
    nvinfer1::Dims shape{};
};

struct Output
{
    Buffer buffer;
    OutputAllocator allocator;
    bool isLate{false};
};
`;

const debugListener = `// Gets the values of debug tensors while they are there.
class DebugListener : public nvinfer1::IDebugListener
{
public:
    bool processDebugTensor(void const* address, nvinfer1::TensorLocation location, nvinfer1::DataType,
        nvinfer1::Dims const& shape, char const* name, cudaStream_t stream) noexcept override
    {
        // Copy from \`address\` in this stream; the memory is TensorRT's again when this returns.
        std::printf("debug tensor %s at %p (%s, stream %p), %d dimensions\\n", name, address,
            location == nvinfer1::TensorLocation::kDEVICE ? "device" : "host", static_cast<void*>(stream),
            static_cast<int>(shape.nbDims));
        return true;
    }
};
`;

function main(facts: RunnerFacts, options: RunnerOptions, plan: RunnerPlan): string {
  const { inputs, outputs, needsAllocator, hasV2 } = plan;
  const { profile, userManaged } = options;
  const V2 = hasV2 ? 'V2' : '';
  const strategy = userManaged ? 'nvinfer1::ExecutionContextAllocationStrategy::kUSER_MANAGED' : '';
  const device = (tensors: readonly RunnerTensor[]) => tensors.filter(({ isOnHost }) => !isOnHost);
  const lines = [
    'int main(int argc, char** argv)',
    '{',
    `    std::string const enginePath = argc > 1 ? argv[1] : ${text(facts.engine)};`,
    '    std::string const folder = argc > 2 ? argv[2] : ".";',
    `    std::int32_t const profile = ${profile};`,
    '',
    '    Logger logger;',
    '    std::unique_ptr<nvinfer1::IRuntime> runtime{nvinfer1::createInferRuntime(logger)};',
    '    require(runtime != nullptr, "createInferRuntime");',
    '    std::vector<char> const plan = readFile(enginePath);',
    '    require(!plan.empty(), "reading " + enginePath);',
    '    std::unique_ptr<nvinfer1::ICudaEngine> engine{runtime->deserializeCudaEngine(plan.data(), plan.size())};',
    '    require(engine != nullptr, "deserializeCudaEngine");',
    ...(plan.streams
      ? [
          '',
          '    // How many bytes of the weights stay on the device; set before there is an execution context.',
          `    std::int64_t const budget = ${
            options.budgetPercent === undefined
              ? hasV2
                ? 'engine->getWeightStreamingAutomaticBudget()'
                : '-1'
              : `static_cast<std::int64_t>(engine->getStreamableWeightsSize() / 100.0 * ${options.budgetPercent})`
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
    ...inputs.flatMap((input) => inputLines(input)),
    '',
    '    // All shapes are set: those of the outputs follow, unless they depend on values.',
    '    char const* missing{nullptr};',
    '    require(context->inferShapes(1, &missing) == 0, std::string("the shape of ") + (missing ? missing : "an input"));',
    ...outputs.flatMap((output) => outputLines(output, needsAllocator)),
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
    ...(facts.debugTensors.length > 0
      ? [
          '',
          '    DebugListener listener;',
          '    require(context->setDebugListener(&listener), "setDebugListener");',
          ...facts.debugTensors.map(
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
    ...device(inputs).map(
      ({ variable }) =>
        `    check(cudaMemcpyAsync(${variable}.device, ${variable}.host, ${variable}.bytes, cudaMemcpyHostToDevice, stream), "cudaMemcpyAsync");`,
    ),
    '    require(context->enqueueV3(stream), "enqueueV3");',
    '    // From `consumed` on, the inputs may be overwritten: let the stream that prepares the next ones wait for it',
    '    // (cudaStreamWaitEvent) instead of waiting for the outputs.',
    ...outputs.flatMap((output) => copyLines(output, needsAllocator)),
    '    check(cudaStreamSynchronize(stream), "cudaStreamSynchronize");',
    '',
    ...outputs.map((output) => saveLine(output, needsAllocator)),
    '',
    '    context.reset();',
    ...(userManaged ? ['    cudaFree(activations);'] : []),
    ...inputs.map(({ variable }) => `    release(${variable});`),
    ...outputs.map((output) => `    release(${bufferOf(output, needsAllocator)});`),
    '    cudaEventDestroy(consumed);',
    '    cudaStreamDestroy(stream);',
    '    return 0;',
    '}',
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
  const shape = `dims({${dims.join(', ')}})`;
  const address = isOnHost ? 'host' : 'device';
  return [
    '',
    `    // Input ${comment(name)}, ${type}${isDynamic ? ': any shape that the profile allows' : ''}.`,
    ...(isDynamic
      ? [`    require(context->setInputShape(${text(name)}, ${shape}), ${text(`the shape of ${name}`)});`]
      : []),
    `    Buffer const ${variable} = allocate(byteSize(*engine, ${text(name)}, ${shape}, ${bits}, profile));`,
    ...(values
      ? [
          `    std::${type === 'kINT64' ? 'int64_t' : 'int32_t'} const ${variable}_values[] = {${values.join(', ')}};`,
          `    std::copy(std::begin(${variable}_values), std::end(${variable}_values), static_cast<std::${type === 'kINT64' ? 'int64_t' : 'int32_t'}*>(${variable}.host));`,
        ]
      : [`    fill(${variable}, folder + ${text(`/${variable}.bin`)});`]),
    `    require(context->setTensorAddress(${text(name)}, ${variable}.${address}), ${text(`the address of ${name}`)});`,
  ];
}

function outputLines(output: RunnerTensor, needsAllocator: boolean): string[] {
  const { name, variable, bits, type, isOnHost } = output;
  const shape = `context->getTensorShape(${text(name)})`;
  const address = `require(context->setTensorAddress(${text(name)}, ${bufferOf(output, needsAllocator)}.${isOnHost ? 'host' : 'device'}), ${text(`the address of ${name}`)});`;
  const allocated = `allocate(byteSize(*engine, ${text(name)}, ${shape}, ${bits}, profile))`;
  const heading = ['', `    // Output ${comment(name)}, ${type}.`];
  if (!isLateable(output, needsAllocator)) {
    return [...heading, `    Buffer const ${variable} = ${allocated};`, `    ${address}`];
  }
  return [
    ...heading,
    `    Output ${variable};`,
    `    ${variable}.isLate = !isKnown(${shape});`,
    `    if (${variable}.isLate)`,
    '    {',
    `        require(context->setOutputAllocator(${text(name)}, &${variable}.allocator), ${text(`the allocator of ${name}`)});`,
    '    }',
    '    else',
    '    {',
    `        ${variable}.buffer = ${allocated};`,
    `        ${address}`,
    '    }',
  ];
}

function copyLines(output: RunnerTensor, needsAllocator: boolean): string[] {
  const { name, variable, bits, isOnHost } = output;
  if (isOnHost) return [];
  const buffer = bufferOf(output, needsAllocator);
  const copy = (source: string) =>
    `check(cudaMemcpyAsync(${buffer}.host, ${source}, ${buffer}.bytes, cudaMemcpyDeviceToHost, stream), "cudaMemcpyAsync");`;
  if (!isLateable(output, needsAllocator)) return [`    ${copy(`${buffer}.device`)}`];
  return [
    `    if (${variable}.isLate)`,
    '    {',
    '        // Its shape and memory are known when enqueueV3 returns.',
    `        ${variable}.buffer.bytes = byteSize(*engine, ${text(name)}, ${variable}.allocator.shape, ${bits}, profile);`,
    `        check(cudaMallocHost(&${buffer}.host, ${buffer}.bytes > 0 ? ${buffer}.bytes : 1), "cudaMallocHost");`,
    '    }',
    `    ${copy(`${variable}.isLate ? ${variable}.allocator.memory : ${buffer}.device`)}`,
  ];
}

function saveLine(output: RunnerTensor, needsAllocator: boolean): string {
  const { name, variable } = output;
  const buffer = bufferOf(output, needsAllocator);
  const shape = `context->getTensorShape(${text(name)})`;
  const told = isLateable(output, needsAllocator)
    ? `${variable}.isLate ? ${variable}.allocator.shape : ${shape}`
    : shape;
  return `    save(${buffer}.host, ${buffer}.bytes, ${told}, folder + ${text(`/${variable}.bin`)});`;
}

function isLateable({ isDynamic, isOnHost }: RunnerTensor, needsAllocator: boolean): boolean {
  return needsAllocator && isDynamic && !isOnHost;
}

function bufferOf(output: RunnerTensor, needsAllocator: boolean): string {
  return isLateable(output, needsAllocator) ? `${output.variable}.buffer` : output.variable;
}

/** A string literal. Octal escapes end after three digits, hexadecimal ones do not. */
function text(value: string): string {
  const bytes = [...new TextEncoder().encode(value)].map((byte) => {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === '\\') return `\\${character}`;
    return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${bytes.join('')}"`;
}

/** A backslash at a line's end would join the next line to the comment. */
function comment(value: string): string {
  return value.replace(/[\p{C}\\]/gu, ' ');
}
