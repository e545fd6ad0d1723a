import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
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

    test('holds the native binary of that platform and no other', () => {
      const onnxRuntime = `node_modules/onnxruntime-node/bin/napi-v6/${target.replace('-', '/')}`;
      assert.deepEqual(files.filter((file) => /\.(node|dll|dylib|so(\.\d+)?)$/.test(file)).sort(), [
        `node_modules/@koromix/koffi-${target}/${target.replace('-', '_')}/koffi.node`,
        `${onnxRuntime}/${target.startsWith('win32') ? 'onnxruntime.dll' : 'libonnxruntime.so.1'}`,
        `${onnxRuntime}/onnxruntime_binding.node`,
      ]);
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
        'dist/onnxruntime-host.js',
      ])
        assert.ok(files.includes(file), `${file} is missing`);
      for (const name of [/^readme\.md$/i, /^changelog\.md$/i, /^license/i, /^thirdpartynotices\.txt$/i])
        assert.ok(
          files.some((file) => name.test(file)),
          `${name} is missing`,
        );
    });

    test('has pages for the editor, which lead to nothing that the editor does not open from there', () => {
      for (const name of ['readme.md', 'changelog.md']) {
        const page = readFileSync(path.join(extension, name), 'utf8');
        assert.match(page, /^# /);
        assert.deepEqual(page.match(/\]\((?!https:)[^)]*\)/g), null, name);
      }
      assert.match(readFileSync(path.join(extension, 'readme.md'), 'utf8'), /Open Documentation/);
      assert.ok(files.includes('docs/engines.md') && files.includes('docs/images/profile.png'));
    });

    test('holds no sources, maps, or packages that are in the bundles', () => {
      assert.deepEqual(
        files.filter((file) => /\.(ts|map|cc|hh|mjs)$/.test(file)),
        [],
      );
      const packages = files.filter(
        (file) => file.startsWith('node_modules/') && file.endsWith('package.json'),
      );
      const names = packages.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);
      assert.deepEqual([...new Set(names)].toSorted(), [
        `@koromix/koffi-${target}`,
        'koffi',
        'onnxruntime-common',
        'onnxruntime-node',
      ]);
      assert.equal(manifest.devDependencies, undefined);
    });

    test('is small but for ONNX Runtime', () => {
      const runtime = files.filter((file) => file.startsWith('node_modules/onnxruntime-node/bin/'));
      const bytes = runtime.map((file) => gzipSync(readFileSync(path.join(extension, file))).length);
      const rest = statSync(vsix).size - bytes.reduce((sum, size) => sum + size, 0);
      assert.ok(rest < 4 * 2 ** 20, `${rest} bytes`);
    });
  });

test('the command line of an unpacked VSIX shows values of ONNX Runtime', { timeout: 60_000 }, () => {
  const { extension } = unpack(host);
  const model = path.join(folder, 'net.onnxtxt');
  writeFileSync(
    model,
    '<ir_version: 8, opset_import: ["" : 17]>\ng (float[2,3] x) => (float[2,3] y) { h = Abs (x)  y = Neg (h) }\n',
  );
  const program = path.join(extension, 'dist', 'onnx-trt.js');
  const text = execFileSync(process.execPath, [program, 'debug', model, '--no-engine'], { encoding: 'utf8' });
  assert.match(text, /ONNX Runtime \d/);
  assert.match(text, /y \(output\) +.*\(Neg\) .*float +2x3/);
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
