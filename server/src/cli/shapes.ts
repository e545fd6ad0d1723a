import path from 'node:path';
import type { Network } from '../../../native-bridge/src/protocol.ts';
import { nodeFileAccess } from '../node/file-access.ts';
import { type LoadedModel, loadModel, openFiles } from '../node/load-model.ts';
import { checkModel } from '../tensorrt/check.ts';
import { modelShapes, type ValueShape } from '../tensorrt/shapes/model-shapes.ts';
import { runtimeName } from '../tensorrt/summary.ts';
import { pluginNotes, pluginOption } from './check-plugins.ts';
import type { Arguments, Command } from './command.ts';
import { printable } from './report/style.ts';
import { runtimeOptions, startRuntimes } from './start-runtimes.ts';
import type { Terminal } from './terminal.ts';

export const shapesCommand: Command = {
  name: 'shapes',
  summary: 'Show types and shapes of all values of a model',
  forms: ['shapes MODEL [--runtime ID|DIR|none] [--plugin LIBRARY]… [--format text|json]'],
  description: [
    'Shows type and shape of every value, and where they are known from: TensorRT’s own network where it takes the model,',
    'else what the model declares, else our inference. Values inside local functions and subgraphs are named by the nodes',
    'that lead there (node_of_b/t). --runtime none asks no TensorRT; --plugin lets it know the operators of a plugin, whose',
    'code runs.',
  ].join('\n'),
  options: {
    ...runtimeOptions,
    runtime: { ...runtimeOptions['runtime'], value: 'ID|DIR|none', help: 'The TensorRT to ask, or none.' },
    ...pluginOption,
    format: { value: 'FORMAT', choices: ['text', 'json'], help: 'text (default) or json.' },
  },
  positionals: { least: 1, most: 1, what: 'The model' },
  run: async (given, terminal) => {
    const [name = ''] = given.positionals;
    const loaded = loadModel(name);
    const network = given.value('runtime') === 'none' ? undefined : await networkOf(loaded, given, terminal);
    const files = openFiles();
    const shapes = modelShapes(loaded.model, network, files.read);
    files.close();
    if (given.value('format') === 'json') {
      terminal.print(`${JSON.stringify({ tensors: Object.fromEntries(shapes) }, undefined, 2)}\n`);
    } else {
      terminal.print(table(shapes));
    }
    return 0;
  },
};

/** TensorRT's network of the model; undefined, and a note, where it refuses the model. */
async function networkOf(
  loaded: LoadedModel,
  given: Arguments,
  terminal: Terminal,
): Promise<Network | undefined> {
  const starting = startRuntimes(given, terminal);
  try {
    const [runtime] = await starting.runtimes();
    if (!runtime) return undefined;
    const directory = path.dirname(loaded.path);
    const verdict = await checkModel(loaded.model, runtime, { files: nodeFileAccess, directory });
    for (const note of pluginNotes(runtime, verdict)) terminal.note(note);
    if (!verdict.network) {
      terminal.note(
        `note: ${runtimeName(runtime.description)} refuses the model, so the shapes are not TensorRT's.`,
      );
    }
    return verdict.network;
  } finally {
    starting.dispose();
  }
}

/** Longer entries, of which a few would push all others out of sight, reach beyond their column. */
const widestColumn = 48;

function table(shapes: ReadonlyMap<string, ValueShape>): string {
  const rows = [...shapes].map(([name, { type, dims, source }]) => [
    printable(name),
    printable(
      `${type}${dims ? `[${dims.map((dim) => dim ?? '?').join(', ')}]` : isTensorType(type) ? '[…]' : ''}`,
    ),
    source,
  ]);
  const width = (column: number) =>
    rows.reduce((width, row) => Math.max(width, Math.min(row[column]?.length ?? 0, widestColumn)), 0);
  const [first, second] = [width(0), width(1)];
  return rows
    .map(
      ([name = '', type = '', source = '']) => `${name.padEnd(first)}  ${type.padEnd(second)}  ${source}\n`,
    )
    .join('');
}

/** `seq(float[N])` and the like have no dimensions of their own. */
function isTensorType(type: string): boolean {
  return !type.includes('(');
}
