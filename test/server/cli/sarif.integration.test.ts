import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import type { Location, Log } from 'sarif';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';
import { runCommand } from './run-command.ts';

const model = path.join('examples', 'nested-functions.onnxtxt');

describe('check --format sarif', () => {
  let log: Log;
  before(async () => {
    const runtimes = ['tensorrt-rtx-1.7.1', 'tensorrt-11.2'].flatMap((name) => ['-r', testLibraries(name)]);
    const { code, stdout } = await runCommand(
      'check',
      model,
      'missing.onnx',
      ...runtimes,
      '--format',
      'sarif',
    );
    assert.equal(code, 2);
    log = JSON.parse(stdout);
  });

  test('is valid SARIF 2.1.0', () => {
    const file = createRequire(import.meta.url).resolve(
      '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
    );
    // One of the schema's patterns is wrong where regular expressions are of Unicode.
    const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
    addFormats(ajv);
    const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')));
    assert.ok(validate(log), JSON.stringify(validate.errors, undefined, 2));
    assert.equal(validate({ ...log, runs: [{}] }), false, 'the schema refuses what is wrong');
  });

  test('has a run for each runtime, which says which it is, and one of ONNX’s rules', () => {
    assert.deepEqual(
      log.runs.map(({ automationDetails, tool, results }) => [
        automationDetails?.id,
        tool.extensions?.map(({ name, version }) => `${name} ${version}`),
        results?.length,
      ]),
      [
        ['tensorrt-rtx-1.7.1/', ['TensorRT-RTX 1.7.1'], 4],
        ['tensorrt-11.2.1/', ['TensorRT 11.2.1'], 4],
        // A shape that is declared wrong, and a domain that is not imported: no business of TensorRT's.
        ['onnx/', undefined, 2],
      ],
    );
  });

  test('has the call stack of each result, innermost first, and as related locations', () => {
    const [first] = log.runs[0]?.results ?? [];
    const place = (location: Location | undefined) =>
      `${location?.physicalLocation?.region?.startLine}:${location?.physicalLocation?.region?.startColumn}`;
    assert.equal(first?.ruleId, 'trt.unsupported-node');
    assert.equal(place(first?.locations?.[0]), '12:24');
    assert.deepEqual(
      first?.stacks?.[0]?.frames.map(({ location }) => `${place(location)} ${location?.message?.text}`),
      ['12:24 Bernoulli', '10:43 node_of_y (inner)', '5:13 node_of_b (outer)'],
    );
    assert.deepEqual(
      first?.relatedLocations?.map((location) => place(location)),
      ['5:13', '10:43'],
    );
    assert.equal(
      first?.locations?.[0]?.physicalLocation?.artifactLocation?.uri,
      'examples/nested-functions.onnxtxt',
    );
    assert.equal(
      first?.locations?.[0]?.logicalLocations?.[0]?.fullyQualifiedName,
      'node_of_b (outer)/node_of_y (inner)/t',
    );
  });

  test('says what could not be checked', () => {
    const [invocation] = log.runs[0]?.invocations ?? [];
    assert.equal(invocation?.executionSuccessful, false);
    assert.match(
      invocation?.toolExecutionNotifications?.[0]?.message.text ?? '',
      /missing\.onnx does not exist/,
    );
  });

  test('names absolute files by URI', async () => {
    const absolute = path.resolve(model);
    const runtime = testLibraries('tensorrt-rtx-1.7.1');
    const { stdout } = await runCommand('check', absolute, '-r', runtime, '--format', 'sarif');
    const [artifact] = (JSON.parse(stdout) as Log).runs[0]?.artifacts ?? [];
    assert.equal(artifact?.location?.uri, pathToFileURL(absolute).href);
  });
});
