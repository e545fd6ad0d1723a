// A V3 plugin for tests: `Scaled`, version 1, y = factor * x in float. Its kernel is PTX, which the driver compiles; as a resource
// of TensorRT's plugin registry it is loaded once for all plugins of the process.
//
//   c++ -shared -fPIC -std=c++17 scale-plugin.cpp /path/to/libnvinfer.so.10 -ldl -o libscale-plugin.so
//
// With -DREGISTERS_ITSELF it registers its creator when it is loaded, as REGISTER_TENSORRT_PLUGIN does, and exports no getCreators.
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include "plugin-interfaces.h"

using namespace nvinfer1;

namespace
{
constexpr char const* kKernel = R"(.version 7.0
.target sm_50
.address_size 64
.visible .entry scale(.param .u64 from, .param .u64 to, .param .u32 count, .param .f32 factor)
{
    .reg .pred %p; .reg .b32 %r<5>; .reg .f32 %f<4>; .reg .b64 %d<6>;
    ld.param.u64 %d1, [from];
    ld.param.u64 %d2, [to];
    ld.param.u32 %r1, [count];
    ld.param.f32 %f1, [factor];
    mov.u32 %r2, %ctaid.x;
    mov.u32 %r3, %ntid.x;
    mov.u32 %r4, %tid.x;
    mad.lo.u32 %r2, %r2, %r3, %r4;
    setp.ge.u32 %p, %r2, %r1;
    @%p ret;
    mul.wide.u32 %d3, %r2, 4;
    cvta.to.global.u64 %d1, %d1;
    cvta.to.global.u64 %d2, %d2;
    add.u64 %d4, %d1, %d3;
    add.u64 %d5, %d2, %d3;
    ld.global.f32 %f2, [%d4];
    mul.f32 %f3, %f2, %f1;
    st.global.f32 [%d5], %f3;
    ret;
})";

/** A function of the driver. Null without one. */
template <class Function>
Function* driver(char const* name)
{
    static void* const library = dlopen("libcuda.so.1", RTLD_NOW);
    return library ? reinterpret_cast<Function*>(dlsym(library, name)) : nullptr;
}

class Kernel final : public IPluginResource
{
public:
    ~Kernel() override { release(); }

    IPluginResource* clone() noexcept override
    {
        auto* const load = driver<int(void**, void const*)>("cuModuleLoadData");
        auto* const find = driver<int(void**, void*, char const*)>("cuModuleGetFunction");
        auto* const loaded = new Kernel;
        if (!load || !find || load(&loaded->mModule, kKernel) != 0 || find(&loaded->mFunction, loaded->mModule, "scale") != 0)
        {
            delete loaded;
            return nullptr;
        }
        std::fprintf(stderr, "Scaled: kernel loaded\n");
        return loaded;
    }

    std::int32_t release() noexcept override
    {
        auto* const unload = driver<int(void*)>("cuModuleUnload");
        if (mModule && unload)
        {
            unload(mModule);
            std::fprintf(stderr, "Scaled: kernel released\n");
        }
        mModule = nullptr;
        return 0;
    }

    int launch(void const* from, void* to, std::uint32_t count, float factor, cudaStream_t stream) const
    {
        using Launch = int(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void*, void**, void**);
        void* arguments[] = {&from, &to, &count, &factor};
        return driver<Launch>("cuLaunchKernel")(mFunction, (count + 255) / 256, 1, 1, 256, 1, 1, 0, stream, arguments, nullptr);
    }

private:
    void* mModule{nullptr};
    void* mFunction{nullptr};
};

constexpr char const* kName = "Scaled";
constexpr char const* kVersion = "1";
constexpr char const* kResource = "onnx-trt-tests-scaled-kernel";

class Scaled final : public IPluginV3, public IPluginV3OneCore, public IPluginV3OneBuild, public IPluginV3OneRuntime
{
public:
    explicit Scaled(float factor) : mFactor{factor} {}

    ~Scaled() override
    {
        if (mKernel) getPluginRegistry()->releasePluginResource(kResource);
    }

    IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override
    {
        switch (type)
        {
        case PluginCapabilityType::kCORE: return static_cast<IPluginV3OneCore*>(this);
        case PluginCapabilityType::kBUILD: return static_cast<IPluginV3OneBuild*>(this);
        case PluginCapabilityType::kRUNTIME: return static_cast<IPluginV3OneRuntime*>(this);
        }
        return nullptr;
    }

    IPluginV3* clone() noexcept override { return new Scaled(mFactor); }

    AsciiChar const* getPluginName() const noexcept override { return kName; }
    AsciiChar const* getPluginVersion() const noexcept override { return kVersion; }
    AsciiChar const* getPluginNamespace() const noexcept override { return ""; }

    std::int32_t configurePlugin(DynamicPluginTensorDesc const*, std::int32_t, DynamicPluginTensorDesc const*, std::int32_t) noexcept override { return 0; }

    std::int32_t getOutputDataTypes(DataType* outputs, std::int32_t, DataType const* inputs, std::int32_t) const noexcept override
    {
        outputs[0] = inputs[0];
        return 0;
    }

    std::int32_t getOutputShapes(DimsExprs const* inputs, std::int32_t, DimsExprs const*, std::int32_t, DimsExprs* outputs, std::int32_t, IExprBuilder&) noexcept override
    {
        outputs[0] = inputs[0];
        return 0;
    }

    bool supportsFormatCombination(std::int32_t position, DynamicPluginTensorDesc const* tensors, std::int32_t, std::int32_t) noexcept override
    {
        return tensors[position].desc.type == DataType::kFLOAT && tensors[position].desc.format == TensorFormat::kLINEAR;
    }

    std::int32_t getNbOutputs() const noexcept override { return 1; }

    std::int32_t onShapeChange(PluginTensorDesc const*, std::int32_t, PluginTensorDesc const*, std::int32_t) noexcept override { return 0; }

    std::int32_t enqueue(PluginTensorDesc const* inputs, PluginTensorDesc const*, void const* const* from, void* const* to, void*, cudaStream_t stream) noexcept override
    {
        if (!mKernel) return 1;
        std::int64_t count = 1;
        for (std::int32_t i = 0; i < inputs[0].dims.nbDims; ++i) count *= inputs[0].dims.d[i];
        return mKernel->launch(from[0], to[0], static_cast<std::uint32_t>(count), mFactor, stream);
    }

    IPluginV3* attachToContext(IPluginResourceContext*) noexcept override
    {
        Kernel unloaded;
        auto* const attached = new Scaled(mFactor);
        attached->mKernel = static_cast<Kernel*>(getPluginRegistry()->acquirePluginResource(kResource, &unloaded));
        return attached;
    }

    PluginFieldCollection const* getFieldsToSerialize() noexcept override
    {
        mField = {"factor", &mFactor, PluginFieldType::kFLOAT32, 1};
        mFields = {1, &mField};
        return &mFields;
    }

private:
    float mFactor;
    Kernel* mKernel{nullptr};
    PluginField mField{};
    PluginFieldCollection mFields{};
};

class ScaledCreator final : public IPluginCreatorV3One
{
public:
    IPluginV3* createPlugin(AsciiChar const*, PluginFieldCollection const* given, TensorRTPhase) noexcept override
    {
        float factor = 2;
        for (std::int32_t i = 0; i < given->nbFields; ++i)
        {
            PluginField const& field = given->fields[i];
            if (std::strcmp(field.name, "factor") == 0 && field.type == PluginFieldType::kFLOAT32 && field.length == 1)
                factor = *static_cast<float const*>(field.data);
        }
        return new Scaled(factor);
    }

    PluginFieldCollection const* getFieldNames() noexcept override
    {
        static PluginField const field{"factor", nullptr, PluginFieldType::kFLOAT32, 1};
        static PluginFieldCollection const fields{1, &field};
        return &fields;
    }

    AsciiChar const* getPluginName() const noexcept override { return kName; }
    AsciiChar const* getPluginVersion() const noexcept override { return kVersion; }
    AsciiChar const* getPluginNamespace() const noexcept override { return ""; }
};

ScaledCreator creator;
} // namespace

#ifdef REGISTERS_ITSELF
namespace
{
[[maybe_unused]] bool const registered = getPluginRegistry()->registerAnyCreator(creator, "");
}
#else
extern "C" IPluginCreatorInterface* const* getCreators(std::int32_t& count)
{
    static IPluginCreatorInterface* const creators[] = {&creator};
    count = 1;
    return creators;
}

extern "C" void setLoggerFinder(ILoggerFinder*) {}
#endif
