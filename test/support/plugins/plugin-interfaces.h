// What a plugin library needs of NvInferRuntime.h and NvInferPluginBase.h: NOT NVIDIA's headers, only the interfaces of
// V3 plugins with their methods in the order of TensorRT 10, so that tests compile where those headers are not.
#pragma once
#include <cstddef>
#include <cstdint>

namespace nvinfer1
{
using AsciiChar = char;
using cudaStream_t = struct CUstream_st*;
struct Dims { std::int32_t nbDims; std::int64_t d[8]; };
struct InterfaceInfo { AsciiChar const* kind; std::int32_t major; std::int32_t minor; };
enum class APILanguage : std::int32_t { kCPP = 0, kPYTHON = 1 };
enum class DataType : std::int32_t { kFLOAT = 0 };
enum class TensorFormat : std::int32_t { kLINEAR = 0 };
enum class TensorRTPhase : std::int32_t { kBUILD = 0, kRUNTIME = 1 };
enum class PluginCapabilityType : std::int32_t { kCORE = 0, kBUILD = 1, kRUNTIME = 2 };
enum class PluginFieldType : std::int32_t { kFLOAT32 = 1, kUNKNOWN = 8 };
struct PluginField { AsciiChar const* name; void const* data; PluginFieldType type; std::int32_t length; };
struct PluginFieldCollection { std::int32_t nbFields; PluginField const* fields; };
struct PluginTensorDesc { Dims dims; DataType type; TensorFormat format; float scale; };
struct DynamicPluginTensorDesc { PluginTensorDesc desc; Dims min; Dims max; Dims opt; };
class IDimensionExpr;
struct DimsExprs { std::int32_t nbDims; IDimensionExpr const* d[8]; };
class IExprBuilder;
class IGpuAllocator;
class IErrorRecorder;
class IPluginCreator;
class ILoggerFinder;
class IPluginResourceContext;

class IVersionedInterface
{
public:
    virtual APILanguage getAPILanguage() const noexcept { return APILanguage::kCPP; }
    virtual InterfaceInfo getInterfaceInfo() const noexcept = 0;
    virtual ~IVersionedInterface() noexcept = default;
};

class IPluginResource : public IVersionedInterface
{
public:
    InterfaceInfo getInterfaceInfo() const noexcept override { return {"IPluginResource", 1, 0}; }
    virtual std::int32_t release() noexcept = 0;
    virtual IPluginResource* clone() noexcept = 0;
};

class IPluginCapability : public IVersionedInterface {};

class IPluginV3 : public IVersionedInterface
{
public:
    InterfaceInfo getInterfaceInfo() const noexcept override { return {"PLUGIN", 1, 0}; }
    virtual IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept = 0;
    virtual IPluginV3* clone() noexcept = 0;
};

class IPluginV3OneCore : public IPluginCapability
{
public:
    InterfaceInfo getInterfaceInfo() const noexcept override { return {"PLUGIN_V3ONE_CORE", 1, 0}; }
    virtual AsciiChar const* getPluginName() const noexcept = 0;
    virtual AsciiChar const* getPluginVersion() const noexcept = 0;
    virtual AsciiChar const* getPluginNamespace() const noexcept = 0;
};

class IPluginV3OneBuild : public IPluginCapability
{
public:
    InterfaceInfo getInterfaceInfo() const noexcept override { return {"PLUGIN_V3ONE_BUILD", 1, 0}; }
    virtual std::int32_t configurePlugin(DynamicPluginTensorDesc const* in, std::int32_t nbInputs, DynamicPluginTensorDesc const* out, std::int32_t nbOutputs) noexcept = 0;
    virtual std::int32_t getOutputDataTypes(DataType* outputTypes, std::int32_t nbOutputs, DataType const* inputTypes, std::int32_t nbInputs) const noexcept = 0;
    virtual std::int32_t getOutputShapes(DimsExprs const* inputs, std::int32_t nbInputs, DimsExprs const* shapeInputs, std::int32_t nbShapeInputs, DimsExprs* outputs, std::int32_t nbOutputs, IExprBuilder& exprBuilder) noexcept = 0;
    virtual bool supportsFormatCombination(std::int32_t pos, DynamicPluginTensorDesc const* inOut, std::int32_t nbInputs, std::int32_t nbOutputs) noexcept = 0;
    virtual std::int32_t getNbOutputs() const noexcept = 0;
    virtual std::size_t getWorkspaceSize(DynamicPluginTensorDesc const*, std::int32_t, DynamicPluginTensorDesc const*, std::int32_t) const noexcept { return 0; }
    virtual std::int32_t getValidTactics(std::int32_t*, std::int32_t) noexcept { return 0; }
    virtual std::int32_t getNbTactics() noexcept { return 0; }
    virtual char const* getTimingCacheID() noexcept { return nullptr; }
    virtual std::int32_t getFormatCombinationLimit() noexcept { return 100; }
    virtual char const* getMetadataString() noexcept { return nullptr; }
};

class IPluginV3OneRuntime : public IPluginCapability
{
public:
    InterfaceInfo getInterfaceInfo() const noexcept override { return {"PLUGIN_V3ONE_RUNTIME", 1, 0}; }
    virtual std::int32_t setTactic(std::int32_t) noexcept { return 0; }
    virtual std::int32_t onShapeChange(PluginTensorDesc const* in, std::int32_t nbInputs, PluginTensorDesc const* out, std::int32_t nbOutputs) noexcept = 0;
    virtual std::int32_t enqueue(PluginTensorDesc const* inputDesc, PluginTensorDesc const* outputDesc, void const* const* inputs, void* const* outputs, void* workspace, cudaStream_t stream) noexcept = 0;
    virtual IPluginV3* attachToContext(IPluginResourceContext* context) noexcept = 0;
    virtual PluginFieldCollection const* getFieldsToSerialize() noexcept = 0;
};

class IPluginCreatorInterface : public IVersionedInterface {};

class IPluginCreatorV3One : public IPluginCreatorInterface
{
public:
    InterfaceInfo getInterfaceInfo() const noexcept override { return {"PLUGIN CREATOR_V3ONE", 1, 0}; }
    virtual IPluginV3* createPlugin(AsciiChar const* name, PluginFieldCollection const* fc, TensorRTPhase phase) noexcept = 0;
    virtual PluginFieldCollection const* getFieldNames() noexcept = 0;
    virtual AsciiChar const* getPluginName() const noexcept = 0;
    virtual AsciiChar const* getPluginVersion() const noexcept = 0;
    virtual AsciiChar const* getPluginNamespace() const noexcept = 0;
};

class IPluginRegistry
{
public:
    virtual bool registerCreator(IPluginCreator& creator, AsciiChar const* pluginNamespace) noexcept = 0;
    virtual IPluginCreator* const* getPluginCreatorList(std::int32_t* numCreators) const noexcept = 0;
    virtual IPluginCreator* getPluginCreator(AsciiChar const* name, AsciiChar const* version, AsciiChar const* pluginNamespace) noexcept = 0;

protected:
    virtual ~IPluginRegistry() noexcept = default;

public:
    virtual void setErrorRecorder(IErrorRecorder* recorder) noexcept = 0;
    virtual IErrorRecorder* getErrorRecorder() const noexcept = 0;
    virtual bool deregisterCreator(IPluginCreator const& creator) noexcept = 0;
    virtual bool isParentSearchEnabled() const = 0;
    virtual void setParentSearchEnabled(bool enabled) = 0;
    virtual void* loadLibrary(AsciiChar const* pluginPath) noexcept = 0;
    virtual void deregisterLibrary(void* handle) noexcept = 0;
    // Of two overloads this is the later one, which takes any creator.
    virtual bool registerAnyCreator(IPluginCreatorInterface& creator, AsciiChar const* pluginNamespace) noexcept = 0;
    virtual IPluginCreatorInterface* const* getAllCreators(std::int32_t* numCreators) const noexcept = 0;
    virtual IPluginCreatorInterface* getCreator(AsciiChar const* name, AsciiChar const* version, AsciiChar const* pluginNamespace) noexcept = 0;
    virtual bool deregisterAnyCreator(IPluginCreatorInterface const& creator) noexcept = 0;
    virtual IPluginResource* acquirePluginResource(AsciiChar const* key, IPluginResource* resource) noexcept = 0;
    virtual std::int32_t releasePluginResource(AsciiChar const* key) noexcept = 0;
};
} // namespace nvinfer1

/// Of libnvinfer.
extern "C" nvinfer1::IPluginRegistry* getPluginRegistry() noexcept;
