import { RestartBridgeRequest } from '../../../server/src/protocol.ts';
import type { Command } from './command.ts';

export const restartBridge: Command = {
  id: 'tensorrt.restartBridge',
  run: ({ client }) => client.sendRequest(RestartBridgeRequest, undefined),
};
