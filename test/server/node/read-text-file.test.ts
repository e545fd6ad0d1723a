import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readTextFile } from '../../../server/src/node/read-text-file.ts';
import { temporaryFolder } from '../tensorrt/support/folders.ts';

test('texts are read in UTF-8 and, as Windows PowerShell writes them, in UTF-16', (context) => {
  const file = path.join(temporaryFolder(context), 'a.trt.yaml');
  const text = 'model: größe.onnx\r\n';
  const littleEndian = Buffer.from(`\u{feff}${text}`, 'utf16le');
  for (const bytes of [
    Buffer.from(text),
    Buffer.from(`\u{feff}${text}`),
    littleEndian,
    Buffer.from(littleEndian).swap16(),
  ]) {
    writeFileSync(file, bytes);
    assert.equal(readTextFile(file), text);
  }
});
