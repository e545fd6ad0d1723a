import type { KeyTable } from './key.ts';

/** Comparing results with a reference. */
export const accuracyKeys = {
  loadRefOutputs: {
    group: 'accuracy',
    role: 'inference',
    value: { kind: 'pathByName' },
    since: '11.1',
    rtx: 'no',
    doc: 'Files with the outputs that a reference computed from `loadInputs`, by output. Needs `accuracyThreshold`.',
  },
  refPairs: {
    group: 'accuracy',
    role: 'inference',
    value: { kind: 'refPairs' },
    flags: ['--refPair'],
    since: '11.1',
    rtx: 'no',
    doc: 'Several sets of inputs with their reference outputs, at least two: `- { loadInputs: { x: x0.dat }, loadRefOutputs: { y: y0.dat } }`.',
  },
  accuracyAlgorithm: {
    group: 'accuracy',
    role: 'inference',
    value: {
      kind: 'choice',
      choices: [
        { name: 'l0', doc: 'The part of elements beyond `atol` and `rtol`.' },
        { name: 'l1', doc: 'The mean absolute error.' },
        { name: 'l2', doc: 'The mean squared error.' },
        { name: 'lInf', doc: 'The greatest absolute error.' },
        { name: 'cos', doc: '1 - the cosine similarity.' },
      ],
    },
    since: '11.1',
    rtx: 'no',
    doc: 'How the distance from the reference is computed; 0 is a perfect match.',
    default: '`l0`',
  },
  accuracyThreshold: {
    group: 'accuracy',
    role: 'inference',
    value: { kind: 'number', min: 0 },
    since: '11.1',
    rtx: 'no',
    doc: 'The greatest distance from the reference that passes; greater than 0.',
  },
  atol: {
    group: 'accuracy',
    role: 'inference',
    value: { kind: 'number', min: 0 },
    since: '11.1',
    rtx: 'no',
    doc: 'The absolute tolerance of `accuracyAlgorithm: l0`.',
    default: '1e-5',
  },
  rtol: {
    group: 'accuracy',
    role: 'inference',
    value: { kind: 'number', min: 0 },
    since: '11.1',
    rtx: 'no',
    doc: 'The relative tolerance of `accuracyAlgorithm: l0`.',
    default: '1e-5',
  },
} as const satisfies KeyTable;
