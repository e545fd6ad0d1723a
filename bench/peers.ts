/** The programs that the table measures us against, and what becomes of a row whose peer cannot be had. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { usePythonPackages } from '../scripts/python-packages.mjs';
import { installDebianPackages, isInstalled } from '../scripts/run.mjs';
import type { Peer } from './statistics.ts';

export const mlirServer = 'mlir-lsp-server-16';
const here = path.dirname(fileURLToPath(import.meta.url));

export interface Peers {
  /** Why there is no such peer; undefined where there is one. */
  readonly mlir: string | undefined;
  readonly onnx: string | undefined;
}

/** Installs what is missing, once. */
export async function setUpPeers(): Promise<Peers> {
  return {
    mlir: await reasonAgainst(() => {
      if (!isInstalled(mlirServer)) installDebianPackages(['mlir-16-tools']);
    }),
    onnx: await reasonAgainst(usePythonPackages),
  };
}

async function reasonAgainst(setUp: () => void | Promise<void>): Promise<string | undefined> {
  try {
    await setUp();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A peer's samples, or the reason why there are none: one failing peer costs its rows, not the run. */
export async function measured(
  name: string,
  missing: string | undefined,
  measure: () => readonly number[] | Promise<readonly number[]>,
): Promise<Peer> {
  if (missing !== undefined) return { name, missing };
  try {
    return { name, samples: await measure() };
  } catch (error) {
    return { name, missing: error instanceof Error ? error.message : String(error) };
  }
}

export interface OnnxFigures {
  readonly milliseconds: readonly number[];
  readonly megabytes: number;
}

export function runOnnx(model: string, times: number, work: 'load' | 'text' | 'inference'): OnnxFigures {
  return runForJson('python3', [path.join(here, 'onnx-peer.py'), model, String(times), work]);
}

export function runProtobuf(model: string, times: number): { readonly milliseconds: readonly number[] } {
  return runForJson(process.execPath, [path.join(here, 'protobuf-peer.mjs'), model, String(times)]);
}

export interface OurFigures {
  readonly milliseconds: Readonly<Record<string, readonly number[]>>;
  readonly megabytes: number;
}

export function runOurs(model: string, times: number, work: 'index' | 'text' | 'inference'): OurFigures {
  const args = ['--import', 'tsx', path.join(here, 'in-process.ts'), model, String(times), work];
  return runForJson(process.execPath, args);
}

function runForJson<Figures>(program: string, args: readonly string[]): Figures {
  const ran = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (ran.status !== 0) {
    throw new Error(
      `\`${path.basename(program)} ${args.join(' ')}\` ended with ${ran.status ?? ran.signal}.`,
    );
  }
  return JSON.parse(ran.stdout);
}
