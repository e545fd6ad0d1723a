import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { scalarText } from '../../../../server/src/build-config/emit.ts';
import { configText, fromTrtexec } from '../../../../server/src/build-config/trtexec/from-trtexec.ts';
import { findTrtexecLines } from '../../../../server/src/build-config/trtexec/lines.ts';
import { redactSecrets } from '../../../../server/src/build-config/trtexec/secrets.ts';
import {
  type ToTrtexecOptions,
  toTrtexec,
  trtexecLine,
} from '../../../../server/src/build-config/trtexec/to-trtexec.ts';
import { onlyBuild, resolve } from '../configs.ts';

function from(line: string) {
  const [found] = findTrtexecLines(`trtexec ${line}`);
  assert.ok(found);
  const converted = fromTrtexec(found.words);
  return {
    config: configText(converted),
    notes: converted.problems.map(({ argument, message }) => `${found.words[argument]?.text}: ${message}`),
  };
}

function to(config: string, options: Partial<ToTrtexecOptions> = {}) {
  const made = toTrtexec(onlyBuild(config), { version: '10.15', ...options });
  return {
    line: trtexecLine(made),
    notes: made.problems.map(({ severity, message }) => `${severity}: ${message}`),
  };
}

describe('a trtexec line becomes a config', () => {
  test('that reads well', () => {
    const { config, notes } = from(
      '--onnx=detector.onnx --saveEngine=out/detector.engine --minShapes=images:1x3x224x224,tokens:1x1 --optShapes=images:8x3x224x224,tokens:1x64 --maxShapes=images:32x3x224x224,tokens:1x512 --memPoolSize=workspace:4096,tacticSharedMem:100K --tacticSources=-CUDNN,+JIT_CONVOLUTIONS --layerPrecisions=conv*:fp16 --inputIOFormats=fp16:chw16 --stripWeights --staticPlugins=a.so --staticPlugins=b.so --weightStreamingBudget=50%',
    );
    assert.equal(
      config,
      `model: detector.onnx
engine: out/detector.engine
profiles:
  - images: { min: [1, 3, 224, 224], opt: [8, 3, 224, 224], max: [32, 3, 224, 224] }
    tokens: { min: [1, 1], opt: [1, 64], max: [1, 512] }
memPoolSize: { workspace: 4096MiB, tacticSharedMem: 100KiB }
tacticSources: { CUDNN: false, JIT_CONVOLUTIONS: true }
layerPrecisions: { conv*: fp16 }
inputIOFormats: [fp16:chw16]
stripWeights: true
staticPlugins: [a.so, b.so]
weightStreamingBudget: 50%
`,
    );
    assert.deepEqual(notes, []);
  });

  const told: readonly (readonly [line: string, config: string, ...notes: string[]])[] = [
    [
      '--somethingNew=3 --new',
      'unknownFlags: [--somethingNew=3, --new]\n',
      '--somethingNew=3: --somethingNew is no flag that this extension knows. It is kept under unknownFlags.',
      '--new: --new is no flag that this extension knows. It is kept under unknownFlags.',
    ],
    [
      '--onnx model.onnx --workspace 2048 --fp16 stray',
      'model: model.onnx\nmemPoolSize: { workspace: 2048MiB }\nfp16: true\nunknownFlags: [stray]\n',
      '--onnx: --onnx model.onnx is read as --onnx=model.onnx: trtexec takes values behind an equals sign only.',
      '--workspace: --workspace 2048 is read as --workspace=2048: trtexec takes values behind an equals sign only.',
      '--workspace: --workspace is written memPoolSize here.',
      'stray: stray is no flag: trtexec takes values behind an equals sign (--onnx=model.onnx). It is kept under unknownFlags.',
    ],
    [
      '--saveEngine --fp16',
      'fp16: true\nunknownFlags: [--saveEngine]\n',
      '--saveEngine: --saveEngine does not take an empty value. It is kept under unknownFlags.',
    ],
    [
      '\u2013onnx=a.onnx \u2013-fp16',
      'model: a.onnx\nfp16: true\n',
      '\u2013onnx=a.onnx: \u2013onnx=a.onnx begins with a dash that is no hyphen; it is read as --onnx=a.onnx.',
      '\u2013-fp16: \u2013-fp16 begins with a dash that is no hyphen; it is read as --fp16.',
    ],
    [
      '--optShapes="a:1x3, b: 1x4" --memPoolSize="workspace:1G , dlaSRAM:1M"',
      'profiles:\n  - a: { opt: [1, 3] }\n    b: { opt: [1, 4] }\nmemPoolSize: { workspace: 1GiB, dlaSRAM: 1MiB }\n',
      '--optShapes=a:1x3, b: 1x4: Blanks in --optShapes=a:1x3, b: 1x4 are left out; to trtexec they are a part of names.',
      '--memPoolSize=workspace:1G , dlaSRAM:1M: Blanks in --memPoolSize=workspace:1G , dlaSRAM:1M are left out; to trtexec they are a part of names.',
    ],
    [
      '-onnx=a.onnx --INT8 --memPoolSize=workspace:1024MiB',
      'unknownFlags: [-onnx=a.onnx, --INT8, --memPoolSize=workspace:1024MiB]\n',
      '-onnx=a.onnx: -onnx is no flag that this extension knows. Did you mean --onnx? It is kept under unknownFlags.',
      '--INT8: --INT8 is no flag that this extension knows. Did you mean --int8? It is kept under unknownFlags.',
      '--memPoolSize=workspace:1024MiB: --memPoolSize does not take workspace:1024MiB. The units of trtexec are B, K, M and G. It is kept under unknownFlags.',
    ],
    [
      '--vc --weightless --workspace=2048 --buildOnly --explicitBatch',
      'versionCompatible: true\nstripWeights: true\nmemPoolSize: { workspace: 2048MiB }\nskipInference: true\n',
      '--vc: --vc is written versionCompatible here.',
      '--weightless: --weightless is written stripWeights here.',
      '--workspace=2048: --workspace is written memPoolSize here.',
      '--buildOnly: --buildOnly is written skipInference here.',
      '--explicitBatch: --explicitBatch is left out: Networks always have an explicit batch.',
    ],
    [
      '--workspace=1 --memPoolSize=dlaSRAM:2',
      'memPoolSize: { workspace: 1MiB, dlaSRAM: 2MiB }\n',
      '--workspace=1: --workspace is written memPoolSize here.',
    ],
    [
      '--fp16 --fp16',
      'fp16: true\nunknownFlags: [--fp16]\n',
      '--fp16: --fp16 is given twice; trtexec refuses that. It is kept under unknownFlags.',
    ],
    [
      '--fp16=false',
      'fp16: true\n',
      '--fp16=false: --fp16 takes no value; trtexec does not look at "false".',
    ],
    [
      '--avgTiming=many',
      'unknownFlags: [--avgTiming=many]\n',
      '--avgTiming=many: --avgTiming does not take many. It is kept under unknownFlags.',
    ],
    [
      '--onnx=$MODEL',
      'model: "$MODEL"\n',
      '--onnx=$MODEL: The variable in --onnx=$MODEL is kept as it is written: a config has none. Put its value here.',
    ],
    [
      '--minShapes=a:1 --minShapes=b:1',
      'unknownFlags: ["--minShapes=a:1", "--minShapes=b:1"]\n'.replaceAll('"', ''),
      '--minShapes=a:1: --minShapes is given twice for one profile; several need --profile=N before each. It is kept under unknownFlags.',
      '--minShapes=b:1: --minShapes is given twice for one profile; several need --profile=N before each. It is kept under unknownFlags.',
    ],
    [
      '--profile=0 --fp16 --optShapes=a:1',
      'profiles:\n  - a: { opt: [1] }\nfp16: true\n',
      '--optShapes=a:1: --optShapes has to stand right behind its --profile; trtexec refuses it here.',
    ],
    [
      '--profile=1 --optShapes=a:1',
      'unknownFlags: [--profile=1, --optShapes=a:1]\n',
      '--profile=1: Indices count from 0, each once; these are 1. It is kept under unknownFlags.',
      '--optShapes=a:1: Indices count from 0, each once; these are 1. It is kept under unknownFlags.',
    ],
    [
      '--help',
      'unknownFlags: [--help]\n',
      '--help: --help has no key. It prints trtexec’s help and is no setting of a build. It is kept under unknownFlags.',
    ],
    [
      '--heuristic',
      'unknownFlags: [--heuristic]\n',
      '--heuristic: --heuristic has no key. Removed in 10.0. Use builderOptimizationLevel. It is kept under unknownFlags.',
    ],
  ];
  for (const [line, config, ...notes] of told) {
    test(`telling of what is odd: ${line}`, () => assert.deepEqual(from(line), { config, notes }));
  }

  test('long maps get a line for each entry', () => {
    const names = [
      'encoder.layer.0.attention',
      'encoder.layer.1.attention',
      'encoder.layer.2.attention',
      'head',
    ];
    assert.equal(
      from(`--layerPrecisions=${names.map((name) => `${name}:fp16`).join(',')}`).config,
      `layerPrecisions:\n${names.map((name) => `  ${name}: fp16\n`).join('')}`,
    );
  });
});

describe('a config becomes a trtexec line', () => {
  test('for the version that is asked for', () => {
    const config = 'model: a.onnx\nfp16: true\nnoCudaGraph: true\nmaxTactics: 3\nskipInference: true\n';
    assert.deepEqual(to(config, { version: '10.15' }), {
      line: 'trtexec --onnx=a.onnx --fp16 --maxTactics=3 --skipInference',
      notes: [],
    });
    assert.deepEqual(to(config, { version: '10.0' }), {
      line: 'trtexec --onnx=a.onnx --fp16 --skipInference',
      notes: ['warning: `maxTactics` is left out: trtexec 10.0 has no --maxTactics (since 10.4).'],
    });
    assert.deepEqual(to(config, { version: '11.1' }), {
      line: 'trtexec --onnx=a.onnx --noCudaGraph --maxTactics=3 --skipInference',
      notes: [
        'warning: `fp16` is left out: trtexec 11.1 has no --fp16 (removed in 11.0). Instead: stronglyTyped, and a model in the precision that is wanted.',
      ],
    });
  });

  test('says where 11.0 measures otherwise than 10.x', () => {
    const { notes } = to('model: a.onnx\nuseCudaGraph: true\n', { version: '11.0' });
    assert.deepEqual(notes, [
      'information: trtexec 11.0 measures with spin wait (`noSpinWait`), no transfers (`includeDataTransfers`) unless the keys in brackets are set; 10.x does not. Times of both cannot be compared.',
    ]);
    const all = 'model: a.onnx\nnoCudaGraph: true\nnoSpinWait: true\nincludeDataTransfers: true\n';
    assert.deepEqual(to(all, { version: '11.0' }), {
      line: 'trtexec --onnx=a.onnx --noCudaGraph --noSpinWait --includeDataTransfers',
      notes: [],
    });
    assert.deepEqual(to(all, { version: '10.15' }), { line: 'trtexec --onnx=a.onnx', notes: [] });
  });

  test('with types of formats before 11.0, and without from then on', () => {
    const ports = { inputs: [{ name: 'a', type: 'fp16' }, { name: 'b' }] };
    const config = 'model: m.onnx\nskipInference: true\ninputIOFormats: { b: chw4, a: int8:chw32 }\n';
    assert.equal(
      to(config, { ...ports }).line,
      'trtexec --onnx=m.onnx --skipInference --inputIOFormats=int8:chw32,fp32:chw4',
    );
    assert.equal(
      to(config, { ...ports, version: '11.1' }).line,
      'trtexec --onnx=m.onnx --skipInference --inputIOFormats=chw32,chw4',
    );
    assert.match(to(config).notes.join(), /the model is not known/);
  });

  test('with the model and engine of the config where it names none', () => {
    assert.equal(to('refit: true').line, 'trtexec --onnx=detector.onnx --refit');
    const { builds } = resolve('builds: { x: { refit: true } }');
    const [build] = builds;
    assert.ok(build);
    assert.equal(
      trtexecLine(toTrtexec(build, { version: '10.15' })),
      'trtexec --onnx=detector.onnx --refit --saveEngine=detector.x.engine',
    );
  });

  test('with paths relative to where it is run', () => {
    const config = 'model: nets/a.onnx\nengine: /out/a.engine\n';
    assert.equal(
      to(config, { folder: '/models/nets' }).line,
      'trtexec --onnx=a.onnx --saveEngine=/out/a.engine',
    );
    assert.equal(
      to(config, { folder: '/home' }).line,
      'trtexec --onnx=../models/nets/a.onnx --saveEngine=/out/a.engine',
    );
  });

  test('leaving out what trtexec has no way to say', () => {
    assert.deepEqual(
      to('model: a.onnx\nmarkDebug: ["a,b"]\nshapes: { "it\'s": [1], x: [2] }\nstrictNans: true\n'),
      {
        line: 'trtexec --onnx=a.onnx --shapes=x:2',
        notes: [
          'error: `markDebug`: a,b is left out, since trtexec takes no commas or quotes in names and files.',
          "error: `shapes`: it's is left out, since trtexec takes no commas or quotes in names and files.",
          'warning: `strictNans` is left out: trtexec has no flag for it.',
        ],
      },
    );
  });

  test('filling in inputs that give fewer bounds than others of the profile', () => {
    assert.equal(
      to('model: a.onnx\nprofiles: [{ a: { min: [1], opt: [2], max: [3] }, b: { opt: [7] } }]').line,
      'trtexec --onnx=a.onnx --minShapes=a:1,b:7 --optShapes=a:2,b:7 --maxShapes=a:3,b:7',
    );
  });
});

describe('passwords', () => {
  const config =
    'model: a.onnx\nsafe: true\nremoteAutoTuningConfig: ssh://me:geheim@host:22?remote_exec_path=/opt&password=geheim\n';

  test('are shown neither in lines nor in notes', () => {
    const { line, notes } = to(config);
    assert.doesNotMatch(line + notes.join(), /geheim/);
    assert.match(line, /ssh:\/\/me:\*\*\*@host:22\?remote_exec_path=\/opt&password=\*\*\*/);
    assert.match(notes.join(), /password is left out/);
  });

  test('are written where that is asked for', () => {
    assert.match(to(config, { keepSecrets: true }).line, /me:geheim@host/);
  });

  test('do not get from a line into a config, nor do those in flags that are wrong or unknown', () => {
    for (const flag of [
      '--remoteAutoTuningConfig=ssh://me:geheim@host',
      '--remote=ssh://me:geheim@host',
      '--remoteAutoTuningConfig=x --remoteAutoTuningConfig=ssh://me:geheim@host',
    ]) {
      const { config, notes } = from(flag);
      assert.doesNotMatch(config + notes.map((note) => note.replace(/^.*?: /, '')).join(), /geheim/);
      assert.match(config, /ssh:\/\/me:\*\*\*@host/);
    }
  });

  test('are found wherever a URL has them', () => {
    assert.equal(
      redactSecrets('a ssh://u:p@h:1/x and b://u@h?token=t&y=1'),
      'a ssh://u:***@h:1/x and b://u@h?token=***&y=1',
    );
    assert.equal(redactSecrets('ssh://u:p:q@r@h/x'), 'ssh://u:***@h/x');
    assert.equal(redactSecrets('images:1x3@2'), 'images:1x3@2');
  });
});

test('texts are written so that YAML gives them back, in maps and lists on one line, too', () => {
  const texts = [
    'a',
    'a b',
    'a: b',
    'a #b',
    '#a',
    '- a',
    '-',
    '--fp16',
    '[a]',
    '{a}',
    'a, b',
    '"a"',
    "it's",
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    '`a',
    '|',
    '>',
    '?',
    ': ',
    'a:',
    ':a',
    'null',
    '~',
    'true',
    'no',
    '1',
    '0x1',
    '1e3',
    '.5',
    '.inf',
    '',
    ' a',
    'a ',
    'a\nb',
    'a\tb',
    '\u0000',
    '\u2028',
    '\ufeff',
    'ä',
    'C:\\x',
    'a:b',
    'fp16:chw+hwc8',
    '=',
    '<<',
    '---',
    '...',
    '2026-11-23',
    '12:30',
    '50%',
    'a@b',
    '(a)',
    '*',
    'conv*',
  ];
  for (const text of texts) {
    const written = scalarText(text);
    assert.equal(parse(`x: ${written}`).x, text, written);
    assert.deepEqual(parse(`[${written}, { ${written}: ${written} }]`), [text, { [text]: text }], written);
  }
});
