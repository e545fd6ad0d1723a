/** A server that starts a bridge, prints the bridge's process id, and waits to be killed. */
import { startReadyBridge } from './bridge.ts';

startReadyBridge('tensorrt-rtx-1.7.1').then(({ process: { pid } }) => console.log(pid));
