/**
 * Headers to compile generated programs against, where NVIDIA's are not: **not NVIDIA's**, but made from our own tables
 * (native-bridge/src/abi), with the slots that those say. So a program that compiles calls only what its version has, and one
 * that is linked with the real library calls it as the bridge does. CUDA's runtime is written over the driver's `libcuda`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  baseName,
  isDestructor,
  parseSignature,
  type Row,
} from '../../../native-bridge/src/abi/class-table.ts';
import { enumNames, enumNumber } from '../../../native-bridge/src/abi/enums.ts';
import { type Abi, chooseAbi, comparableVersion } from '../../../native-bridge/src/abi/families.ts';
import { isAtLeast, type Version } from '../../../native-bridge/src/abi/version.ts';
import type { Product } from '../../../native-bridge/src/protocol.ts';
import { cudaRuntime } from './cuda-runtime.ts';

const enums = [
  'DataType',
  'TensorLocation',
  'TensorIOMode',
  'OptProfileSelector',
  'ExecutionContextAllocationStrategy',
] as const;
const classes = ['HostMemory', 'Runtime', 'CudaEngine', 'ExecutionContext'] as const;

/** Writes NvInfer.h and cuda_runtime_api.h. */
export function writeMinimalHeaders(folder: string, product: Product, version: Version): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'NvInfer.h'), nvInfer(chooseAbi(product, version, 'linux'), version));
  writeFileSync(path.join(folder, 'cuda_runtime_api.h'), cudaRuntime);
}

function nvInfer(abi: Abi, { major, minor, patch }: Version): string {
  return `// NOT NVIDIA's header: made from native-bridge/src/abi by test/support/minimal-headers.
#pragma once
#include <cstddef>
#include <cstdint>
#include "cuda_runtime_api.h"

namespace nvinfer1
{
using AsciiChar = char;
struct Dims64 { std::int32_t nbDims; std::int64_t d[8]; };
using Dims = Dims64;
struct InterfaceInfo { AsciiChar const* kind; std::int32_t major; std::int32_t minor; };
enum class APILanguage : std::int32_t { kCPP = 0, kPYTHON = 1 };
${enums
  .map(
    (type) =>
      `enum class ${type} : std::int32_t { ${enumNames(abi, type)
        .map((name) => `${name} = ${enumNumber(abi, type, name)}`)
        .join(', ')} };`,
  )
  .join('\n')}
${forwardDeclarations(abi)}

class IVersionedInterface
{
public:
    virtual APILanguage getAPILanguage() const noexcept { return APILanguage::kCPP; }
    virtual InterfaceInfo getInterfaceInfo() const noexcept = 0;
    virtual ~IVersionedInterface() noexcept = default;
};

${logger(abi)}

class IOutputAllocator : public IVersionedInterface
{
public:
    InterfaceInfo getInterfaceInfo() const noexcept override { return {"IOutputAllocator", 1, 0}; }
    virtual void* reallocateOutput(AsciiChar const*, void*, std::uint64_t, std::uint64_t) noexcept { return nullptr; }
    virtual void* reallocateOutputAsync(AsciiChar const* name, void* memory, std::uint64_t size, std::uint64_t alignment, cudaStream_t)
    {
        return reallocateOutput(name, memory, size, alignment);
    }
    virtual void notifyShape(AsciiChar const* tensorName, Dims const& dims) noexcept = 0;
};

class IDebugListener : public IVersionedInterface
{
public:
    InterfaceInfo getInterfaceInfo() const noexcept override { return {"IDebugListener", 1, 0}; }
    virtual bool processDebugTensor(void const* addr, TensorLocation location, DataType type, Dims const& shape, char const* name, cudaStream_t stream) = 0;
};

namespace apiv
{
${classes.map((name) => virtualClass(abi, name)).join('\n')}
} // namespace apiv

class INoCopy
{
protected:
    INoCopy() = default;
    virtual ~INoCopy() = default;
};

${classes.map((name) => publicClass(abi, name)).join('\n')}
} // namespace nvinfer1

${pluginRegistry(abi)}

extern "C" void* createInferRuntime_INTERNAL(void* logger, std::int32_t version);
namespace nvinfer1
{
inline IRuntime* createInferRuntime(ILogger& logger)
{
    return static_cast<IRuntime*>(createInferRuntime_INTERNAL(&logger, ${major * 10000 + minor * 100 + patch}));
}
} // namespace nvinfer1
`;
}

/** Virtual itself; only its loading of libraries is written out, at its slot. */
function pluginRegistry(abi: Abi): string {
  const slots = abi.classes.IPluginRegistry.flatMap((row, slot) => {
    if (isDestructor(row))
      return row[1] === 'complete destructor' ? ['virtual ~IPluginRegistry() noexcept = default;'] : [];
    return row[0] === 'loadLibrary'
      ? ['virtual void* loadLibrary(AsciiChar const* pluginPath) noexcept = 0;']
      : [`virtual void slot${slot}() noexcept = 0;`];
  });
  return `namespace nvinfer1
{
class IPluginRegistry
{
public:
${slots.map((line) => `    ${line}`).join('\n')}
};
} // namespace nvinfer1
extern "C" nvinfer1::IPluginRegistry* getPluginRegistry() noexcept;`;
}

/** From 11.0 the logger is a versioned interface, whose first slots are those of all such. */
function logger({ family }: Abi): string {
  const isVersioned = family !== 'tensorrt-10';
  return `class ILogger${isVersioned ? ' : public IVersionedInterface' : ''}
{
public:
    enum class Severity : std::int32_t { kINTERNAL_ERROR = 0, kERROR = 1, kWARNING = 2, kINFO = 3, kVERBOSE = 4 };
${isVersioned ? '    InterfaceInfo getInterfaceInfo() const noexcept override { return {"ILogger", 1, 0}; }\n' : ''}    virtual void log(Severity severity, AsciiChar const* msg) noexcept = 0;
    virtual ~ILogger() = default;
};`;
}

function rowsOf(abi: Abi, name: (typeof classes)[number]): readonly Row[] {
  return abi.classes[`V${name}`];
}

function methods(abi: Abi, name: (typeof classes)[number]) {
  return rowsOf(abi, name)
    .filter((row) => !isDestructor(row))
    .map((row) => {
      const { result, parameters } = parseSignature(row[1]);
      return {
        method: baseName(row),
        since: row[2],
        result: type(result),
        parameters: parameters.map((parameter) => ({
          // Only plans are read and not written.
          type: parameter.name === 'blob' ? 'void const*' : type(parameter.type),
          name: parameter.name,
        })),
      };
    });
}

function virtualClass(abi: Abi, name: (typeof classes)[number]): string {
  const lines = methods(abi, name).map(
    ({ method, result, parameters }) =>
      `    virtual ${result} ${method}(${parameters.map((parameter) => `${parameter.type} ${parameter.name}`).join(', ')}) noexcept = 0;`,
  );
  return `class V${name}\n{\npublic:\n    virtual ~V${name}() noexcept = default;\n${lines.join('\n')}\n};`;
}

/** What the version has: what came later is in no method here. */
function publicClass(abi: Abi, name: (typeof classes)[number]): string {
  const known = methods(abi, name).filter(
    ({ since, method }) =>
      method !== 'getPImpl' && (since === undefined || isAtLeast(comparableVersion(abi), since)),
  );
  const lines = known.map(({ method, result, parameters }) => {
    const list = parameters.map((parameter) => {
      const usual =
        parameter.type === 'ExecutionContextAllocationStrategy'
          ? ' = ExecutionContextAllocationStrategy::kSTATIC'
          : '';
      return `${parameter.type} ${parameter.name}${usual}`;
    });
    return `    ${result} ${method}(${list.join(', ')}) const noexcept { return mImpl->${method}(${parameters.map((parameter) => parameter.name).join(', ')}); }`;
  });
  // Public overloads of methods that have a name of their own behind them.
  const overloads = known
    .filter(({ method }) => /^getTensor\w+V2$/.test(method))
    .map(({ method, result, parameters }) => {
      const list = parameters.map((parameter) => `${parameter.type} ${parameter.name}`).join(', ');
      return `    ${result} ${method.replace(/V2$/, '')}(${list}) const noexcept { return mImpl->${method}(${parameters.map((parameter) => parameter.name).join(', ')}); }`;
    });
  return `class I${name} : public INoCopy\n{\npublic:\n    virtual ~I${name}() noexcept = default;\n${[...lines, ...overloads].join('\n')}\n\nprotected:\n    apiv::V${name}* mImpl;\n};`;
}

const words: Readonly<Record<string, string>> = {
  void: 'void',
  bool: 'bool',
  float: 'float',
  int32: 'std::int32_t',
  int64: 'std::int64_t',
  uint64: 'std::uint64_t',
  size_t: 'std::size_t',
  string: 'AsciiChar const*',
  Dims: 'Dims',
  cudaStream_t: 'cudaStream_t',
  cudaEvent_t: 'cudaEvent_t',
  ICudaEngine: 'ICudaEngine',
};

/** Tables write references as pointers, and leave out what is const. */
function type(word: string): string {
  if (word === 'Dims*') return 'Dims const&';
  const stars = /\**$/.exec(word)?.[0] ?? '';
  const base = word.slice(0, word.length - stars.length);
  const known = words[base];
  if (known !== undefined) return `${known}${stars}`;
  if (enums.some((name) => name === base) || base.startsWith('I')) return `${base}${stars}`;
  // Masks are unsigned; all other enums are passed as their numbers.
  return `${/(Flags|Sources)$/.test(base) ? 'std::uint32_t' : 'std::int32_t'}${stars}`;
}

function forwardDeclarations(abi: Abi): string {
  const all = classes.flatMap((name) =>
    rowsOf(abi, name)
      .map((row) => row[1])
      .join(' '),
  );
  const found = new Set(all.join(' ').match(/\bI[A-Z]\w+/g) ?? []);
  return [...found].map((name) => `class ${name};`).join('\n');
}
