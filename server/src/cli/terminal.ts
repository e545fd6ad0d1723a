import { type Style, style } from './report/style.ts';

/** Where a command writes: results to standard output, everything else to standard error. */
export interface Terminal {
  /** Results. */
  print(text: string): void;
  /** Progress, notes and errors; whole lines. */
  note(text: string): void;
  /** Shows a line that the next one replaces, where a person is watching; an empty one clears it. */
  progress(text: string): void;
  /** Of results. */
  readonly style: Style;
  /** Of notes. */
  readonly noteStyle: Style;
}

/** The process's own streams. A reader that went away (`onnx-trt … | head`) ends the program quietly. */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
  let shown = false;
  const clear = () => {
    if (shown) stderr.write('\r\x1b[K');
    shown = false;
  };
  return {
    print: (text) => {
      clear();
      stdout.write(text);
    },
    note: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (!stderr.isTTY) return;
      clear();
      if (text === '') return;
      stderr.write(text.slice(0, (stderr.columns ?? 80) - 1));
      shown = true;
    },
    style: style(wantsColours(stdout)),
    noteStyle: style(wantsColours(stderr)),
  };
}

/** Colours are for people: a terminal, and no word against them (https://no-color.org). */
function wantsColours(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR: noColour, FORCE_COLOR: forceColour, TERM: terminal } = process.env;
  if (noColour) return false;
  if (forceColour) return forceColour !== '0';
  return stream.isTTY === true && terminal !== 'dumb';
}
