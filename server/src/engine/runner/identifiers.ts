/** Names of tensors as identifiers of C++ and Python. */

/** One for each name, in their order: `onnx::MatMul_3` is `onnx_MatMul_3`, `class` is `class_2`. */
export function identifiers(names: readonly string[]): readonly string[] {
  const taken = new Set(reserved);
  return names.map((name) => {
    const plain = name.replace(/\W+/g, '_').replace(/^_+|_+$/g, '');
    // CUDA's functions and types begin with its name.
    const start = /^(?!cuda)[A-Za-z]/.test(plain) ? plain : `tensor_${plain}`.replace(/_$/, '');
    let [chosen, count] = [start, 1];
    while ([chosen, ...derivedNames(chosen)].some((each) => taken.has(each))) chosen = `${start}_${++count}`;
    for (const each of [chosen, ...derivedNames(chosen)]) taken.add(each);
    return chosen;
  });
}

/** What the programs call other things of a tensor. */
const derivedNames = (variable: string) => [
  `${variable}_values`,
  `${variable}_shape`,
  `${variable}_allocator`,
];

const reserved: readonly string[] = [
  // Words of C++, those of its headers that are macros, and words of Python.
  ...['alignas', 'alignof', 'and', 'and_eq', 'asm', 'auto', 'bitand', 'bitor', 'bool', 'break', 'case'],
  ...['catch', 'char', 'char8_t', 'char16_t', 'char32_t', 'class', 'co_await', 'co_return', 'co_yield'],
  ...['compl', 'concept', 'const', 'const_cast', 'consteval', 'constexpr', 'constinit', 'continue'],
  ...['decltype', 'default', 'delete', 'do', 'double', 'dynamic_cast', 'else', 'enum', 'explicit'],
  ...['export', 'extern', 'false', 'float', 'for', 'friend', 'goto', 'if', 'inline', 'int', 'long'],
  ...['mutable', 'namespace', 'new', 'noexcept', 'not', 'not_eq', 'nullptr', 'operator', 'or', 'or_eq'],
  ...['private', 'protected', 'public', 'register', 'reinterpret_cast', 'requires', 'return', 'short'],
  ...['signed', 'sizeof', 'static', 'static_assert', 'static_cast', 'struct', 'switch', 'template'],
  ...['this', 'thread_local', 'throw', 'true', 'try', 'typedef', 'typeid', 'typename', 'union'],
  ...['unsigned', 'using', 'virtual', 'void', 'volatile', 'wchar_t', 'while', 'xor', 'xor_eq'],
  ...['BUFSIZ', 'EOF', 'EXIT_FAILURE', 'EXIT_SUCCESS', 'NULL', 'RAND_MAX', 'SEEK_CUR', 'SEEK_END'],
  ...['SEEK_SET', 'errno', 'linux', 'stderr', 'stdin', 'stdout', 'unix'],
  ...['False', 'None', 'True', 'as', 'assert', 'async', 'await', 'def', 'del', 'elif', 'except'],
  ...['finally', 'from', 'global', 'import', 'in', 'is', 'lambda', 'nonlocal', 'pass', 'raise', 'with'],
  'yield',
  // Names that the programs use themselves.
  ...['Buffer', 'DebugListener', 'Logger', 'Output', 'OutputAllocator', 'RuntimeError', 'activations'],
  ...['allocate', 'argc', 'argv', 'budget', 'byteSize', 'byte_size', 'check', 'check_cuda', 'consumed'],
  ...['context', 'copy', 'ctypes', 'cudart', 'device_memory', 'dims', 'engine', 'enginePath'],
  ...['engine_path', 'file', 'fill', 'folder', 'getPluginRegistry', 'isKnown', 'len', 'listener'],
  ...['loader', 'logger', 'main', 'missing', 'needed', 'np', 'nvinfer1', 'open', 'os', 'page_locked'],
  ...['plan', 'profile', 'readFile', 'release', 'require', 'runtime', 'save', 'std', 'stream', 'sys'],
  ...['to_device', 'to_host', 'trt', 'tuple'],
];
