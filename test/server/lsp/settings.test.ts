import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultSettings, readSettings } from '../../../server/src/lsp/settings.ts';

describe('settings', () => {
  test('are all optional', () => {
    for (const section of [undefined, null, {}, { check: null }, 'nonsense']) {
      assert.deepEqual(readSettings(section), { settings: defaultSettings, problems: [] });
    }
  });

  test('are taken over; seconds become milliseconds', () => {
    const { settings, problems } = readSettings({
      runtime: ' tensorrt-11.2.1 ',
      libraryFolders: ['/opt/tensorrt'],
      check: {
        automatically: false,
        delay: 0,
        timeout: 5,
        parserFlags: ['kNATIVE_INSTANCENORM'],
        plugins: ['a.so'],
      },
      text: { maximumInlineElements: 4 },
      inlayHints: { types: false, attributeDefaults: true },
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(settings, {
      runtime: 'tensorrt-11.2.1',
      libraryFolders: ['/opt/tensorrt'],
      pythonPath: '',
      checkAutomatically: false,
      checkDelay: 0,
      checkTimeout: 5000,
      parserFlags: ['kNATIVE_INSTANCENORM'],
      plugins: ['a.so'],
      maximumInlineElements: 4,
      inlayHintsTypes: false,
      inlayHintsAttributeDefaults: true,
    });
  });

  test('of the wrong kind are replaced by the default, each with a sentence', () => {
    const { settings, problems } = readSettings({
      runtime: 11,
      check: { delay: -1, timeout: 1.5 },
      text: { maximumInlineElements: 'many' },
    });
    assert.deepEqual(settings, defaultSettings);
    assert.deepEqual(problems, [
      'The setting tensorrt.runtime is 11; it has to be the id of a runtime, or a folder. Used instead: "".',
      'The setting tensorrt.check.delay is -1; it has to be a whole number of milliseconds from 0 to 60000. Used instead: 300.',
      'The setting tensorrt.check.timeout is 1.5; it has to be a whole number of seconds, 1 or more. Used instead: 120.',
      'The setting tensorrt.text.maximumInlineElements is "many"; it has to be a whole number from 0 to 65536. Used instead: 16.',
    ]);
  });
});
