/** What generated programs use of CUDA's runtime, over the driver's library: no toolkit has to be there. */
export const cudaRuntime = `// NOT NVIDIA's header: written over libcuda by test/support/minimal-headers.
#pragma once
#include <cstddef>

struct CUstream_st;
struct CUevent_st;
using cudaStream_t = CUstream_st*;
using cudaEvent_t = CUevent_st*;
enum cudaError_t : int { cudaSuccess = 0 };
enum cudaMemcpyKind { cudaMemcpyHostToDevice = 1, cudaMemcpyDeviceToHost = 2 };
constexpr unsigned cudaStreamNonBlocking = 1;
constexpr unsigned cudaEventDisableTiming = 2;

extern "C"
{
int cuInit(unsigned flags);
int cuDeviceGet(int* device, int ordinal);
int cuDevicePrimaryCtxRetain(void** context, int device);
int cuCtxSetCurrent(void* context);
int cuMemAlloc_v2(unsigned long long* address, std::size_t bytes);
int cuMemFree_v2(unsigned long long address);
int cuMemAllocHost_v2(void** address, std::size_t bytes);
int cuMemFreeHost(void* address);
int cuMemcpyAsync(unsigned long long to, unsigned long long from, std::size_t bytes, cudaStream_t stream);
int cuStreamCreate(cudaStream_t* stream, unsigned flags);
int cuStreamDestroy_v2(cudaStream_t stream);
int cuStreamSynchronize(cudaStream_t stream);
int cuEventCreate(cudaEvent_t* event, unsigned flags);
int cuEventDestroy_v2(cudaEvent_t event);
int cuGetErrorString(int error, char const** text);
}

inline cudaError_t cudaStart()
{
    static int const status = [] {
        int device = 0;
        void* context = nullptr;
        int result = cuInit(0);
        if (result == 0) result = cuDeviceGet(&device, 0);
        if (result == 0) result = cuDevicePrimaryCtxRetain(&context, device);
        return result == 0 ? cuCtxSetCurrent(context) : result;
    }();
    return static_cast<cudaError_t>(status);
}
inline cudaError_t cudaAfterStart(int status)
{
    return static_cast<cudaError_t>(status);
}
inline char const* cudaGetErrorString(cudaError_t error)
{
    char const* text = nullptr;
    cuGetErrorString(error, &text);
    return text ? text : "unknown error";
}
inline cudaError_t cudaMalloc(void** address, std::size_t bytes)
{
    unsigned long long found = 0;
    cudaError_t const started = cudaStart();
    if (started != cudaSuccess) return started;
    int const status = cuMemAlloc_v2(&found, bytes);
    *address = reinterpret_cast<void*>(found);
    return cudaAfterStart(status);
}
inline cudaError_t cudaFree(void* address)
{
    return address ? cudaAfterStart(cuMemFree_v2(reinterpret_cast<unsigned long long>(address))) : cudaSuccess;
}
inline cudaError_t cudaMallocHost(void** address, std::size_t bytes)
{
    cudaError_t const started = cudaStart();
    return started == cudaSuccess ? cudaAfterStart(cuMemAllocHost_v2(address, bytes)) : started;
}
inline cudaError_t cudaFreeHost(void* address)
{
    return address ? cudaAfterStart(cuMemFreeHost(address)) : cudaSuccess;
}
inline cudaError_t cudaMemcpyAsync(void* to, void const* from, std::size_t bytes, cudaMemcpyKind, cudaStream_t stream)
{
    // Addresses are unified: the driver sees where they lie.
    return bytes == 0 ? cudaSuccess
                      : cudaAfterStart(cuMemcpyAsync(reinterpret_cast<unsigned long long>(to), reinterpret_cast<unsigned long long>(from), bytes, stream));
}
inline cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags)
{
    cudaError_t const started = cudaStart();
    return started == cudaSuccess ? cudaAfterStart(cuStreamCreate(stream, flags)) : started;
}
inline cudaError_t cudaStreamDestroy(cudaStream_t stream) { return cudaAfterStart(cuStreamDestroy_v2(stream)); }
inline cudaError_t cudaStreamSynchronize(cudaStream_t stream) { return cudaAfterStart(cuStreamSynchronize(stream)); }
inline cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) { return cudaAfterStart(cuEventCreate(event, flags)); }
inline cudaError_t cudaEventDestroy(cudaEvent_t event) { return cudaAfterStart(cuEventDestroy_v2(event)); }
`;
