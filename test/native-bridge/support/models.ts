import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A temporary folder that disappears with the test process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'native-bridge-test-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Writes models given as ONNX text, encoded by the official parser of Python's onnx package, and answers their paths under
 * the same names.
 */
export function writeModels<Name extends string>(
  texts: Readonly<Record<Name, string>>,
): Record<Name, string> {
  const folder = temporaryFolder();
  const program = `
import json, os, sys, onnx
for name, text in json.load(sys.stdin).items():
    with open(os.path.join(sys.argv[1], name + ".onnx"), "wb") as file:
        file.write(onnx.parser.parse_model(text).SerializeToString())
`;
  const input = JSON.stringify(texts);
  const ran = spawnSync('python3', ['-c', program, folder], { input, encoding: 'utf8' });
  if (ran.status !== 0) {
    throw new Error(`The models could not be encoded: ${ran.stderr}`);
  }
  const paths = Object.keys(texts).map((name) => [name, path.join(folder, `${name}.onnx`)]);
  return Object.fromEntries(paths) as Record<Name, string>;
}

/** Writes bytes to a temporary file. */
export function writeBytes(name: string, bytes: Uint8Array): string {
  const file = path.join(temporaryFolder(), name);
  writeFileSync(file, bytes);
  return file;
}

/** A model of many layers: a chain of `count` additions and activations. */
export function chainOfLayers(count: number): string {
  const nodes = Array.from({ length: count }, (_, index) => {
    const operator = index % 2 === 0 ? 'Relu' : 'Neg';
    return `v${index + 1} = ${operator} (v${index})`;
  });
  return `<ir_version: 8, opset_import: ["" : 17]> chain (float[N] v0) => (float[N] v${count}) { ${nodes.join('\n')} }`;
}
