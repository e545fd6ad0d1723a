/** What a C++ program does for one input or output. */
import type { RunnerTensor } from '../plan.ts';
import { comment, text } from './literals.ts';

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
  const shape = `dims({${dims.join(', ')}})`;
  const address = isOnHost ? 'host' : 'device';
  return [
    '',
    `    // Input ${comment(name)}, ${type}${isDynamic ? ': any shape that the profile allows' : ''}.`,
    ...(isDynamic
      ? [`    require(context->setInputShape(${text(name)}, ${shape}), ${text(`the shape of ${name}`)});`]
      : []),
    `    Buffer const ${variable} = allocate(byteSize(*engine, ${text(name)}, ${shape}, ${bits}, profile));`,
    ...(values && values.length > 0
      ? [
          `    std::${type === 'kINT64' ? 'int64_t' : 'int32_t'} const ${variable}_values[] = {${values.join(', ')}};`,
          `    std::copy(std::begin(${variable}_values), std::end(${variable}_values), static_cast<std::${type === 'kINT64' ? 'int64_t' : 'int32_t'}*>(${variable}.host));`,
        ]
      : [`    fill(${variable}, folder + ${text(`/${variable}.bin`)});`]),
    `    require(context->setTensorAddress(${text(name)}, ${variable}.${address}), ${text(`the address of ${name}`)});`,
  ];
}

export function outputLines(output: RunnerTensor): string[] {
  const { name, variable, bits, type, isOnHost } = output;
  const shape = `context->getTensorShape(${text(name)})`;
  const address = `require(context->setTensorAddress(${text(name)}, ${bufferOf(output)}.${isOnHost ? 'host' : 'device'}), ${text(`the address of ${name}`)});`;
  const allocated = `allocate(byteSize(*engine, ${text(name)}, ${shape}, ${bits}, profile))`;
  const heading = ['', `    // Output ${comment(name)}, ${type}.`];
  if (!output.mayBeLate) {
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

export function copyLines(output: RunnerTensor): string[] {
  const { name, variable, bits } = output;
  const buffer = bufferOf(output);
  const copy = (source: string) =>
    `check(cudaMemcpyAsync(${buffer}.host, ${source}, ${buffer}.bytes, cudaMemcpyDeviceToHost, stream), "cudaMemcpyAsync");`;
  if (!output.mayBeLate) return [`    ${copy(`${buffer}.device`)}`];
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

export function saveLine(output: RunnerTensor): string {
  const { name, variable } = output;
  const buffer = bufferOf(output);
  const shape = `context->getTensorShape(${text(name)})`;
  const told = output.mayBeLate ? `${variable}.isLate ? ${variable}.allocator.shape : ${shape}` : shape;
  return `    save(${buffer}.host, ${buffer}.bytes, ${told}, folder + ${text(`/${variable}.bin`)});`;
}

export function bufferOf(output: RunnerTensor): string {
  return output.mayBeLate ? `${output.variable}.buffer` : output.variable;
}
