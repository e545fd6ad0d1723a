import path from 'node:path';
import { compareSections } from '../engine/compare-engines.ts';
import { describeEngine, type EngineFacts, type Section } from '../engine/describe-engine.ts';
import { type GraphNode, graphNodes } from '../engine/graph-nodes.ts';
import { loadModel } from '../node/load-model.ts';
import { namedFile } from '../node/named-file.ts';
import { HostCodeError } from '../tensorrt/engines/choose-runtime.ts';
import {
  type EngineFile,
  inspectEngineFile,
  type LoadedEngine,
  runtimeForEngine,
  withLoadedEngine,
} from '../tensorrt/engines/inspect-engine.ts';
import { seemsToHaveGpu } from '../tensorrt/installations/choose.ts';
import { Runtimes } from '../tensorrt/runtimes.ts';
import type { Arguments, Command } from './command.ts';
import { differenceText, sectionText } from './engine/section-text.ts';
import { codeOptions } from './engine/target.ts';
import type { Terminal } from './terminal.ts';

export const inspectCommand: Command = {
  name: 'inspect',
  summary: 'Show what an engine is, who made it, and whether it runs here',
  forms: [
    'inspect ENGINE [--layers] [--compare OTHER] [--model MODEL] [--format text|json]',
    'inspect ENGINE --no-load',
  ],
  description: [
    'Reads an engine’s header without TensorRT, what ENGINE.json says of its build, and ENGINE.layers.json (trtexec’s',
    '--exportLayerInfo). With a GPU and a TensorRT that fits, the engine is loaded too: tensors, profiles, memory, weights,',
    'layers. --no-load leaves that out. With --compare only what differs is shown.',
    '',
    'Loading an engine runs what is in it on the GPU. A lean runtime inside it, which is code for the CPU, runs only with',
    '--trust-host-code.',
  ].join('\n'),
  options: {
    layers: { help: 'Show the layers, and the ONNX nodes that they come from.' },
    compare: { value: 'OTHER', help: 'Another engine; shows what differs.' },
    model: { value: 'MODEL', help: 'The model that it was built from, where ENGINE.json does not say.' },
    runtime: { short: 'r', value: 'ID|DIR', help: 'The TensorRT that loads it.' },
    'no-load': { help: 'Do not load it.' },
    ...codeOptions,
    format: { value: 'FORMAT', choices: ['text', 'json'], help: 'text (default) or json.' },
  },
  positionals: { least: 1, most: 1, what: 'The engine' },
  run: async (given, terminal) => {
    const [name = ''] = given.positionals;
    const other = given.value('compare');
    const runtimes = new Runtimes();
    try {
      const first = await inspect(name, given, runtimes, terminal);
      const second = other === undefined ? undefined : await inspect(other, given, runtimes, terminal);
      if (given.value('format') === 'json') {
        terminal.print(
          `${JSON.stringify(second ? { engines: [first.json, second.json], differences: compareSections(first.sections, second.sections) } : first.json, undefined, 2)}\n`,
        );
      } else if (second) {
        const differences = compareSections(first.sections, second.sections);
        terminal.print(differenceText([name, other ?? ''], differences, terminal.style));
      } else {
        terminal.print(sectionText(path.basename(name), first.sections, terminal.style));
      }
      return 0;
    } finally {
      runtimes.dispose();
    }
  },
};

interface Inspected {
  readonly sections: readonly Section[];
  readonly json: object;
}

async function inspect(
  name: string,
  given: Arguments,
  runtimes: Runtimes,
  terminal: Terminal,
): Promise<Inspected> {
  const runtime = given.value('runtime');
  const file = await inspectEngineFile(path.resolve(name), runtimes, { runtime });
  for (const note of file.notes) terminal.note(`note: ${note}`);
  const loaded = await load(file, given, runtimes, terminal);
  // Once a device has been asked, the answer is sharper.
  const known = loaded
    ? await inspectEngineFile(file.path, runtimes, { runtime, device: loaded.runtime.device })
    : file;
  const { header, provenance, compatibility } = known;
  const layers = loaded?.layers ?? known.layers;
  const nodes = given.flag('layers') ? nodesOf(known, given.value('model'), terminal) : undefined;
  if (given.flag('layers') && !layers) {
    terminal.note(
      `note: the layers of ${name} are known once it is loaded, or from ${path.basename(name)}.layers.json.`,
    );
  }
  const facts: EngineFacts = {
    header,
    compatibility,
    ...(provenance && { provenance }),
    ...(loaded && { description: loaded.description }),
    ...(layers && given.flag('layers') && { layers }),
    ...(nodes && { nodes }),
  };
  return {
    sections: describeEngine(facts),
    json: {
      path: file.path,
      header,
      compatibility,
      ...(provenance && { provenance }),
      ...(loaded && { runtime: loaded.runtime, engine: loaded.description }),
      ...(facts.layers && { layers: facts.layers }),
    },
  };
}

async function load(
  file: EngineFile,
  given: Arguments,
  runtimes: Runtimes,
  terminal: Terminal,
): Promise<LoadedEngine | undefined> {
  const wish = given.value('runtime');
  if (given.flag('no-load')) return undefined;
  if (wish === undefined && (file.compatibility.runs === 'no' || !seemsToHaveGpu())) return undefined;
  const installation = await runtimeForEngine(file, runtimes, wish);
  if (wish === undefined && installation.runsHostCode === true && !given.flag('trust-host-code')) {
    terminal.note(`note: not loaded: ${new HostCodeError(file.path, installation).message}`);
    return undefined;
  }
  terminal.progress(`  loading ${file.path}`);
  return await withLoadedEngine(
    file.path,
    installation,
    {
      hostCodeAllowed: given.flag('trust-host-code'),
      pluginLibraries: given.values('plugin').map((library) => path.resolve(library)),
    },
    async (engine) => engine,
  );
}

/** Nodes of the model that was named, or that ENGINE.json names and that is still there. */
export function nodesOf(
  { path: engine, provenance }: Pick<EngineFile, 'path' | 'provenance'>,
  named: string | undefined,
  terminal: Terminal,
): readonly GraphNode[] | undefined {
  if (named !== undefined) return graphNodes(loadModel(named).model);
  if (!provenance) return undefined;
  try {
    const model = provenance.model.path;
    return graphNodes(loadModel(namedFile(model, engine) ?? model).model);
  } catch (error) {
    terminal.note(`note: the engine’s model is left out: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}
