import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  configKeyNames,
  flagsOf,
  foreignFlags,
  keyDefinitions,
  keyOfFlag,
} from '../../../../server/src/build-config/flags/index.ts';
import {
  type Availability,
  compareVersions,
  isAvailable,
} from '../../../../server/src/build-config/versions.ts';
import { flagFacts } from '../trtexec-flags.ts';

const versions = [
  ...['8.6.1', '9.3', '10.0.1', '10.1', '10.2', '10.3', '10.4', '10.5', '10.6', '10.7', '10.8', '10.9'],
  ...['10.10', '10.11', '10.12', '10.13', '10.14', '10.15', '10.16', '11.0', '11.1'],
].filter((version) => compareVersions(version, '10.0') >= 0);

/** What the notes of the facts say beyond first and last version. */
const missing: Readonly<Record<string, (version: string) => boolean>> = {
  '--consistency': (version) =>
    compareVersions(version, '10.4') >= 0 && compareVersions(version, '10.13') < 0,
  '--safetyPlugins': (version) => compareVersions(version, '10.15') === 0,
};

/** Deprecated spellings whose own lifetime is shorter than that of their key. */
const shorterLived = new Set(['--weightless', '--buildOnly']);

describe('the table of flags', () => {
  test('covers every flag of trtexec from 8.6 to 11.1', () => {
    assert.equal(flagFacts.length, 163);
    for (const { flag } of flagFacts) {
      const known = keyOfFlag(flag) ?? foreignFlags.find((foreign) => foreign.flag === flag);
      assert.ok(known, `${flag} is not in the table`);
    }
  });

  test('has no flag that trtexec never had', () => {
    const known = new Set(flagFacts.map(({ flag }) => flag));
    for (const flag of [...configKeyNames.flatMap(flagsOf), ...foreignFlags.map(({ flag }) => flag)])
      assert.ok(known.has(flag), flag);
  });

  test('has no flag twice', () => {
    const flags = configKeyNames.flatMap(flagsOf);
    assert.equal(new Set(flags).size, flags.length);
  });

  for (const { flag, since, last } of flagFacts) {
    if (shorterLived.has(flag)) continue;
    test(`${flag} is there from ${since ?? 'the beginning'} to ${last ?? 'now'}`, () => {
      const key = keyOfFlag(flag);
      const known: Availability | undefined = key
        ? keyDefinitions[key]
        : foreignFlags.find((foreign) => foreign.flag === flag);
      assert.ok(known);
      for (const version of versions) {
        const expected =
          (since === undefined || compareVersions(version, since) >= 0) &&
          (last === undefined || compareVersions(version, `${last}.9`) <= 0) &&
          !missing[flag]?.(version);
        assert.equal(isAvailable(known, version), expected, `in ${version}`);
      }
    });
  }

  test('knows which flags take no value', () => {
    for (const { flag, value } of flagFacts) {
      const key = keyOfFlag(flag);
      if (!key) continue;
      const isBoolean = keyDefinitions[key].value.kind === 'boolean';
      assert.equal(isBoolean, value.startsWith('bool') || value === '', flag);
    }
  });

  test('documents every key', () => {
    for (const key of configKeyNames) {
      const { doc } = keyDefinitions[key];
      assert.match(doc, /^[A-Z0-9].{20,}\.$/s, key);
    }
  });
});

describe('versions', () => {
  test('are compared by number', () => {
    assert.ok(compareVersions('10.9', '10.10') < 0);
    assert.ok(compareVersions('10.15.1', '10.15') > 0);
    assert.equal(compareVersions('11', '11.0.0'), 0);
  });
  test('that are none are refused', () => {
    assert.throws(() => compareVersions('ten', '10.0'), /no version of TensorRT/);
  });
});
