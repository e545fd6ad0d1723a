/** dist/onnx-trt.js */
import { runCommandLine } from './command-line.ts';
import { processTerminal } from './terminal.ts';

const interrupted = 130;

const terminal = processTerminal();
runCommandLine(process.argv.slice(2), terminal).then(
  (code) => {
    // Setting the code, instead of ending here, lets pipes empty first.
    process.exitCode = code;
    if (code === interrupted) endWhenWritten();
  },
  (error: unknown) => {
    terminal.note(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exitCode = 2;
  },
);

/** Node would wait for a helper process that was killed, which the system takes a while to clean up after where it held a GPU. */
function endWhenWritten(): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}
