/** Asks TensorRT what execution contexts of a loaded engine take, and runs nothing. */
import {
  type ContextMemoryTable,
  contextMemoryFormat,
  runInputs,
  type ShapeRequest,
  usualShapes,
} from '../../engine/measurements/context-memory.ts';
import type { UsedEngine } from './use-engine.ts';

/** `NET.engine.context-memory.json`, where the editor keeps an engine's last table. */
export function contextMemoryPath(engine: string): string {
  return `${engine}.context-memory.json`;
}

/** `given`: beside min, opt and max of every profile. Throws an error for people where shapes name no input of the engine. */
export async function measureContextMemory(
  { file, loaded, client, handle }: UsedEngine,
  given: readonly ShapeRequest[],
  signal?: AbortSignal,
): Promise<ContextMemoryTable> {
  const { description, runtime } = loaded;
  const names = description.tensors.filter(({ mode }) => mode === 'input').map(({ name }) => name);
  for (const { profile, shapes } of given) {
    if (profile >= description.profileCount) {
      throw new Error(
        `The engine has no optimization profile ${profile}; it has ${description.profileCount}, counted from 0.`,
      );
    }
    const unknown = Object.keys(shapes).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new Error(`The engine has no input ${unknown}; it has ${names.join(', ')}.`);
    }
  }
  const usual = usualShapes(description);
  const opt = (profile: number) =>
    usual.find((request) => request.profile === profile && request.label.includes('opt'))?.shapes ?? {};
  const requests = [
    ...usual,
    // Inputs that are not given have their usual shape.
    ...given.map((request) => ({ ...request, shapes: { ...opt(request.profile), ...request.shapes } })),
  ];
  const { rows } = await client.contextMemory(
    {
      engine: handle,
      shapes: requests.map((request) => ({
        profile: request.profile,
        inputs: runInputs(description, request),
      })),
    },
    signal ? { signal } : {},
  );
  return {
    format: contextMemoryFormat,
    formatVersion: 1,
    engine: file.path,
    runtime: { product: runtime.product, version: runtime.version },
    device: { name: runtime.device.name, computeCapability: runtime.device.computeCapability },
    rows: requests.flatMap((request, index) => {
      const row = rows[index];
      return row ? [{ ...row, ...request }] : [];
    }),
  };
}
