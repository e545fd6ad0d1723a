import { type Style, style } from './report/style.ts';

/** Where a command writes: results to standard output, everything else to standard error. */
export interface Terminal {
  /** Results. */
  print(text: string): void;
  /** Progress, notes and errors; whole lines. */
  note(text: string): void;
  /** Shows lines that the next ones replace, where a person is watching; an empty text clears them. */
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
  /** Lines that are shown for now; the cursor stands behind the last. */
  let shown = 0;
  const clearing = () => {
    const text = shown === 0 ? '' : `\r${shown > 1 ? `\x1b[${shown - 1}A` : ''}\x1b[J`;
    shown = 0;
    return text;
  };
  const clear = () => {
    const text = clearing();
    if (text !== '') stderr.write(text);
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
      const lines = text === '' ? [] : text.split('\n').slice(0, Math.max(1, (stderr.rows ?? 24) - 1));
      const width = (stderr.columns ?? 80) - 1;
      // In one go, as it would flicker otherwise.
      stderr.write(`${clearing()}${lines.map((line) => line.slice(0, width)).join('\n')}`);
      shown = lines.length;
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
