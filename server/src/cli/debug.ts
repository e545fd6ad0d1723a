import { readdirSync } from 'node:fs';
import path from 'node:path';
import { captureFileName, type DebugCapture, writeCapture } from '../engine/debug/capture.ts';
import { debugSections } from '../engine/debug/describe-debug.ts';
import { unknownFormatNotes } from '../engine/debug/unknown-formats.ts';
import type { Tolerance } from '../engine/tensor-values/tolerance.ts';
import { markings } from '../tensorrt/engines/debug/build-engines.ts';
import { compareAgain, loadCapture, writeIndex } from '../tensorrt/engines/debug/capture.ts';
import { debuggedModel } from '../tensorrt/engines/debug/target.ts';
import { type Arguments, type Command, type ExitCode, UsageError } from './command.ts';
import { refuseForCapture } from './engine/debug-options.ts';
import { captureFor, InterruptedError, referenceOf } from './engine/debug-target.ts';
import { sectionText } from './engine/section-text.ts';
import { codeOptions } from './engine/target.ts';
import type { Terminal } from './terminal.ts';

export const debugCommand: Command = {
  name: 'debug',
  summary: 'Show the values of tensors, and where TensorRT and ONNX Runtime part ways',
  forms: [
    'debug CONFIG.trt.yaml [--build NAME] [--tensors NAME,…|all] [--unfused] [--reference REFERENCE] [-o DIR]',
    'debug ENGINE [--model MODEL] [--tensors NAME,…] …',
    'debug MODEL [--no-engine] [--tensors NAME,…|all] [--shapes SPEC] [--load-inputs SPEC] …',
    'debug DIR|DIR/debug.json [--reference onnxruntime|DIR] [--tolerance SPEC]',
  ],
  description: [
    'Runs a model once and keeps the values of its tensors: of an engine, whose tensors are marked as debug tensors when it',
    'is built (a config’s `markDebug`, or those of --tensors; all by default), and of a reference, which is ONNX Runtime on',
    'the CPU with the same inputs. Shows per tensor its type, shape, least, greatest and mean value, NaN and infinities, and',
    'differences from the reference; says at which node the two part ways first. With --no-engine the values are ONNX',
    'Runtime’s alone, and no GPU is needed. Values inside of local functions are CALL/VALUE; those inside of subgraphs cannot',
    'be captured.',
    '',
    'The folder (MODEL.debug by default) has the values as .npy files and an index, debug.json; it can be shown again',
    'anywhere. Marked tensors are not fused away, so an engine may compute otherwise with them than without. Where TensorRT',
    'refuses all marks in one engine, or crashes over them, the tensors become outputs of the engine instead; where that',
    'fails, too, they are marked in several builds, each with some of them. A tensor that it cannot mark even alone is left',
    'out, with a note.',
    '',
    'Exit code 0: all agree. 1: some differ, or are NaN or infinite. 2: it could not be done. 130: interrupted.',
  ].join('\n'),
  options: {
    tensors: { value: 'NAME,…', help: 'Which tensors, or all.' },
    unfused: {
      help: 'Mark what fusions leave (TensorRT 10.12 and newer): the engine computes as it does without.',
    },
    mark: {
      value: 'KIND',
      choices: markings,
      help: 'debug: as debug tensors; outputs: as outputs of the engine, as Polygraphy marks them; auto (default): as outputs where TensorRT fails at debug tensors.',
    },
    reference: {
      value: 'REFERENCE',
      help: 'onnxruntime (default), none, or a folder: NAME.npy per tensor, or another capture.',
    },
    'no-engine': { help: 'Build and run no engine: values of ONNX Runtime alone.' },
    tolerance: {
      value: 'SPEC',
      help: 'RELATIVE or RELATIVE,ABSOLUTE: |a − b| ≤ ABSOLUTE + RELATIVE·|b|; by the types of tensors otherwise (docs/debug-tensors.md).',
    },
    shapes: { value: 'SPEC', help: 'Shapes of inputs: x:8x3x224x224,ids:8.' },
    'load-inputs': {
      value: 'SPEC',
      help: 'Values of inputs: x:FILE,… (.npy, which tells the shape, too, or raw); random otherwise.',
    },
    'max-builds': {
      value: 'N',
      help: 'Builds there may be where TensorRT does not mark all tensors in one engine (16); 1: no others.',
    },
    'use-profile': { value: 'N', help: 'Optimization profile (0).' },
    output: {
      short: 'o',
      value: 'DIR',
      help: 'The folder for the values; replaced where it holds a capture.',
    },
    build: { short: 'b', value: 'NAME', help: 'Which build of the config.' },
    model: { value: 'MODEL', help: 'The model of the engine, where ENGINE.json does not say.' },
    runtime: { short: 'r', value: 'ID|DIR', help: 'The TensorRT that builds and runs.' },
    ...codeOptions,
    format: { value: 'FORMAT', choices: ['text', 'json'], help: 'text (default) or json: the index.' },
  },
  positionals: { least: 1, most: 1, what: 'The build config, engine, model or capture' },
  run: async (given, terminal) => {
    const [name = ''] = given.positionals;
    const tolerance = toleranceOption(given);
    let captured: { readonly directory: string; readonly capture: DebugCapture };
    try {
      captured = isCapture(name)
        ? await storedCapture(path.resolve(name), given, tolerance)
        : await captureFor(name, { given, tolerance, terminal });
    } catch (error) {
      if (!(error instanceof InterruptedError)) throw error;
      terminal.note(error.message);
      return 130;
    }
    const { directory, capture } = captured;
    const notes = [...capture.notes, ...unknownFormatNotes(capture)];
    for (const note of notes) terminal.note(`note: ${note}`);
    if (capture.referenceFailure !== undefined) terminal.note(`error: ${capture.referenceFailure}`);
    print(directory, capture, given, terminal);
    return exitCode(capture);
  },
};

function isCapture(name: string): boolean {
  if (path.basename(name) === captureFileName) return true;
  try {
    return readdirSync(name).includes(captureFileName);
  } catch {
    // Whatever it is, it is no folder.
    return false;
  }
}

/** With another reference or tolerance, its index tells of that from then on. */
async function storedCapture(file: string, given: Arguments, tolerance: Tolerance | undefined) {
  refuseForCapture(given);
  const { directory, capture } = await loadCapture(file);
  const reference = given.value('reference');
  if (reference === undefined && !tolerance) return { directory, capture };
  const model = given.value('model') ?? capture.model;
  const again = await compareAgain(directory, capture, {
    reference: reference === undefined ? undefined : referenceOf(reference),
    tolerance,
    model: model === undefined ? undefined : debuggedModel(model),
  });
  await writeIndex(directory, again);
  return { directory, capture: again };
}

function print(directory: string, capture: DebugCapture, given: Arguments, terminal: Terminal): void {
  if (given.value('format') === 'json') {
    terminal.print(writeCapture(capture));
    return;
  }
  terminal.print(sectionText(path.basename(directory), debugSections(capture), terminal.style));
  terminal.note(`The values are in ${directory}.`);
}

function exitCode({ findings, referenceFailure }: DebugCapture): ExitCode {
  if (referenceFailure !== undefined) return 2;
  return findings.length > 0 ? 1 : 0;
}

function toleranceOption(given: Arguments): Tolerance | undefined {
  const text = given.value('tolerance');
  if (text === undefined) return undefined;
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [relative, absolute = 0] = parts;
  if (relative === undefined || parts.length > 2 || !parts.every((part) => part >= 0)) {
    throw new UsageError(`--tolerance takes RELATIVE or RELATIVE,ABSOLUTE, not ${text}.`);
  }
  return { relative, absolute };
}
