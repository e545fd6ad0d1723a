import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import {
  type Shell,
  shellLine,
  shellNotes,
  shellOfPlatform,
  shellOfProgram,
} from '../../../../server/src/build-config/trtexec/shells.ts';
import { argumentsInCmd, argumentsInPowershell, argumentsOfCommandLine } from './windows-shells.ts';

const variables = { PATH: 'C:\\Windows', USERNAME: 'somebody' };
const samples: readonly string[][] = [
  ['--onnx=a.onnx', '--fp16', '--memPoolSize=workspace:4G', '--builderOptimizationLevel=4'],
  ['--onnx=C:\\my models\\a.onnx', '--saveEngine=C:\\out\\', '--x=C:\\my out\\'],
  [
    '--minShapes=images:1x3x32x32,tokens:1x8',
    '--weightStreamingBudget=50%',
    '--inputIOFormats=fp16:chw16+hwc8',
  ],
  ["--onnx=it's a model.onnx", '--layerPrecisions=*:fp16', '--x=a’b‘c'],
  ['--layerPrecisions="a b":fp16', '--markDebug=a"b', '--next=1', '--y=a\\"b c\\\\"', '--z=\\\\"'],
  ['--tuneBuildRoutes=-knob=[a|b|c] -other=<1>', '--x=a&b', '--y=(a)^!;$HOME`x`#{}', '-h', '1'],
  ['--x=%PATH%', '--y=50% of %USERNAME% & "more"', '--z=%'],
  ['', 'a b\\', '--x= ', '--y="', '@x', '--% ', '"&|%PATH%|&"'],
];

/** Words that are as bad as can be, the same in each run. */
function* wordsAtRandom(): Generator<string[]> {
  const characters = [
    'a',
    '1',
    ' ',
    '"',
    "'",
    '\\',
    '%',
    '^',
    '&',
    '|',
    ',',
    '=',
    ':',
    '-',
    '’',
    '(',
    '<',
    '$',
    '`',
    '!',
  ];
  let state = 7;
  const next = (below: number) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  for (let count = 0; count < 3000; count++) {
    yield Array.from({ length: 1 + next(3) }, () =>
      Array.from({ length: next(9) }, () => characters[next(characters.length)]).join(''),
    );
  }
}

const all = [...samples, ...wordsAtRandom()];
const line = (args: readonly string[], shell: Shell) => shellLine(['trtexec', ...args], shell);

describe('trtexec lines for shells', () => {
  test('sh gives the arguments back', () => {
    const lines = all.map((args) => line(args, 'posix').replace(/^trtexec/, 'show')).join('\n');
    const script = `show() { printf '%s\\036' "$#" "$@"; printf '\\035'; }\n${lines}\n`;
    const runs = execFileSync('sh', { input: script, encoding: 'utf8', maxBuffer: 2 ** 26 })
      .split('\x1d')
      .slice(0, -1);
    assert.deepEqual(
      runs.map((run) => run.split('\x1e').slice(1, -1)),
      all,
    );
  });

  test('cmd does, by its documented rules and those of CommandLineToArgvW', () => {
    for (const args of all) {
      assert.deepEqual(argumentsInCmd(line(args, 'cmd'), variables), args, line(args, 'cmd'));
    }
  });

  for (const version of ['5.1', '7.3'] as const) {
    test(`PowerShell ${version} does, by its documented rules`, () => {
      let count = 0;
      for (const args of all) {
        if (shellNotes(args, 'powershell').length > 0) continue;
        count++;
        const text = line(args, 'powershell');
        assert.deepEqual(argumentsInPowershell(text, version, variables), args, text);
      }
      assert.ok(count > all.length * 0.8, `${count} of ${all.length}`);
      const plain = ['--x=%PATH%', "--y=it's"];
      assert.deepEqual(argumentsInPowershell(line(plain, 'powershell'), version, variables), plain);
    });
  }

  test('what a shell may change is told', () => {
    assert.deepEqual(shellNotes(['--x=50%', '--y="%A%|"', 'a\nb'], 'posix'), []);
    assert.deepEqual(shellNotes(['--x=50%'], 'cmd'), ['In a batch file, write each % twice.']);
    assert.deepEqual(shellNotes(['--x=50%', '--y=%PATH% | &'], 'powershell'), []);
    assert.match(shellNotes(['--y=%PATH%"'], 'powershell').join(), /behind --%/);
    assert.match(shellNotes(['--y="|'], 'powershell').join(), /behind --%/);
    assert.match(shellNotes(['a\nb'], 'cmd').join(), /several lines/);
  });

  test('are written as a person would', () => {
    const args = [
      '--onnx=C:\\my models\\a.onnx',
      '--shapes=x:1,y:2',
      '--fp16',
      '--weightStreamingBudget=50%',
    ];
    assert.equal(
      line(args, 'cmd'),
      'trtexec "--onnx=C:\\my models\\a.onnx" --shapes=x:1,y:2 --fp16 --weightStreamingBudget=50%',
    );
    assert.equal(
      line(args, 'powershell'),
      "trtexec '--onnx=C:\\my models\\a.onnx' '--shapes=x:1,y:2' --fp16 '--weightStreamingBudget=50%'",
    );
    assert.equal(line(['--a=1', '--b=x"y', '--c=z'], 'powershell'), 'trtexec --a=1 --% "--b=x\\"y" --c=z');
    assert.equal(line(['--b=x"y & z'], 'cmd'), 'trtexec ^"--b=x\\^"y ^& z^"');
  });

  test('the rules that stand in for Windows are those of Microsoft’s examples', () => {
    const examples: readonly (readonly [string, string[]])[] = [
      ['"abc" d e', ['abc', 'd', 'e']],
      ['a\\\\b d"e f"g h', ['a\\\\b', 'de fg', 'h']],
      ['a\\\\\\"b c d', ['a\\"b', 'c', 'd']],
      ['a\\\\\\\\"b c" d e', ['a\\\\b c', 'd', 'e']],
    ];
    for (const [text, args] of examples) assert.deepEqual(argumentsOfCommandLine(text), args);
    assert.deepEqual(argumentsInCmd('x "%PATH%"', variables), ['C:\\Windows']);
    assert.throws(() => argumentsInCmd('x a&b', variables), /operator/);
  });

  test('shells are known by their programs, and by the system', () => {
    assert.deepEqual(
      [
        '/bin/zsh',
        'C:\\Windows\\System32\\cmd.exe',
        '/usr/bin/pwsh',
        'C:\\…\\PowerShell.exe',
        'C:\\Git\\bash.exe',
        '',
      ].map(shellOfProgram),
      ['posix', 'cmd', 'powershell', 'powershell', 'posix', 'posix'],
    );
    assert.deepEqual(['win32', 'linux', 'darwin'].map(shellOfPlatform), ['powershell', 'posix', 'posix']);
  });
});
