/** Every code that turning text into a model can report, with what it means. Codes are stable: settings, tests and documentation name them. */
export const modelProblems = {
  'onnx.value-out-of-range': 'An element is no value of its type.',
  'onnx.tensor.bool-value': 'An element of a bool tensor is neither 0 nor 1.',
  'onnx.tensor.element-count': 'A tensor has more or fewer elements than its dimensions say.',
  'onnx.reference.missing-file': 'The file that a reference points into is not there or cannot be read.',
  'onnx.reference.stale': 'The file of a reference has changed since the text was printed.',
  'onnx.reference.length-mismatch':
    'The length of a reference does not fit the type and dimensions of its tensor.',
  'onnx.reference.invalid': 'A reference lacks an entry, or an entry has no meaning.',
  'onnx.annotation.unknown': 'There is no such annotation, or none on this construct.',
  'onnx.annotation.invalid': 'The value of an annotation has not the form that its key asks for.',
  'onnx.annotation.outdated':
    'An annotation describes a value that has been edited since, and no longer counts.',
} as const;

export type ModelProblemCode = keyof typeof modelProblems;

/** Problems that make the model something else than what the text shows, so that it must not be saved over its file. */
export function isReferenceProblem(code: string): boolean {
  return code.startsWith('onnx.reference.');
}
