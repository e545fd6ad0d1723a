import type { Command } from './command.ts';

export const showOutput: Command = {
  id: 'tensorrt.showOutput',
  run: ({ output }) => output.server.show(),
};

export const showBridgeLog: Command = {
  id: 'tensorrt.showBridgeLog',
  run: ({ output }) => output.bridge.show(),
};
