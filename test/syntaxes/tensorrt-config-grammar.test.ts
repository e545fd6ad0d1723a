import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scopeOf, tokenize } from './support.ts';

const config = `# a build
model: net.onnx
builderOptimizationLevel: 4
profiles:
  - images: { min: 1x3x64x64, max: 8x3x640x640 }
memPoolSize:
  workspace: 512MiB
colour: "blue"
`;

describe('the grammar of build configs', () => {
  const cases: readonly (readonly [what: string, text: string, scope: string])[] = [
    ['keys of the config', 'model', 'keyword.other.flag.tensorrt-config'],
    ['flags of trtexec', 'builderOptimizationLevel', 'keyword.other.flag.tensorrt-config'],
    ['other keys, as YAML', 'colour', 'entity.name.tag.yaml'],
    ['dims', '8x3x640x640', 'constant.numeric.dims.tensorrt-config'],
    ['sizes', '512', 'constant.numeric.size.tensorrt-config'],
    ['units of sizes', 'MiB', 'keyword.other.unit.tensorrt-config'],
    ['comments, as YAML', '# a build', 'comment.line.number-sign.yaml'],
    ['strings, as YAML', '"blue"', 'string.quoted.double.yaml'],
  ];
  for (const [what, text, scope] of cases) {
    test(`${what}: ${text}`, async () => {
      const found = scopeOf(await tokenize('source.tensorrt-config', config), text);
      assert.equal(found?.split(' ').at(-1), scope);
    });
  }
});
