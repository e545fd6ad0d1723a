import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { defaultSettings, readSettings } from '../../server/src/lsp/settings.ts';

const root = new URL('../../', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

interface Property {
  readonly default: unknown;
  readonly scope: string;
  readonly description?: string;
  readonly markdownDescription?: string;
}
const properties = Object.entries<Property>(
  Object.assign(
    {},
    ...manifest.contributes.configuration.map((part: { properties: object }) => part.properties),
  ),
);

/** The section as an editor sends it: `tensorrt.check.delay` is `{ check: { delay } }`. */
function section(values: readonly (readonly [string, unknown])[]): object {
  const result: Record<string, unknown> = {};
  for (const [name, value] of values) {
    const keys = name.split('.').slice(1);
    const last = keys.pop();
    let place = result;
    for (const key of keys) {
      place[key] ??= {};
      place = place[key] as Record<string, unknown>;
    }
    if (last !== undefined) place[last] = value;
  }
  return result;
}

describe('settings in the manifest', () => {
  test('have the defaults that the server has', () => {
    const values = properties.map(([name, property]) => [name, property.default] as const);
    assert.deepEqual(readSettings(section(values)), { settings: defaultSettings, problems: [] });
  });

  test('are all read by the server, but for one of the extension and the protocol trace', () => {
    const unread = properties
      .map(([name]) => name)
      .filter(
        (name) => readSettings(section([[name, { neither: 'text nor number' }]])).problems.length === 0,
      );
    assert.deepEqual(unread, ['tensorrt.build.saveBeforeBuild', 'tensorrt.trace.server']);
  });

  test('that name libraries or programs are of the machine, but for plugins, and restricted in untrusted workspaces', () => {
    const ofMachine = properties.filter(([, { scope }]) => scope === 'machine').map(([name]) => name);
    const restricted: string[] = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    // Plugins belong to the models of a workspace: it may name them, once it is trusted.
    assert.deepEqual(restricted, [...ofMachine, 'tensorrt.check.plugins']);
    assert.deepEqual(ofMachine, ['tensorrt.runtime', 'tensorrt.libraryFolders', 'tensorrt.pythonPath']);
  });

  test('all have a description', () => {
    for (const [name, { description, markdownDescription }] of properties)
      assert.ok((description ?? markdownDescription ?? '').length > 20, name);
  });
});

test('every file that the manifest names is there', () => {
  const named = [...JSON.stringify(manifest.contributes).matchAll(/"(\.\/[^"]+)"/g)].map(
    ([, file]) => file ?? '',
  );
  assert.ok(named.length >= 8);
  for (const file of [...named, manifest.icon])
    assert.ok(existsSync(new URL(file, root)), `${file} is missing`);
});

describe('commands in the manifest', () => {
  const titles = new Map<string, { title: string; category?: string }>(
    manifest.contributes.commands.map((command: { command: string }) => [command.command, command]),
  );
  interface Item {
    readonly command?: string;
    readonly submenu?: string;
  }
  const menus = Object.entries<readonly Item[]>(manifest.contributes.menus);

  test('have a title in title case and a category', () => {
    const small = new Set([
      'as',
      'at',
      'for',
      'from',
      'in',
      'into',
      'of',
      'on',
      'the',
      'to',
      'trtexec',
      'with',
    ]);
    for (const [id, { title, category }] of titles) {
      assert.ok(category === 'TensorRT' || category === 'ONNX', id);
      for (const word of title.split(' ')) {
        assert.ok(/^[(A-Z]/.test(word) || small.has(word), `${title}: ${word}`);
      }
    }
  });

  test('stand in menus under a name that there is', () => {
    const submenus = manifest.contributes.submenus.map(({ id }: { id: string }) => id);
    for (const [menu, items] of menus) {
      for (const { command, submenu } of items) {
        if (submenu !== undefined) assert.ok(submenus.includes(submenu), `${menu}: ${submenu}`);
        else assert.ok(titles.has(command ?? ''), `${menu}: ${command}`);
      }
    }
    for (const id of submenus)
      assert.ok(
        menus.some(([menu]) => menu === id),
        `${id} is empty`,
      );
  });

  test('and settings are in docs/vscode.md', () => {
    const page = readFileSync(new URL('docs/vscode.md', root), 'utf8');
    const hidden = manifest.contributes.menus.commandPalette
      .filter(({ when }: { when: string }) => when === 'false')
      .map(({ command }: { command: string }) => command);
    for (const [id, { title }] of titles)
      assert.ok(hidden.includes(id) || page.includes(`*${title}*`), title);
    for (const [name] of properties) assert.ok(page.includes(`| \`${name}\` |`), name);
  });

  test('are all there in the client', () => {
    const registered = readdirSync(new URL('client/src/commands/', root))
      .map((name) => readFileSync(new URL(`client/src/commands/${name}`, root), 'utf8'))
      .join('\n');
    for (const id of titles.keys()) assert.ok(registered.includes(`'${id}'`), id);
  });
});
