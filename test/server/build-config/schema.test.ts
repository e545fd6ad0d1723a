import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { configSchema } from '../../../server/src/build-config/schema/config-schema.ts';
import { configText, fromTrtexec } from '../../../server/src/build-config/trtexec/from-trtexec.ts';
import { flagsOfVersion, samplesOf } from './trtexec/samples.ts';

const validate = new Ajv({ strict: false, allErrors: true }).compile(configSchema());
const errorsOf = (text: string) => {
  validate(parse(text));
  return validate.errors ?? [];
};

describe('the JSON Schema of configs', () => {
  for (const version of ['10.0', '10.15', '11.1']) {
    test(`takes what trtexec ${version}’s flags become`, () => {
      for (const fact of flagsOfVersion(version)) {
        for (const value of samplesOf(fact, version) ?? ['']) {
          const text = value === '' ? fact.flag : `${fact.flag}=${value}`;
          const config = configText(fromTrtexec([{ text }]));
          assert.deepEqual(errorsOf(config), [], config);
        }
      }
    });
  }

  for (const text of [
    'profiles: [{ images: { min: [1], opt: 1x3, max: [2] }, tokens: [1] }]',
    'extends: [a.yaml]\ncalib: null',
    'builds: { a: { fp16: true }, b: null }',
    'matrix: { precision: { a: { fp16: true } }, model: [a.onnx], exclude: [{ model: a }], include: [{ fp16: true }] }',
    'x-base: { fp16: true }\nx-any: [1, { a: b }]\nbuilds: { a: { x-note: 1 } }',
    'memPoolSize: { workspace: 4GiB, dlaSRAM: 0.5M }\nweightStreamingBudget: 50%',
  ]) {
    test(`takes ${text}`, () => assert.deepEqual(errorsOf(text), []));
  }

  for (const text of [
    'fp61: true',
    'fp16: 1',
    'memPoolSize: { x-a: 1 }',
    'xbase: { fp16: true }',
    'builds: { a: { fp61: true } }',
    'sparsity: maybe',
    'memPoolSize: { workspace: 4GB }',
    'builderOptimizationLevel: 9',
    'profiles: { images: [1] }',
    'profiles: [{ images: { mim: [1] } }]',
  ]) {
    test(`refuses ${text}`, () => assert.notDeepEqual(errorsOf(text), []));
  }
});
