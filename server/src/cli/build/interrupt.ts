/** Ctrl-C, and the word of a system that wants this process to end. */

/** Calls back with how often it happened; from the third time on, the process ends at once. Answers how to undo it. */
export function onInterrupt(act: (times: number) => void): () => void {
  let times = 0;
  const end = () => process.exit(130);
  const onSignal = () => {
    times++;
    // The helper process of TensorRT ends with this one.
    if (times > 2) end();
    act(times);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    // Whoever presses the keys once more while the program ends gets the same exit code.
    if (times > 0) process.once('SIGINT', end);
  };
}
