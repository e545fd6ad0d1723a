import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, describe, test } from 'node:test';
import { startBridgeProcess } from '../../../native-bridge/src/client-transport.ts';
import { InitializeRequest, protocolVersion } from '../../../native-bridge/src/protocol.ts';
import { hostVsix } from '../editor.mjs';
import { testLibraries } from '../workspace.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-vsix-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Unpacks a VSIX; answers the folder of the extension in it, and its files relative to that. */
function unpack(vsix: string): { readonly extension: string; readonly files: readonly string[] } {
  const target = path.join(folder, path.basename(vsix, '.vsix'));
  execFileSync('python3', ['-m', 'zipfile', '-e', vsix, target]);
  const extension = path.join(target, 'extension');
  const files = readdirSync(extension, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(path.join(extension, name)).isFile(),
  );
  return { extension, files };
}

const host = hostVsix();
const hostTarget = `${process.platform}-${process.arch}`;

for (const target of [hostTarget, 'win32-x64'])
  describe(`the VSIX for ${target}`, () => {
    const vsix = host.replace(hostTarget, target);
    const { extension, files } = unpack(vsix);
    const manifest = JSON.parse(readFileSync(path.join(extension, 'package.json'), 'utf8'));

    test('holds the native binaries of that platform and no other', () => {
      const runtime = `node_modules/onnxruntime-node/bin/napi-v6/${target.replace('-', '/')}`;
      assert.deepEqual(
        files.filter((file) => /\.(node|so|dll|dylib)$/.test(file)),
        [
          `node_modules/@koromix/koffi-${target}/${target.replace('-', '_')}/koffi.node`,
          ...(target.startsWith('win32') ? [`${runtime}/onnxruntime.dll`] : []),
          `${runtime}/onnxruntime_binding.node`,
        ],
      );
      const description = readFileSync(path.join(extension, '..', 'extension.vsixmanifest'), 'utf8');
      assert.match(description, new RegExp(`TargetPlatform="${target}"`));
    });

    test('holds what the manifest names, and the bundles', () => {
      const named = [...JSON.stringify(manifest.contributes).matchAll(/"\.\/([^"]+)"/g)].map(
        ([, file]) => file,
      );
      for (const file of [
        ...named,
        manifest.icon,
        'dist/extension.js',
        'dist/server.js',
        'dist/native-bridge.js',
        'dist/onnx-trt.js',
      ])
        assert.ok(files.includes(file), `${file} is missing`);
      for (const name of [/^readme\.md$/i, /^changelog\.md$/i, /^license/i])
        assert.ok(
          files.some((file) => name.test(file)),
          `${name} is missing`,
        );
    });

    test('holds no sources, maps, or packages that are in the bundles', () => {
      assert.deepEqual(
        files.filter((file) => /\.(ts|map|cc|hh|mjs)$/.test(file)),
        [],
      );
      const packages = files.filter(
        (file) => file.startsWith('node_modules/') && file.endsWith('package.json'),
      );
      assert.deepEqual(packages.toSorted(), [
        `node_modules/@koromix/koffi-${target}/package.json`,
        'node_modules/koffi/package.json',
        'node_modules/onnxruntime-common/dist/cjs/package.json',
        'node_modules/onnxruntime-common/package.json',
        'node_modules/onnxruntime-node/package.json',
      ]);
      assert.equal(manifest.devDependencies, undefined);
    });

    test('is no bigger than ONNX Runtime makes it', () => {
      assert.ok(statSync(vsix).size < 24 * 2 ** 20, `${statSync(vsix).size} bytes`);
    });
  });

test('the bridge of an unpacked VSIX loads TensorRT', { timeout: 60_000 }, async () => {
  const { extension } = unpack(host);
  const libraries = testLibraries();
  const bridge = startBridgeProcess({
    bridgeScript: path.join(extension, 'dist', 'native-bridge.js'),
    execPath: process.execPath,
    env: { ...process.env, LD_LIBRARY_PATH: path.dirname(libraries.infer) },
  });
  try {
    const answer = await bridge.connection.sendRequest(InitializeRequest, { protocolVersion, libraries });
    assert.equal(answer.product, 'TensorRT-RTX');
    assert.equal(answer.version, '1.7.1');
  } finally {
    bridge.process.kill('SIGKILL');
  }
});
