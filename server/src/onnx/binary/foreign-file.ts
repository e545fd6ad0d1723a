/** Names what a file is that is no ONNX model, by its first bytes. */
import type { ByteSource } from '../model/file-access.ts';
import { strictUtf8 } from '../model/utf8.ts';

/** How much of the file is looked at, in bytes. */
const headBytes = 1024;

/** Completes "This is not an ONNX model: …", or undefined where the file is of no known kind. */
export function describeForeignFile(source: ByteSource): string | undefined {
  const head = source.read(0, Math.min(headBytes, source.size));
  // Each byte one character, so that signatures can be written as strings.
  const latin = Array.from(head, (byte) => String.fromCharCode(byte)).join('');
  return describeBinary(latin) ?? describeText(head, source.size);
}

function describeBinary(head: string): string | undefined {
  for (const [signature, description, offset = 0] of signatures) {
    if (head.startsWith(signature, offset)) return description;
  }
  if (head.startsWith('PK\x03\x04')) {
    return /(^|\/)(data\.pkl|constants\.pkl|version)/.test(head.slice(30))
      ? 'it is a PyTorch file (a ZIP archive with pickled data). Export it with torch.onnx.export.'
      : 'it is a ZIP archive. Unpack it first.';
  }
  // PROTO, then the version of the pickle protocol.
  if (head.startsWith('\x80') && '\x02\x03\x04\x05'.includes(head.charAt(1))) {
    return 'it is a Python pickle, as older PyTorch checkpoints are. Export the model with torch.onnx.export.';
  }
  // Eight bytes of length, then a JSON object.
  if (/^.{5}\0\0\0\{"/s.test(head)) return 'it is a safetensors file, which has weights and no graph.';
  return undefined;
}

/** First match wins: signature, description, offset of the signature. */
const signatures: readonly (readonly [string, string, number?])[] = [
  ['ftrt', 'it is a TensorRT engine (plan file). TensorRT has built it from a model already.'],
  [
    'vtrt',
    'it is a TensorRT for RTX engine (plan file). TensorRT for RTX has built it from a model already.',
  ],
  ['TFL3', 'it is a TensorFlow Lite model. Convert it with tf2onnx.', 4],
  ['ORTM', "it is a model in ONNX Runtime's own format (.ort). Use the .onnx file that it was made from.", 4],
  ['GGUF', 'it is a GGUF file, which has weights and no graph.'],
  ['\x89HDF', 'it is an HDF5 file, as Keras saves models. Convert the model with tf2onnx.'],
  ['\x93NUMPY', 'it is a NumPy array.'],
  ['\x1f\x8b', 'it is compressed with gzip. Unpack it first.'],
  ['\x28\xb5\x2f\xfd', 'it is compressed with Zstandard. Unpack it first.'],
  ['\xfd7zXZ\0', 'it is compressed with xz. Unpack it first.'],
  ['7z\xbc\xaf\x27\x1c', 'it is a 7-Zip archive. Unpack it first.'],
  ['BZh', 'it is compressed with bzip2. Unpack it first.'],
  ['\x7fELF', 'it is a program or a shared library.'],
  ['MZ', 'it is a Windows program or library.'],
  ['%PDF', 'it is a PDF document.'],
  ['\x89PNG', 'it is a picture.'],
];

function describeText(head: Uint8Array, size: number): string | undefined {
  // The head may end inside a character of up to four bytes.
  const text = strictUtf8(head) ?? (size > head.length ? longestText(head) : undefined);
  // Control characters other than white space are no text.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what this looks for.
  if (text === undefined || /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text)) return undefined;
  const start = text.trimStart();
  if (start.startsWith('version https://git-lfs.github.com/spec/')) {
    return 'it is a Git LFS pointer; the model itself has not been downloaded. Run `git lfs pull`.';
  }
  if (looksLikeOnnxText(text)) {
    return 'it is a model in ONNX text form. Give it a name that ends in .onnxtxt.';
  }
  if (/^(ir_version|producer_name|opset_import|graph)\s*[:{]/.test(start)) {
    return "it is a model in protobuf's text format. Convert it to binary with the onnx package.";
  }
  if (/^(<!doctype html|<html)/i.test(start)) {
    return 'it is a web page; a download may have saved an error page in its place.';
  }
  if (start.startsWith('<?xml') || start.startsWith('<net ')) {
    return 'it is an XML file, as OpenVINO describes models.';
  }
  if (/^\{\s*"(irVersion|ir_version|opsetImport|graph|producerName)"/.test(start)) {
    return 'it is a model as JSON. Convert it to binary with the onnx package.';
  }
  if (/^[{[]/.test(start)) return 'it is a JSON file.';
  return 'it is a text file.';
}

/** Whether a text begins as printed models do: comments, then a header. */
export function looksLikeOnnxText(text: string): boolean {
  return /^(?:\s|#.*\n)*<\s*(?:ir_version|opset_import|producer_name|>)/.test(text);
}

function longestText(head: Uint8Array): string | undefined {
  for (let cut = 1; cut <= 3; cut++) {
    const text = strictUtf8(head.subarray(0, head.length - cut));
    if (text !== undefined) return text;
  }
  return undefined;
}
