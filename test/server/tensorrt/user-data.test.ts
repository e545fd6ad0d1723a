import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { userDataDirectory } from '../../../server/src/tensorrt/user-data.ts';

describe('the user’s data folder', () => {
  const home = homedir();
  test('follows the XDG base directories on Linux', () => {
    assert.equal(userDataDirectory({ XDG_DATA_HOME: '/data' }, 'linux'), '/data/onnx-tensorrt-tools');
    const usual = path.join(home, '.local', 'share', 'onnx-tensorrt-tools');
    assert.equal(userDataDirectory({}, 'linux'), usual);
    // The specification tells programs to ignore relative paths.
    assert.equal(userDataDirectory({ XDG_DATA_HOME: 'data' }, 'linux'), usual);
  });
  test('is local application data on Windows, Application Support on macOS', () => {
    assert.match(
      userDataDirectory({ LOCALAPPDATA: 'C:\\Users\\me\\Local' }, 'win32'),
      /^C:\\Users\\me\\Local.onnx-tensorrt-tools$/,
    );
    assert.equal(
      userDataDirectory({}, 'darwin'),
      path.join(home, 'Library', 'Application Support', 'onnx-tensorrt-tools'),
    );
  });
});
