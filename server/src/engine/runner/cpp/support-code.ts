/** C++ that is the same in every program. */

export const helpers = `class Logger : public nvinfer1::ILogger
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

/** Where the shape of an output may depend on values. */
export const allocator = `bool isKnown(nvinfer1::Dims const& shape)
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

/** Where the engine has debug tensors. */
export const debugListener = `// Gets the values of debug tensors while they are there.
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
