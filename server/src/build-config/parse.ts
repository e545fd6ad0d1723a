/** A config file's text, and what is wrong with it by itself. */

import { isExtensionKey } from './extension-keys.ts';
import { type ConfigKey, foreignFlags, isConfigKey, keyOfFlag } from './flags/index.ts';
import { keyAdvice } from './key-advice.ts';
import type { ConfigFile, ConfigNode, ConfigProblem, MapEntry, MapNode, ScalarNode } from './model.ts';
import { problemKey } from './problem-key.ts';
import { hasPlaceholder } from './resolve/placeholders.ts';
import { entryOf, parseTree } from './tree.ts';
import { readSetting } from './values/read.ts';
import { shown } from './values/reading.ts';

/** `file`: the path that relative paths start from; its folder need not exist. Never throws. */
export function parseBuildConfig(text: string, file: string): ConfigFile {
  const { root, problems: syntax } = parseTree(text, file);
  const problems: ConfigProblem[] = [...syntax];
  const told = new Set<string>();
  const report = (problem: ConfigProblem) => {
    const key = problemKey(problem);
    if (!told.has(key)) problems.push(problem);
    told.add(key);
  };
  if (root === undefined || (root.kind === 'scalar' && root.value === null)) {
    return { file, text, root: undefined, problems };
  }
  if (root.kind !== 'map') {
    report({
      code: 'config.wrong-type',
      severity: 'error',
      origin: root.origin,
      message: `A build config is a map of keys and values (\`model: detector.onnx\`), not ${shown(root)}.`,
    });
    return { file, text, root: undefined, problems };
  }
  checkFile(root, report);
  return { file, text, root, problems };
}

type Report = (problem: ConfigProblem) => void;

function checkFile(root: MapNode, report: Report): void {
  checkSettings(root, 'file', report);
  const builds = entryOf(root, 'builds')?.value;
  if (builds?.kind === 'map') {
    for (const { key, value } of builds.entries) checkBuild(value, `The build ${key.text}`, report);
  } else if (builds && !isNothing(builds)) {
    wrong(report, builds, '`builds` takes a map of names and settings (`fp16: { fp16: true }`)');
  }
  const matrix = entryOf(root, 'matrix')?.value;
  const clash = matrix?.kind === 'map' && builds !== undefined ? entryOf(matrix, 'build') : undefined;
  if (clash) {
    report({
      code: 'config.matrix',
      severity: 'error',
      origin: clash.key.origin,
      message: 'The axis of `builds` is called build. Name this one otherwise.',
    });
  }
  if (matrix?.kind === 'map') checkMatrix(matrix, report);
  else if (matrix && !isNothing(matrix)) wrong(report, matrix, '`matrix` takes a map of axes');
}

function checkBuild(node: ConfigNode, what: string, report: Report): void {
  if (node.kind === 'map') checkSettings(node, 'build', report);
  else if (!isNothing(node)) wrong(report, node, `${what} takes a map of settings (\`{ fp16: true }\`)`);
}

function checkMatrix(matrix: MapNode, report: Report): void {
  const axes = matrix.entries.filter(({ key }) => key.text !== 'include' && key.text !== 'exclude');
  const isAxis = (entry: MapEntry) => axes.some(({ key }) => key.text === entry.key.text);
  for (const { key, value } of axes) {
    if (value.kind === 'map') {
      for (const choice of value.entries) checkBuild(choice.value, `The choice ${choice.key.text}`, report);
    } else if (value.kind === 'list') {
      if (isConfigKey(key.text) && !structureKeys.has(key.text)) {
        for (const item of value.items) checkSetting(key.text, item, report);
      } else {
        report({
          code: 'config.matrix',
          severity: 'error',
          origin: key.origin,
          message: `${key.text} is no key, so its values need names and settings: \`${key.text}: { NAME: { KEY: VALUE } }\`.`,
        });
      }
    } else if (!isNothing(value)) {
      wrong(report, value, `The axis ${key.text} takes a map of names and settings, or a list of values`);
    }
  }
  for (const name of ['include', 'exclude']) {
    const node = entryOf(matrix, name)?.value;
    if (node === undefined || isNothing(node)) continue;
    if (node.kind !== 'list') {
      wrong(report, node, `\`${name}\` takes a list of combinations (\`- { precision: fp16 }\`)`);
      continue;
    }
    for (const item of node.items) {
      if (item.kind !== 'map')
        wrong(report, item, `\`${name}\` takes combinations (\`{ precision: fp16 }\`)`);
      else if (name === 'include') {
        checkSettings({ ...item, entries: item.entries.filter((entry) => !isAxis(entry)) }, 'build', report);
      } else {
        for (const entry of item.entries.filter((entry) => !isAxis(entry))) {
          report({
            code: 'config.matrix',
            severity: 'error',
            origin: entry.key.origin,
            message: `There is no axis ${entry.key.text}; there are ${axes.map(({ key }) => key.text).join(', ')}.`,
          });
        }
      }
    }
  }
}

/** Keys that are read where they mean something. */
const structureKeys: ReadonlySet<string> = new Set(['extends', 'builds', 'matrix', 'unknownFlags']);

function checkSettings(map: MapNode, place: 'file' | 'build', report: Report): void {
  for (const { key, value, origin } of map.entries) {
    const name = key.text;
    if (isExtensionKey(name)) {
      // What is wrong in it is told where it is used.
    } else if (!isConfigKey(name)) {
      report(keyAdvice({ key, value, origin }));
    } else if (place === 'build' && structureKeys.has(name) && name !== 'unknownFlags') {
      report({
        code: 'config.unknown-key',
        severity: 'error',
        origin: key.origin,
        message: `\`${name}\` belongs to the file, not to a build. Move it to the outermost level.`,
      });
    } else if (!structureKeys.has(name)) {
      checkSetting(name, value, report);
    } else if (name === 'unknownFlags') {
      checkTexts(value, '`unknownFlags` takes a list of flags (`- "--somethingNew=3"`)', report);
      checkUnknownFlags(value, report);
    } else if (name === 'extends') {
      checkTexts(value, '`extends` takes the path of a config, or a list of them', report);
    }
  }
}

/** They count in trtexec lines only: whoever writes them should know. */
function checkUnknownFlags(value: ConfigNode, report: Report): void {
  for (const { text, origin } of (value.kind === 'list' ? value.items : [value]).filter(isText)) {
    const flag = text.replace(/=.*$/s, '');
    const key = keyOfFlag(flag);
    const advice = foreignFlags.find((foreign) => foreign.flag === flag)?.advice;
    report({
      code: 'config.unknown-flag',
      severity: key === undefined ? 'information' : 'warning',
      origin,
      message:
        key === undefined
          ? `${flag} counts in trtexec lines only, not in builds. ${advice ?? 'It is no flag that this extension knows.'}`
          : `${flag} has a key, ${key}. Here it counts in trtexec lines only, not in builds.`,
    });
  }
}

function isText(node: ConfigNode): node is ScalarNode {
  return node.kind === 'scalar' && node.value !== null;
}

function checkTexts(node: ConfigNode, expected: string, report: Report): void {
  for (const item of node.kind === 'list' ? node.items : [node]) {
    if (!isText(item)) wrong(report, item, expected);
  }
}

/** A placeholder may become anything: its value is read in each build. Nothing takes an inherited setting away. */
function checkSetting(key: ConfigKey, value: ConfigNode, report: Report): void {
  if (!isNothing(value) && !hasPlaceholder(value)) readSetting(key, value, report);
}

function wrong(report: Report, node: ConfigNode, sentence: string): void {
  report({
    code: 'config.wrong-type',
    severity: 'error',
    origin: node.origin,
    message: `${sentence}, not ${shown(node)}.`,
  });
}

function isNothing(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}
