import { isDeepStrictEqual } from 'node:util';
import { enumNumber } from '../abi/enums.ts';
import { describe } from '../abi/families.ts';
import { BridgeError } from '../errors.ts';
import type { VirtualCalls } from '../native/virtual-calls.ts';
import type { Builder } from './builder.ts';
import type { Logger } from './logger.ts';
import { walkNetwork } from './network-walk.ts';
import type { ParserFactory } from './onnx-parser.ts';

/**
 * Asks for answers that are known beforehand, through the slots that everything else relies on. A wrong table shows here,
 * before anything is believed: a `selfCheckFailed` error (or a crash, which the operation before it names).
 */
export function selfCheck(
  calls: VirtualCalls,
  builder: Builder,
  logger: Logger,
  parsers: ParserFactory,
): void {
  checkBuilderConfig(calls, builder);
  expect(calls, 'the logger that the builder was created with', builder.logger(), logger.address);

  using network = builder.createNetwork({ stronglyTyped: true });
  network.name = 'self-check';
  expect(calls, 'the name of a network', network.name, 'self-check');
  expect(calls, 'the builder of a network', network.builder(), builder.object.address);
  expect(calls, 'whether a network is strongly typed', network.isStronglyTyped(), true);
  expect(calls, 'the layers of an empty network', walkNetwork(calls, network), { tensors: [], layers: [] });
  checkNetwork(calls, network);

  using parser = parsers.createParser(network);
  expect(calls, 'the errors of a new parser', parser.errors(), []);
  const flag = 'kNATIVE_INSTANCENORM';
  parser.setFlag(flag);
  expect(calls, 'a parser flag that was set', parser.flag(flag), true);
}

function checkBuilderConfig(calls: VirtualCalls, builder: Builder): void {
  using config = builder.createConfig();
  const flag = 'kREFIT';
  expect(calls, `the builder flag ${flag} before it is set`, config.flag(flag), false);
  const before = config.flagMask();
  config.setFlag(flag, true);
  expect(calls, `the builder flag ${flag}`, config.flag(flag), true);
  const bit = 1 << enumNumber(calls.abi, 'BuilderFlag', flag);
  expect(calls, `the bit of the builder flag ${flag}`, config.flagMask(), (before | bit) >>> 0);
}

function checkNetwork(calls: VirtualCalls, network: ReturnType<Builder['createNetwork']>): void {
  const input = network.addInput('x', 'kHALF', [2, -1, 3]);
  calls.invoke(input, 'setDimensionName', 1, 'N');
  const address = calls.invoke(network.object, 'addIdentity', input.address);
  const layer = calls.object('VLayer', required(calls, 'a layer that was added', address));
  calls.invoke(layer, 'setName', 'identity');
  calls.invoke(layer, 'setMetadata', '[ONNX Layer: node]');
  const output = calls.invoke(layer, 'getOutput', 0);
  calls.invoke(network.object, 'markOutput', required(calls, 'the output of a layer', output));
  calls.invoke(calls.object('VTensor', required(calls, 'the output of a layer', output)), 'setName', 'y');
  expect(calls, 'a network of one layer', walkNetwork(calls, network), {
    tensors: [
      {
        name: 'x',
        type: 'kHALF',
        dims: [2, -1, 3],
        dimensionNames: ['', 'N', ''],
        isInput: true,
        isOutput: false,
      },
      { name: 'y', type: 'kHALF', dims: [2, -1, 3], dimensionNames: [], isInput: false, isOutput: true },
    ],
    layers: [{ name: 'identity', type: 'kIDENTITY', inputs: [0], outputs: [1], onnxNodes: ['node'] }],
  });
}

function required(calls: VirtualCalls, what: string, value: bigint | null): bigint {
  if (value === null) {
    throw failed(calls, what, value, 'an object');
  }
  return value;
}

function expect(calls: VirtualCalls, what: string, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) {
    throw failed(calls, what, actual, expected);
  }
}

function failed(calls: VirtualCalls, what: string, actual: unknown, expected: unknown): BridgeError {
  return new BridgeError(
    'selfCheckFailed',
    `This ${describe(calls.abi)} does not have the interface that is known of its version: ${what} is ${show(actual)} ` +
      `instead of ${show(expected)}. Nothing it says can be believed; choose another installation.`,
  );
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `0x${part.toString(16)}` : part));
}
