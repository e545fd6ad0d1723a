import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../server/src/cli/command-line.ts';
import { style } from '../server/src/cli/report/style.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const others = ['node_modules', 'dist', 'out'];

/** All pages of the repository, relative to it. */
const pages = readdirSync(root, { withFileTypes: true })
  .filter(({ name }) => !name.startsWith('.') && !others.includes(name))
  .flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    const files = readdirSync(path.join(root, entry.name), { recursive: true, encoding: 'utf8' });
    return files.map((file) => path.join(entry.name, file));
  })
  .filter((file) => file.endsWith('.md'));

const read = (page: string) => readFileSync(path.join(root, page), 'utf8');
const prose = (page: string) => read(page).replace(/^```.*?^```/gms, '');

/** As code hosts and VS Code make them of headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = [...prose(page).matchAll(/^#+ +(.*)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe('the pages', () => {
  test('lead to pages and headings that there are', () => {
    let links = 0;
    for (const page of pages) {
      for (const [, target = ''] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        links++;
        const [file = '', anchor] = target.split('#');
        const found = file === '' ? page : path.join(path.dirname(page), file);
        assert.ok(existsSync(path.join(root, found)), `${page}: ${target}`);
        if (anchor !== undefined) assert.ok(anchorsOf(found).has(anchor), `${page}: ${target}`);
      }
    }
    assert.ok(links > 100, `${links}`);
  });

  test('name scripts that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json'));
    for (const page of pages)
      for (const [, name = ''] of read(page).matchAll(/npm run ([\w:]+)/g))
        assert.ok(name in scripts, `${page}: npm run ${name}`);
  });
});

describe('the command lines in the pages', () => {
  const help = new Map<string, string>();
  before(async () => {
    const helpOf = async (...args: string[]) => {
      let text = '';
      const terminal = {
        print: (part: string) => {
          text += part;
        },
        note: () => {},
        progress: () => {},
        style: style(false),
        noteStyle: style(false),
      };
      await runCommandLine(args, terminal);
      return text;
    };
    for (const [, name = ''] of (await helpOf('--help')).matchAll(/^ {2}(\S+) {2,}\S/gm))
      help.set(name, await helpOf(name, '--help'));
  });
  const optionsIn = (text: string) =>
    [...text.matchAll(/(?<![\w-])--?[a-z][a-z-]*(?![\w-])/g)].map(([name]) => name);

  test('are of commands and options that there are', () => {
    let lines = 0;
    for (const page of pages) {
      const text = read(page);
      const spans = [...text.matchAll(/`(onnx-trt [^`]+)`/g), ...text.matchAll(/^(?:\$ )?(onnx-trt .*)$/gm)];
      for (const [, line = ''] of spans) {
        const [, name = ''] = line.split(/\s+/);
        if (!/^[a-z]/.test(name)) continue;
        lines++;
        const known = help.get(name);
        assert.ok(known, `${page}: ${line}`);
        // Behind -- stand the arguments of another program, behind several blanks words for people.
        const [own = ''] = line.split(/ -- | {2,}/);
        for (const option of optionsIn(own)) assert.ok(optionsIn(known).includes(option), `${page}: ${line}`);
      }
    }
    assert.ok(lines > 50, `${lines}`);
  });

  test('have every option in words, too', () => {
    const all = new Set([...help.values()].flatMap(optionsIn));
    for (const page of ['README.md', 'docs/builds.md', 'docs/debug-tensors.md', 'docs/command-line.md']) {
      for (const [, option = ''] of read(page).matchAll(/`(--[a-z-]+)(?=[`\s=])/g))
        assert.ok(all.has(option), `${page}: ${option}`);
    }
  });
});
