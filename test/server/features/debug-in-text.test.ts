import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { TextEdit } from 'vscode-languageserver-types';
import { parseBuildConfig } from '../../../server/src/build-config/parse.ts';
import { type DebugCapture, readCapture, writeCapture } from '../../../server/src/engine/debug/capture.ts';
import { markDebugEdits, markUnfusedEdits } from '../../../server/src/features/build-config/mark-debug.ts';
import { debugActions } from '../../../server/src/features/debug-actions.ts';
import { debugCodes, debugMarks } from '../../../server/src/features/debug-marks.ts';
import { createDocument } from '../../../server/src/features/document.ts';

const text = `<ir_version: 8, opset_import: ["" : 17]>
g (float[4] x) => (float[4] y) {
  [first] h = Relu (x)
  [second] y = Neg (h)
}`;
const document = createDocument('file:///net.onnxtxt', 0, text);

const capture: DebugCapture = {
  format: 'onnx-tensorrt-tools debug tensors',
  formatVersion: 1,
  engine: { path: '/net.engine', runtime: 'TensorRT 10.6.0', device: 'NVIDIA H200' },
  reference: { name: 'ONNX Runtime 1.30.0' },
  captured: '2026-01-01T00:00:00.000Z',
  precision: 'tf32',
  inputs: [],
  tensors: [],
  findings: [
    {
      kind: 'divergence',
      tensor: 'y',
      node: { name: 'second', operator: 'Neg' },
      rightBefore: ['h'],
      suspects: ['second'],
      followers: [],
    },
    { kind: 'not-finite', side: 'engine', tensor: 'elsewhere', rightBefore: [], suspects: [], followers: [] },
  ],
  notes: [],
};

describe('captured values in the text of a model', () => {
  test('the first value that goes wrong is marked where its node writes it, with what is right before it', () => {
    const [mark, ...others] = debugMarks(document, capture);
    assert.deepEqual(others, [], 'a value of another model is left out');
    assert.deepEqual(mark?.range, { start: { line: 3, character: 11 }, end: { line: 3, character: 12 } });
    assert.equal(mark?.code, 'debug.divergence');
    assert.match(
      mark?.message ?? '',
      /^First divergence of TensorRT 10\.6\.0 from ONNX Runtime 1\.30\.0: node second \(Neg\)/,
    );
    assert.deepEqual(mark?.related, [
      {
        location: {
          uri: 'file:///net.onnxtxt',
          range: { start: { line: 2, character: 10 }, end: { line: 2, character: 11 } },
        },
        message: 'h agrees.',
      },
    ]);
  });

  test('each code has a page', () => {
    for (const code of debugCodes) {
      const page = readFileSync(new URL(`../../../docs/diagnostics/${code}.md`, import.meta.url), 'utf8');
      assert.ok(page.startsWith(`# ${code}\n`));
    }
  });

  test('a capture with NaN is read as it was written, other JSON is refused', () => {
    const first = { index: [0], value: Number.NaN, reference: Number.POSITIVE_INFINITY };
    const comparison = {
      verdict: 'differs',
      tolerance: { relative: 0, absolute: 0 },
      count: 1,
      differing: 1,
      notFinite: 1,
      greatestAbsolute: 0,
      greatestRelative: 0,
      meanAbsolute: 0,
      first,
    } as const;
    const tensors = [{ name: 'value', isOutput: false, comparison }];
    assert.deepEqual(readCapture(writeCapture({ ...capture, tensors })), { ...capture, tensors });
    assert.throws(() => readCapture('{"layers": []}'), /This is no index of captured debug tensors/);
    assert.throws(() => readCapture('no'), /This is no JSON/);
    assert.throws(() => readCapture('{}\n'), /did not come to its end\. Run it again\./);
  });
});

describe('actions at a value', () => {
  const at = (line: number, character: number, only?: string[]) =>
    debugActions(document, { start: { line, character }, end: { line, character } }, only ? { only } : {});

  test('on a value that a node computes, where it is written and where it is read', () => {
    for (const [line, character] of [
      [2, 10],
      [3, 20],
    ] as const) {
      assert.deepEqual(
        at(line, character).map(({ title, command }) => [title, command?.command, command?.arguments]),
        [
          ['Show values of "h" at run time', 'tensorrt.debugTensors', ['file:///net.onnxtxt', ['h']]],
          ['Mark "h" as debug tensor', 'tensorrt.markDebugTensor', ['file:///net.onnxtxt', ['h']]],
          [
            'Mark all unfused tensors as debug tensors',
            'tensorrt.markDebugTensor',
            ['file:///net.onnxtxt', 'unfused'],
          ],
        ],
      );
    }
  });

  test('not on inputs, operators and where other kinds are asked for', () => {
    assert.deepEqual(at(2, 20), [], 'the input');
    assert.deepEqual(at(2, 15), [], 'the operator');
    assert.deepEqual(at(2, 10, ['quickfix']), []);
    assert.equal(at(2, 10, ['tensorrt']).length, 3);
  });
});

describe('values inside of functions', () => {
  const text = `<ir_version: 10, opset_import: ["" : 17, "pkg" : 1]>
g (float[2] x) => (float[2] y) {
  [one] h = pkg.Outer (x)
  [two] y = pkg.Outer (h)
}
<domain: "pkg", opset_import: ["" : 17, "pkg" : 1]>
Outer (a) => (b) {
  [call] c = pkg.Inner (a)
  [neg] b = Neg (c)
}
<domain: "pkg", opset_import: ["" : 17]>
Inner (a) => (b) {
  [log] l = Log (a)
  [exp] b = Exp (l)
}
<domain: "pkg", opset_import: ["" : 17]>
Unused (a) => (b) { u = Log (a) b = Exp (u) }
`;
  const calls = createDocument('file:///calls.onnxtxt', 0, text);

  test('are marked in the body, with the calls that lead there', () => {
    const finding = {
      kind: 'divergence',
      tensor: 'two/call/l',
      rightBefore: ['h'],
      suspects: [],
      followers: ['two/c', 'y'],
    } as const;
    const [mark] = debugMarks(calls, { ...capture, findings: [finding] });
    assert.deepEqual(mark?.range, {
      start: { line: 12, character: 8 },
      end: { line: 12, character: 9 },
    });
    assert.deepEqual(
      mark?.related.map(({ location, message }) => [message, location.range.start.line]),
      [
        ['Called by call', 7],
        ['Called by two', 3],
        ['h agrees.', 2],
        ['two/c follows from it.', 7],
        ['y follows from it.', 3],
      ],
    );
    assert.deepEqual(
      debugMarks(calls, { ...capture, findings: [{ ...finding, tensor: 'two/call/no' }] }),
      [],
    );
  });

  test('an output of a call is marked where the function writes it', () => {
    const marksOf = (tensor: string, name: string) =>
      debugMarks(calls, {
        ...capture,
        findings: [
          {
            kind: 'divergence',
            tensor,
            node: { name, operator: 'Neg' },
            rightBefore: [],
            suspects: [],
            followers: [],
          },
        ],
      }).map(({ range, related }) => [range.start.line, related.map(({ message }) => message)]);
    assert.deepEqual(marksOf('y', 'two/neg'), [[8, ['Called by two']]]);
    assert.deepEqual(marksOf('two/c', 'two/call/exp'), [[13, ['Called by call', 'Called by two']]]);
    // A function that was not looked into.
    assert.deepEqual(marksOf('y', 'two'), [[3, []]]);
    assert.deepEqual(marksOf('two/c', 'two/call'), [[7, ['Called by two']]]);
  });

  test('have actions that take all their calls', () => {
    const at = (line: number, character: number) =>
      debugActions(calls, { start: { line, character }, end: { line, character } }, {}).map(
        ({ title, command }) => [title, command?.arguments?.[1]],
      );
    assert.deepEqual(at(12, 8), [
      ['Show values of "l" at run time, in both calls', ['one/call/l', 'two/call/l']],
    ]);
    assert.deepEqual(
      at(13, 8),
      [['Show values of "b" at run time, in both calls', ['one/c', 'two/c']]],
      'an output of the function',
    );
    assert.deepEqual(at(8, 8), [['Show values of "b" at run time, in both calls', ['h', 'y']]]);
    assert.deepEqual(at(16, 23), [], 'nothing calls it');
  });
});

describe('marking tensors in a build config', () => {
  function marked(config: string, ...names: string[]): string {
    return edited(config, markDebugEdits(parseBuildConfig(config, '/net.trt.yaml'), names));
  }
  function edited(config: string, edits: readonly TextEdit[]): string {
    const lines = config.split('\n');
    const offset = ({ line, character }: { line: number; character: number }) =>
      lines.slice(0, line).reduce((sum, before) => sum + before.length + 1, 0) + character;
    return edits
      .toReversed()
      .reduce(
        (all, { range, newText }) =>
          all.slice(0, offset(range.start)) + newText + all.slice(offset(range.end)),
        config,
      );
  }

  test('a list is made at the end, or goes on in its own style', () => {
    assert.equal(marked('model: net.onnx\n', 'a', 'b'), 'model: net.onnx\nmarkDebug: [a, b]\n');
    assert.equal(marked('model: net.onnx', 'a'), 'model: net.onnx\nmarkDebug: [a]\n');
    assert.equal(marked('markDebug: [a, b]\nfp16: true\n', 'b', 'c'), 'markDebug: [a, b, c]\nfp16: true\n');
    assert.equal(marked('markDebug:\n  - a\n  - b # why\n', 'c'), 'markDebug:\n  - a\n  - b\n  - c # why\n');
    assert.equal(marked('markDebug: []\n', 'c'), 'markDebug: [c]\n');
    assert.equal(marked('markDebug: a\n', 'c'), 'markDebug: [a, c]\n');
  });

  test('what is marked already stays as it is; names are quoted where YAML needs it', () => {
    assert.equal(marked('markDebug: [a]\n', 'a'), 'markDebug: [a]\n');
    assert.equal(marked('markDebug: [a]\n', '123'), 'markDebug: [a, "123"]\n');
  });

  test('what fusions leave', () => {
    const unfused = (config: string) =>
      edited(config, markUnfusedEdits(parseBuildConfig(config, '/net.trt.yaml')));
    const marks = 'markUnfusedTensorsAsDebugTensors: true\n';
    assert.equal(unfused('model: net.onnx\n'), `model: net.onnx\n${marks}`);
    assert.equal(unfused(marks), marks);
    assert.equal(unfused(marks.replace('true', 'false')), marks);
    assert.throws(
      () => unfused('{ model: net.onnx }\n'),
      /in braces\. Add `markUnfusedTensorsAsDebugTensors` to it by hand\./,
    );
  });
});
