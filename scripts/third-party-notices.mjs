/** What licenses ask for: the terms of every npm package that is in a VSIX, in the bundles or beside them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { bundleOptions, entryPoints, root } from './bundles.mjs';

/** Packages whose own files are copied into a VSIX. */
const beside = ['koffi', 'onnxruntime-node', 'onnxruntime-common'];

/** The text of ThirdPartyNotices.txt: a section for each package, in the order of their names. */
export async function thirdPartyNotices() {
  const folders = new Set(beside.map((name) => path.join('node_modules', name)));
  for (const [bundle, source] of Object.entries(entryPoints)) {
    const { metafile } = await esbuild.build({
      ...bundleOptions(bundle, source, 'dist'),
      write: false,
      metafile: true,
    });
    for (const input of Object.keys(metafile.inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
      if (folder !== undefined) folders.add(folder);
    }
  }
  const sections = [...folders].map((folder) => notice(path.join(root, folder))).sort();
  return `This extension contains software of others, which comes under these terms:\n\n${[...new Set(sections)].join('\n')}`;
}

function notice(folder) {
  const { name, version, license, author, homepage } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
  const who = typeof author === 'string' ? author : author?.name;
  const terms =
    file === undefined
      ? `${license} license${who ? `, ${who}` : ''}. The package brings no text of it; see ${homepage ?? `the npm package ${name}`}.`
      : readFileSync(path.join(folder, file), 'utf8').trim();
  const title = `${name} ${version}`;
  return `${title}\n${'-'.repeat(title.length)}\n${terms}\n`;
}
