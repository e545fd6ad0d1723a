import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findTrtexecLines, trtexecLineOf } from '../../../../server/src/build-config/trtexec/lines.ts';
import { shellLine } from '../../../../server/src/build-config/trtexec/shells.ts';

const wordsIn = (text: string) => findTrtexecLines(text).map(({ words }) => words.map((word) => word.text));

describe('trtexec lines in shell scripts', () => {
  const cases: readonly (readonly [what: string, text: string, ...words: string[]])[] = [
    ['plain', 'trtexec --onnx=a.onnx --fp16', '--onnx=a.onnx', '--fp16'],
    ['with a path', '/opt/tensorrt/bin/trtexec --onnx=a.onnx', '--onnx=a.onnx'],
    ['with a relative path', './trtexec --onnx=a.onnx', '--onnx=a.onnx'],
    ['with a path in quotes', '"/opt/my trt/trtexec" --onnx=a.onnx', '--onnx=a.onnx'],
    [
      'of Windows',
      'C:\\TensorRT\\bin\\trtexec.exe --onnx=C:\\models\\a.onnx --fp16',
      '--onnx=C:\\models\\a.onnx',
      '--fp16',
    ],
    ['of TensorRT for RTX', 'tensorrt_rtx --onnx=a.onnx', '--onnx=a.onnx'],
    ['behind other commands', 'cd x && CUDA_VISIBLE_DEVICES=1 time trtexec --onnx=a.onnx', '--onnx=a.onnx'],
    ['in a container', 'docker run --gpus all image trtexec --onnx=a.onnx', '--onnx=a.onnx'],
    ['up to the next command', 'trtexec --onnx=a.onnx && echo --done; ls -l', '--onnx=a.onnx'],
    [
      'without redirections',
      'trtexec --onnx=a.onnx > log.txt 2>&1 --fp16 | tee b',
      '--onnx=a.onnx',
      '--fp16',
    ],
    ['without comments', 'trtexec --onnx=a.onnx # --fp16', '--onnx=a.onnx'],
    [
      'continued over lines',
      'trtexec --onnx=a.onnx \\\n  --fp16 \\\r\n\t--int8\nls --all',
      '--onnx=a.onnx',
      '--fp16',
      '--int8',
    ],
    ['continued in a batch file', 'trtexec --onnx=a.onnx ^\r\n  --fp16', '--onnx=a.onnx', '--fp16'],
    ['continued in PowerShell', 'trtexec --onnx=a.onnx `\r\n  --fp16', '--onnx=a.onnx', '--fp16'],
    ['with single quotes', "trtexec '--onnx=a b.onnx' --x='$y'", '--onnx=a b.onnx', '--x=$y'],
    ['with double quotes', 'trtexec --onnx="a \\"b\\".onnx" --x="c"d', '--onnx=a "b".onnx', '--x=cd'],
    [
      'with quotes for trtexec itself',
      `trtexec --shapes="'Input:0':1x3" --shapes=\\'Input:0\\':1x3`,
      "--shapes='Input:0':1x3",
      "--shapes='Input:0':1x3",
    ],
    ['in a substitution', 'time=$(trtexec --onnx=a.onnx --fp16)', '--onnx=a.onnx', '--fp16'],
    ['in a notebook', '!trtexec --onnx=a.onnx \\\n--fp16', '--onnx=a.onnx', '--fp16'],
    ['behind the prompt of Windows', 'C:\\trt>trtexec --onnx=a.onnx', '--onnx=a.onnx'],
    ['called through a variable', '"$TRTEXEC" --onnx=a.onnx', '--onnx=a.onnx'],
    [
      'called through a variable of make',
      '\t$(TRTEXEC) --onnx=$< --saveEngine=$@',
      '--onnx=$<',
      '--saveEngine=$@',
    ],
    [
      'for a shell in a container',
      'docker run image bash -c "cd /w && trtexec --onnx=a.onnx --minShapes=\\"x:1x3\\" --fp16" && ls --all',
      '--onnx=a.onnx',
      '--minShapes=x:1x3',
      '--fp16',
    ],
    [
      'in a string of Python',
      'os.system(f"cd x; trtexec --onnx=a.onnx --device=1")',
      '--onnx=a.onnx',
      '--device=1',
    ],
    [
      'as code in a document',
      "Don't forget `trtexec --onnx=a.onnx --fp16` and --int8.",
      '--onnx=a.onnx',
      '--fp16',
    ],
    ['in a list of strings', 'CMD ["trtexec", "--onnx=a b.onnx", \'--fp16\']', '--onnx=a b.onnx', '--fp16'],
    [
      'in a list of YAML',
      "command: [/bin/trtexec, --onnx=a b.onnx, \"--minShapes=x:1,y:2\", '--x=it''s', --fp16] # why",
      '--onnx=a b.onnx',
      '--minShapes=x:1,y:2',
      "--x=it's",
      '--fp16',
    ],
    [
      'in a list of YAML with dashes',
      'a:\n  command:\n    - trtexec\n    - --onnx=a.onnx # why\n    # none\n\n    - "--fp16"\n  args:\n    - --int8\n',
      '--onnx=a.onnx',
      '--fp16',
    ],
    [
      'in the arguments of a container, whose command is elsewhere',
      'command: ["trtexec"]\nargs:\n- --onnx=a.onnx\n- --minShapes=x:1,y:2\nports: [--fp16]\n',
      '--onnx=a.onnx',
      '--minShapes=x:1,y:2',
    ],
    ['in such arguments between brackets', 'args: [--saveEngine=a, --fp16]', '--saveEngine=a', '--fp16'],
    [
      'in such arguments as JSON',
      '{"args": [\n  "--onnx=a.onnx",\n  "--fp16"\n]}',
      '--onnx=a.onnx',
      '--fp16',
    ],
    ['in dashes alone', '- --onnx=a.onnx\n- --fp16', '--onnx=a.onnx', '--fp16'],
    [
      'with dashes of a document',
      'trtexec \u2013onnx="a.onnx" \u2014fp16',
      '\u2013onnx=a.onnx',
      '\u2014fp16',
    ],
    [
      'folded, as in YAML',
      'run: >-\n  trtexec --onnx=a.onnx\n  --fp16\n  --int8\n\n--x',
      '--onnx=a.onnx',
      '--fp16',
      '--int8',
    ],
    [
      'with a flag commented out',
      'trtexec --onnx=a.onnx \\\n  # --int8 \\\n  --fp16 \\\n  --verbose',
      '--onnx=a.onnx',
      '--fp16',
      '--verbose',
    ],
    ['with a folder of Windows', 'trtexec --tempdir=C:\\models\\ --fp16', '--tempdir=C:\\models\\', '--fp16'],
  ];
  for (const [what, text, ...words] of cases) {
    test(what, () => assert.deepEqual(wordsIn(text), [words]));
  }

  test('are not found in lists of other programs, of a config, and of options in a document', () => {
    for (const text of [
      'args: [--port=80, --verbose]',
      'unknownFlags: [--saveEngine=a]\n',
      'unknownFlags:\n  - --saveEngine=a\n',
      '- --onnx=a.onnx: the model\n- --fp16: half\n',
      '- --onnx=a.onnx The model to read\n- --fp16 Half precision\n',
      '- trtexec\n- other\n',
    ])
      assert.deepEqual(wordsIn(text), [], text);
  });

  test('of lists have the key and the brackets of the list in their place', () => {
    for (const text of [
      'args:\n  - --onnx=a.onnx\n  - --fp16',
      'command: # why\n- trtexec\n- --onnx=a.onnx',
      '[--onnx=a.onnx,\n--fp16,\n]',
      'args: [ --onnx=a.onnx ]',
      'command: [trtexec, --onnx=a.onnx]',
    ])
      assert.deepEqual(
        findTrtexecLines(`x: 1\n${text}\ny: 2\n`).map(({ start, end }) => [start, end]),
        [[5, 5 + text.length]],
        text,
      );
  });

  test('keep variables as they are, and say so', () => {
    const [line] = findTrtexecLines(
      'trtexec --onnx=$MODEL --saveEngine="${OUT}/a.engine" --device=$(id -u) --x=\'$y\' --fp16',
    );
    assert.deepEqual(
      line?.words.map(({ text, hasExpansion }) => [text, hasExpansion]),
      [
        ['--onnx=$MODEL', true],
        ['--saveEngine=${OUT}/a.engine', true],
        ['--device=$(id -u)', true],
        ['--x=$y', false],
        ['--fp16', false],
      ],
    );
  });

  test('keep variables of batch files, makefiles and programs, and say so', () => {
    for (const [text, ...words] of [
      ['trtexec --onnx=%MODEL%.onnx --x=%~dp0\\a', '--onnx=%MODEL%.onnx', '--x=%~dp0\\a'],
      ['trtexec --onnx=$< --x=$^', '--onnx=$<', '--x=$^'],
      ['trtexec --onnx=$env:MODEL', '--onnx=$env:MODEL'],
      ['["trtexec", f"--onnx={model}"]', '--onnx={model}'],
    ] as const) {
      const [line] = findTrtexecLines(text);
      assert.deepEqual(
        line?.words.map((word) => [word.text, word.hasExpansion]),
        words.map((word) => [word, true]),
      );
    }
    const [percent] = findTrtexecLines('trtexec --weightStreamingBudget=50% --onnx=100%');
    assert.deepEqual(
      percent?.words.map(({ hasExpansion }) => hasExpansion),
      [false, false],
    );
  });

  test('of a command in quotes begin at the program', () => {
    const text = 'bash -c "cd /w && trtexec --onnx=a.onnx"';
    assert.deepEqual(
      findTrtexecLines(text).map(({ start, end }) => text.slice(start, end)),
      ['trtexec --onnx=a.onnx'],
    );
  });

  test('are found one after the other, with their places', () => {
    const text = 'echo trtexec\n# trtexec is a tool\ntrtexec --onnx=a.onnx\n\n  trtexec --onnx=b.onnx\n';
    assert.deepEqual(
      findTrtexecLines(text).map(({ start, end }) => text.slice(start, end)),
      ['trtexec --onnx=a.onnx', 'trtexec --onnx=b.onnx'],
    );
  });

  test('may come without the name of the program', () => {
    assert.deepEqual(
      trtexecLineOf('  --onnx=a.onnx \\\n --fp16\n')?.words.map(({ text }) => text),
      ['--onnx=a.onnx', '--fp16'],
    );
    assert.equal(trtexecLineOf('model: a.onnx'), undefined);
    assert.equal(trtexecLineOf('- a\n- b'), undefined);
    assert.equal(trtexecLineOf('--- \nmodel: a'), undefined);
  });

  test('are found in a second in a text of a megabyte', () => {
    for (const text of [
      'trtexec '.repeat(130_000),
      '"'.repeat(1_000_000),
      '\\'.repeat(1_000_000),
      '`trtexec'.repeat(100_000),
      '$('.repeat(500_000),
      '"trtexec \\'.repeat(80_000),
      '"trtexec",'.repeat(80_000),
      'trtexec\n#'.repeat(80_000),
      '- --onnx=a\n'.repeat(80_000),
      '- trtexec\n'.repeat(80_000),
      '[--onnx='.repeat(80_000),
      '[trtexec,'.repeat(80_000),
      `[--onnx=${' a'.repeat(400_000)}`,
      `- --onnx=${' #'.repeat(400_000)}`,
    ]) {
      const start = process.cpuUsage();
      findTrtexecLines(`${text}\ntrtexec --onnx=${text}`);
      assert.ok(
        process.cpuUsage(start).user < 2e6,
        `${text.slice(0, 10)}: ${process.cpuUsage(start).user / 1e6} s`,
      );
    }
  });
});

describe('trtexec lines in logs', () => {
  const log = [
    "&&&& RUNNING TensorRT.trtexec [TensorRT v101500] [b29] # trtexec --onnx=my model.onnx --shapes='in:0':1x3 --fp16",
    '[11/23/2026-10:00:00] [I] === Model Options ===',
    "&&&& PASSED TensorRT.trtexec [TensorRT v101500] [b29] # trtexec --onnx=my model.onnx --shapes='in:0':1x3 --fp16",
  ].join('\n');

  test('have their arguments as the program got them', () => {
    const [running, passed] = findTrtexecLines(log);
    assert.deepEqual(
      running?.words.map(({ text }) => text),
      ['--onnx=my model.onnx', "--shapes='in:0':1x3", '--fp16'],
    );
    assert.deepEqual(
      passed?.words.map(({ text }) => text),
      running?.words.map(({ text }) => text),
    );
  });

  for (const [number, version] of [
    ['101500', '10.15.0'],
    ['110201', '11.2.1'],
    ['8601', '8.6.1'],
  ] as const) {
    test(`say their version: v${number}`, () => {
      const [line] = findTrtexecLines(
        `&&&& RUNNING TensorRT.trtexec [TensorRT v${number}] # /usr/bin/trtexec --onnx=a`,
      );
      assert.equal(line?.version, version);
    });
  }
});

test('a word is quoted so that a shell gives it back', () => {
  for (const word of [
    '--a=b',
    '--a=b c',
    "it's",
    '"',
    '$x',
    '`x`',
    '\\',
    'a*b',
    '',
    '#',
    "--x='a':b",
    'a;b',
    '~',
    'ä',
  ]) {
    const written = shellLine(['trtexec', '--first', word], 'posix');
    const [line] = findTrtexecLines(written);
    assert.equal(line?.words[1]?.text, word, written);
  }
});
