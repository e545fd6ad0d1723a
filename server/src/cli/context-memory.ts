import path from 'node:path';
import {
  type ContextMemoryTable,
  contextMemoryNotes,
  contextMemorySection,
  readContextMemory,
  type ShapeRequest,
} from '../engine/measurements/context-memory.ts';
import { measureContextMemory } from '../tensorrt/engines/context-memory.ts';
import type { Arguments, Command } from './command.ts';
import { readShapes, wholeOption } from './engine/options.ts';
import { sectionText } from './engine/section-text.ts';
import { storedJson } from './engine/stored-json.ts';
import { engineTarget, loadingOptions, withTarget } from './engine/target.ts';
import { requireWritable, writeResult } from './result-file.ts';
import type { Terminal } from './terminal.ts';

export const contextMemoryCommand: Command = {
  name: 'context-memory',
  summary: 'Show what execution contexts of an engine take of GPU memory',
  forms: [
    'context-memory ENGINE|CONFIG.trt.yaml [--shapes SPEC]… [--export FILE] …',
    'context-memory TABLE.json',
  ],
  description: [
    'Shows what one execution context takes, in bytes, by allocation strategy (kSTATIC, kON_PROFILE_CHANGE, and',
    'kUSER_MANAGED with updateDeviceMemorySizeForShapes), for min, opt and max of every optimization profile and for the',
    'shapes that are given. Nothing is run. --export writes what is shown again without a GPU.',
    '',
    'An engine is loaded with all that is in it; code for the CPU inside it runs only with --trust-host-code.',
  ].join('\n'),
  options: {
    shapes: {
      value: 'SPEC',
      multiple: true,
      help: 'Shapes of inputs, x:8x3x224x224,…; may be repeated. What is not given is `opt`.',
    },
    'use-profile': { value: 'N', help: 'Optimization profile of --shapes (0).' },
    ...loadingOptions,
    export: { value: 'FILE', help: 'Write the table as JSON.' },
    format: { value: 'FORMAT', choices: ['text', 'json'], help: 'text (default) or json.' },
  },
  positionals: { least: 1, most: 1, what: 'The engine, build config or table' },
  run: async (given, terminal) => {
    const [name = ''] = given.positionals;
    const stored = storedJson(name);
    const kept = given.value('export');
    await requireWritable(kept);
    const table = stored === undefined ? await measure(name, given, terminal) : tableOf(name, stored);
    const json = `${JSON.stringify(table, undefined, 2)}\n`;
    if (kept !== undefined) await writeResult(kept, json, terminal);
    if (given.value('format') === 'json') {
      terminal.print(json);
      return 0;
    }
    const title = `${path.basename(table.engine)} on ${table.device.name}`;
    terminal.print(sectionText(title, [contextMemorySection(table)], terminal.style));
    terminal.print(`\n${contextMemoryNotes(table).join('\n')}\n`);
    return 0;
  },
};

function tableOf(name: string, value: object): ContextMemoryTable {
  const table = readContextMemory(value);
  if (!table) throw new Error(`${name} is no such table: context-memory ENGINE --export FILE writes one.`);
  return table;
}

async function measure(name: string, given: Arguments, terminal: Terminal): Promise<ContextMemoryTable> {
  const profile = wholeOption(given, 'use-profile') ?? 0;
  const requests = given
    .values('shapes')
    .map((text): ShapeRequest => ({ profile, label: 'given', shapes: Object.fromEntries(readShapes(text)) }));
  return await withTarget(engineTarget(name, given), given, terminal, (engine, signal) =>
    measureContextMemory(engine, requests, signal),
  );
}
