/** Python that is the same in every program. */

export const helpers = `def check_cuda(result):
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

/** Where the shape of an output may depend on values. */
export const allocator = `class OutputAllocator(trt.IOutputAllocator):
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

/** Where the engine has debug tensors. */
export const debugListener = `class DebugListener(trt.IDebugListener):
    """Gets the values of debug tensors while they are there."""

    def __init__(self):
        trt.IDebugListener.__init__(self)

    def process_debug_tensor(self, addr, location, type, shape, name, stream):
        # Copy from the address in this stream; the memory is TensorRT's again when this returns.
        print(f"debug tensor {name} at {addr} ({location}), shape {tuple(shape)}")
        return True
`;
