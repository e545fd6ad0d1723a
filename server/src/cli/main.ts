/** dist/onnx-trt.js */
import { runCommandLine } from './command-line.ts';
import { processTerminal } from './terminal.ts';

const terminal = processTerminal();
runCommandLine(process.argv.slice(2), terminal).then(
  (code) => {
    // Setting the code, instead of ending here, lets pipes empty first.
    process.exitCode = code;
  },
  (error: unknown) => {
    terminal.note(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exitCode = 2;
  },
);
