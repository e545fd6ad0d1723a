/** The text of 100,000 nodes in an editor: ours beside mlir-lsp-server with the same graph, driven by the same client in turns. */
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Editor, type Position } from './editor.ts';
import { program, startServer } from './language-server.ts';
import { measured, mlirServer, type Peers } from './peers.ts';
import type { Row } from './statistics.ts';

/** Of one server; milliseconds, megabytes for memory. */
interface Figures {
  readonly firstDiagnostics: number[];
  readonly allDiagnostics: number[];
  readonly keystroke: number[];
  readonly earlyHover: number[];
  readonly hover: number[];
  readonly definition: number[];
  readonly hoverAfterEdit: number[];
  readonly symbols: number[];
  readonly memoryOpen: number[];
  readonly memoryEnd: number[];
  readonly memoryRest: number[];
}

interface Subject {
  readonly start: () => Promise<Editor>;
  readonly uri: string;
  readonly languageId: string;
  readonly text: string;
  /** Before the name of an operator in the middle of the document, and of the value it reads. */
  readonly operator: Position;
  readonly operand: Position;
}

export async function languageRows(
  models: { readonly onnx: string; readonly mlir: string },
  runtimeFolder: string,
  rounds: number,
  peers: Peers,
): Promise<Row[]> {
  const ours = await onnxSubject(models.onnx, runtimeFolder);
  const [our, their]: [Figures, Figures] = [noFigures(), noFigures()];
  let missing = peers.mlir;
  for (let round = 0; round < rounds; round += 1) {
    await measureRound(ours, our);
    if (missing === undefined) {
      try {
        await measureRound(mlirSubject(models.mlir), their);
      } catch (error) {
        missing = error instanceof Error ? error.message : String(error);
      }
    }
  }
  const row = async (
    work: string,
    figure: keyof Figures,
    goal: string | undefined,
    unit: Row['unit'] = 'ms',
    peer = 'mlir-lsp-server',
  ): Promise<Row> => ({
    work: `100,000 nodes as text: ${work}`,
    ours: our[figure],
    unit,
    ...(goal !== undefined && { goal }),
    peer: await measured(peer, missing, () => their[figure]),
  });
  return [
    await row('opening to first diagnostics (ours: of the syntax)', 'firstDiagnostics', '1.0 s'),
    await row('opening to the last diagnostics (ours: checks, shapes)', 'allDiagnostics', undefined),
    await row('hover in between', 'earlyHover', undefined),
    await row('keystroke to diagnostics', 'keystroke', '50 ms'),
    await row('hover', 'hover', '1.5 ms'),
    await row('definition', 'definition', '1.5 ms'),
    await row('hover right after an edit', 'hoverAfterEdit', '10 ms'),
    await row('all symbols', 'symbols', '0.5 s', 'ms', 'mlir-lsp-server, names of functions only'),
    await row('server’s memory, opened', 'memoryOpen', '300 MB', 'MB'),
    await row('server’s memory, after all of this', 'memoryEnd', undefined, 'MB'),
    await row('server’s memory, a quarter of a minute later', 'memoryRest', '300 MB', 'MB'),
  ];
}

/** TensorRT's own time is measured elsewhere, and mlir-lsp-server has nothing like it. */
async function onnxSubject(model: string, runtimeFolder: string): Promise<Subject> {
  const server = await startServer(runtimeFolder);
  const text = await server.print(model);
  await server.stop();
  const settings = { check: { automatically: false } };
  return {
    start: () => Editor.start(process.execPath, [program, 'lsp', '--stdio'], settings),
    uri: pathToFileURL(model).href.replace('file:', 'onnx:'),
    languageId: 'onnx',
    text,
    ...placesIn(text, ' = Tanh (', ' = '.length, '('),
  };
}

function mlirSubject(file: string): Subject {
  const text = readFileSync(file, 'utf8');
  return {
    start: () => Editor.start(mlirServer, [], {}),
    uri: pathToFileURL(file).href,
    languageId: 'mlir',
    text,
    ...placesIn(text, ' = "onnx.Tanh"(', ' = "onnx.'.length, '(%'),
  };
}

function placesIn(
  text: string,
  mark: string,
  operatorAt: number,
  before: string,
): Pick<Subject, 'operator' | 'operand'> {
  const at = text.indexOf(mark, text.length >> 1);
  if (at < 0) throw new Error(`The text has no ${mark} in its second half.`);
  const start = text.lastIndexOf('\n', at) + 1;
  let line = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) line += 1;
  const operand = text.indexOf(before, at) + before.length;
  return {
    operator: { line, character: at + operatorAt - start },
    // Within the name, whatever quotes it begins with.
    operand: { line, character: operand + 2 - start },
  };
}

/** Opens, asks, types: one server from its start to its end. */
async function measureRound(subject: Subject, figures: Figures): Promise<void> {
  const { uri, languageId, text, operator, operand } = subject;
  const editor = await subject.start();
  try {
    const textDocument = { uri };
    const first = await editor.open(uri, languageId, text);
    figures.firstDiagnostics.push(first);
    const opened = performance.now();
    for (let time = 0; time < 5; time += 1) {
      const at = { textDocument, position: operand };
      figures.earlyHover.push(await answered(editor, 'textDocument/hover', at));
      await setTimeout(100);
    }
    const asked = performance.now() - opened;
    figures.allDiagnostics.push(first + asked + (await editor.settled(uri)));
    figures.memoryOpen.push(editor.memory);
    for (let time = 0; time < 9; time += 1) {
      const at = { textDocument, position: operand };
      figures.hover.push(await answered(editor, 'textDocument/hover', at));
      figures.definition.push(await answered(editor, 'textDocument/definition', at));
    }
    for (let time = 0; time < 3; time += 1) {
      figures.symbols.push(await answered(editor, 'textDocument/documentSymbol', { textDocument }));
    }
    // Types a letter into the operator's name and takes it away again.
    const offset = offsetOf(text, operator);
    const behind = { line: operator.line, character: operator.character + 1 };
    const typed = { start: operator, end: operator, text: 'X' };
    const erased = { start: operator, end: behind, text: '' };
    const textTyped = `${text.slice(0, offset)}X${text.slice(offset)}`;
    for (let version = 2; version < 16; version += 2) {
      figures.keystroke.push(await editor.change(uri, version, typed, textTyped));
      await setTimeout(200);
      const diagnostics = editor.change(uri, version + 1, erased, text);
      const at = { textDocument, position: operand };
      figures.hoverAfterEdit.push(await answered(editor, 'textDocument/hover', at));
      figures.keystroke.push(await diagnostics);
      await setTimeout(200);
    }
    await editor.settled(uri);
    figures.memoryEnd.push(editor.memory);
    await setTimeout(15_000);
    figures.memoryRest.push(editor.memory);
  } finally {
    await editor.stop();
  }
}

/** Milliseconds; an answer that says nothing is no measurement. */
async function answered(editor: Editor, method: string, params: unknown): Promise<number> {
  const { result, milliseconds } = await editor.request<unknown>(method, params);
  if (result === null || (Array.isArray(result) && result.length === 0)) {
    throw new Error(`${method} was answered with nothing.`);
  }
  return milliseconds;
}

function offsetOf(text: string, { line, character }: Position): number {
  let start = 0;
  for (let index = 0; index < line; index += 1) start = text.indexOf('\n', start) + 1;
  return start + character;
}

function noFigures(): Figures {
  return {
    firstDiagnostics: [],
    allDiagnostics: [],
    keystroke: [],
    earlyHover: [],
    hover: [],
    definition: [],
    hoverAfterEdit: [],
    symbols: [],
    memoryOpen: [],
    memoryEnd: [],
    memoryRest: [],
  };
}
