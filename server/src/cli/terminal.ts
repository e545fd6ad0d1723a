/** Where a command writes: results to standard output, everything else to standard error. */
export interface Terminal {
  /** Results. */
  print(text: string): void;
  /** Progress, notes and errors; a line each. */
  note(text: string): void;
  /** Shows a line that the next one replaces, where a person is watching; an empty one clears it. */
  progress(text: string): void;
  /** Whether results may be coloured. */
  readonly colours: boolean;
}

/** The process's own streams. A reader that went away (`onnx-trt … | head`) ends the program quietly. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
  let shown = false;
  const clear = () => {
    if (shown) process.stderr.write('\r\x1b[K');
    shown = false;
  };
  return {
    print: (text) => {
      clear();
      process.stdout.write(text);
    },
    note: (text) => {
      clear();
      process.stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (!process.stderr.isTTY) return;
      clear();
      if (text === '') return;
      process.stderr.write(text.slice(0, (process.stderr.columns ?? 80) - 1));
      shown = true;
    },
    colours: wantsColours(process.stdout),
  };
}

/** Colours are for people: a terminal, and no word against them (https://no-color.org). */
function wantsColours(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR: noColour, FORCE_COLOR: forceColour, TERM: terminal } = process.env;
  if (noColour) return false;
  if (forceColour) return forceColour !== '0';
  return stream.isTTY === true && terminal !== 'dumb';
}
