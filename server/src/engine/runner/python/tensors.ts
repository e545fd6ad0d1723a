/** What a Python program does for one input or output. */
import type { RunnerTensor } from '../plan.ts';
import { comment, text, tuple } from './literals.ts';

export function inputLines({
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

export function outputLines({ name, variable, bits, type, isOnHost, mayBeLate }: RunnerTensor): string[] {
  const buffer = `Buffer(byte_size(engine, ${text(name)}, ${variable}_shape, ${bits}, profile))`;
  const address = `require(context.set_tensor_address(${text(name)}, int(${variable}.${isOnHost ? 'host' : 'device'})), ${text(`the address of ${name}`)})`;
  const heading = [
    '',
    `    # Output ${comment(name)}, ${type}.`,
    `    ${variable}_shape = tuple(context.get_tensor_shape(${text(name)}))`,
  ];
  if (!mayBeLate) return [...heading, `    ${variable} = ${buffer}`, `    ${address}`];
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

export function copyLines({ name, variable, bits, mayBeLate }: RunnerTensor): string[] {
  const copy = (source: string) =>
    `check_cuda(cudart.cudaMemcpyAsync(${variable}.host, ${source}, ${variable}.size, to_host, stream))`;
  if (!mayBeLate) return [`    ${copy(`${variable}.device`)}`];
  return [
    `    if ${variable}_allocator:`,
    '        # Its shape and memory are known when execute_async_v3 returns.',
    `        ${variable}_shape = ${variable}_allocator.shape`,
    `        ${variable} = Buffer(byte_size(engine, ${text(name)}, ${variable}_shape, ${bits}, profile))`,
    `    ${copy(`${variable}_allocator.memory if ${variable}_allocator else ${variable}.device`)}`,
  ];
}
