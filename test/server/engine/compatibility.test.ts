import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  compatibility,
  type EngineMaking,
  type Machine,
  type RuntimeHere,
} from '../../../server/src/engine/compatibility.ts';
import type { PlanHeader } from '../../../server/src/engine/plan-header.ts';

const plan: PlanHeader = {
  product: 'TensorRT',
  serializationVersion: 0,
  version: '10.6.0',
  build: 26,
  fileBytes: 1000,
  sections: [],
};
const h200 = { name: 'NVIDIA H200', computeCapability: '9.0', totalMemory: 150e9 };
const a100 = { name: 'NVIDIA A100', computeCapability: '8.0', totalMemory: 80e9 };
const made: EngineMaking = { device: h200, versionCompatible: false, leanRuntimeExcluded: false };

function runtime(id: string, unusable?: string): RuntimeHere {
  const [, product, kind, version] = /^(tensorrt(?:-rtx)?)(?:-(lean|dispatch))?-(.*)$/.exec(id) ?? [];
  return {
    id,
    product: product === 'tensorrt' ? 'TensorRT' : 'TensorRT-RTX',
    ...((kind === 'lean' || kind === 'dispatch') && { kind }),
    version: version ?? '',
    directory: `/opt/${id}`,
    ...(unusable !== undefined && { unusable }),
  };
}

function machine(ids: readonly string[], gpu: Machine['gpu'] = h200): Machine {
  return { gpu, platform: 'linux', runtimes: ids.map((id) => runtime(id)) };
}

function fitOf(id: string, header: PlanHeader = plan, making: EngineMaking | undefined = made) {
  return compatibility(header, making, machine([id])).runtimes[0];
}

describe('can it run here?', () => {
  test('the version and GPU that built it run it', () => {
    const { runs, summary, findings } = compatibility(plan, made, machine(['tensorrt-10.6.0']));
    assert.equal(runs, 'yes');
    assert.equal(summary, 'It can run here, with TensorRT 10.6.0.');
    assert.deepEqual(
      findings.map(({ sentence }) => sentence),
      [
        'TensorRT 10.6.0 built it.',
        'It was built on an NVIDIA H200 (compute capability 9.0), as this machine has.',
      ],
    );
  });

  test('of several runtimes the one that fits is the first', () => {
    const found = compatibility(
      plan,
      made,
      machine(['tensorrt-11.2.1', 'tensorrt-rtx-1.7.1', 'tensorrt-10.6.0']),
    );
    assert.equal(found.runs, 'yes');
    assert.deepEqual(
      found.runtimes.map(({ runtime: { id }, fits }) => [id, fits]),
      [
        ['tensorrt-10.6.0', 'yes'],
        ['tensorrt-11.2.1', 'no'],
        ['tensorrt-rtx-1.7.1', 'no'],
      ],
    );
  });

  test('a later version runs it if it is version-compatible, and nobody knows without ENGINE.json', () => {
    assert.equal(fitOf('tensorrt-10.15.1')?.fits, 'no');
    assert.match(fitOf('tensorrt-10.15.1')?.sentence ?? '', /not built version-compatible/);
    const compatible = { ...made, versionCompatible: true };
    assert.equal(fitOf('tensorrt-10.15.1', plan, compatible)?.fits, 'yes');
    assert.equal(fitOf('tensorrt-11.2.1', plan, compatible)?.fits, 'yes', 'NVIDIA supports 10 on 11');
    assert.equal(
      fitOf('tensorrt-10.5.0', plan, compatible)?.fits,
      'no',
      'older runtimes do not load newer engines',
    );
    const eight = { ...plan, version: '8.6.1' };
    assert.equal(fitOf('tensorrt-10.6.0', eight, compatible)?.fits, 'yes');
    assert.equal(fitOf('tensorrt-11.2.1', eight, compatible)?.fits, 'no', 'NVIDIA does not support 8 on 11');
    assert.equal(fitOf('tensorrt-8.6.1', { ...plan, version: '8.5.3' }, compatible)?.fits, 'no');

    const unknown = compatibility(plan, undefined, machine(['tensorrt-10.15.1']));
    assert.equal(unknown.runs, 'unknown');
    assert.match(unknown.summary, /if it was built version-compatible/);
  });

  test('each release of TensorRT for RTX runs its own engines, on the GPUs that the header names', () => {
    const targets = { computeCapabilities: ['8.0', '8.9'], andLater: false };
    const rtx: PlanHeader = { ...plan, product: 'TensorRT-RTX', version: '1.7.1', targets };
    assert.equal(fitOf('tensorrt-rtx-1.8.0', rtx)?.fits, 'no');
    assert.equal(compatibility(rtx, undefined, machine(['tensorrt-rtx-1.7.1'], a100)).runs, 'yes');
    const onH200 = compatibility(rtx, undefined, machine(['tensorrt-rtx-1.7.1']));
    assert.equal(onH200.runs, 'no');
    assert.match(onH200.summary, /built for compute capability 8\.0, 8\.9, not for NVIDIA H200 \(9\.0\)/);
    const later = { ...rtx, targets: { computeCapabilities: ['8.0', '12.1'], andLater: true } };
    assert.equal(
      compatibility(later, undefined, machine(['tensorrt-rtx-1.7.1'])).runs,
      'no',
      '9.0 is not later than 12.1',
    );
  });

  test('another GPU: refused, unless it was built for hardware compatibility', () => {
    const on = (gpu: Machine['gpu'], level?: string) =>
      compatibility(
        plan,
        { ...made, ...(level !== undefined && { hardwareCompatibilityLevel: level }) },
        machine(['tensorrt-10.6.0'], gpu),
      );
    assert.equal(on(a100).runs, 'no');
    assert.equal(on(a100, 'kAMPERE_PLUS').runs, 'yes');
    assert.equal(on({ ...a100, computeCapability: '7.5' }, 'kAMPERE_PLUS').runs, 'no');
    assert.equal(on(a100, 'kSAME_COMPUTE_CAPABILITY').runs, 'no');
    const sibling = on({ ...h200, name: 'NVIDIA H100' });
    assert.equal(sibling.runs, 'yes');
    assert.match(sibling.findings[1]?.sentence ?? '', /another model/);
    assert.equal(on('unknown').runs, 'unknown');
    assert.match(on('none').summary, /this machine has none/);
  });

  test('nothing installed, another system, a file that was cut off', () => {
    assert.match(
      compatibility(plan, made, machine([])).summary,
      /needs TensorRT 10\.6\.0; no TensorRT was found/,
    );
    const windows = compatibility(
      plan,
      { ...made, runtimePlatform: 'kWINDOWS_AMD64' },
      machine(['tensorrt-10.6.0']),
    );
    assert.match(windows.summary, /built for Windows/);
    const cut = compatibility({ ...plan, planBytes: 2000 }, made, machine(['tensorrt-10.6.0']));
    assert.match(cut.summary, /cut off: it has 1000 bytes, the engine 2000/);
    const long = compatibility(
      { ...plan, fileBytes: 2005, planBytes: 2000 },
      made,
      machine(['tensorrt-10.6.0']),
    );
    assert.match(long.summary, /not known\. The file has 2005 bytes, the engine 2000/);
    const broken = { ...machine([]), runtimes: [runtime('tensorrt-10.6.0', 'libnvonnxparser is missing.')] };
    assert.match(compatibility(plan, made, broken).summary, /cannot be used: libnvonnxparser is missing/);
  });

  test('an engine with a lean runtime inside is told to be code', () => {
    const trust = (making: EngineMaking) =>
      compatibility(plan, making, machine(['tensorrt-10.6.0'])).findings.some(
        ({ about }) => about === 'host-code',
      );
    assert.equal(trust({ ...made, versionCompatible: true }), true);
    assert.equal(trust({ ...made, versionCompatible: true, leanRuntimeExcluded: true }), false);
    assert.equal(trust(made), false);
  });
});

describe('lean and dispatch runtimes', () => {
  const compatible = { ...made, versionCompatible: true };
  const excluded = { ...compatible, leanRuntimeExcluded: true };
  const fitsOn = (ids: readonly string[], making: EngineMaking | undefined, id = ids[0]) =>
    compatibility(plan, making, machine(ids)).runtimes.find(({ runtime: here }) => here.id === id);

  test('run version-compatible engines only, and say so', () => {
    const lean = fitsOn(['tensorrt-lean-10.6.0'], made);
    assert.equal(lean?.fits, 'no');
    assert.equal(
      lean.sentence,
      'It was not built version-compatible, so TensorRT lean runtime 10.6.0 does not load it; the full TensorRT 10.6.0 does.',
    );
    assert.equal(fitsOn(['tensorrt-dispatch-10.6.0'], made)?.fits, 'no');
    const { runs, summary } = compatibility(plan, compatible, machine(['tensorrt-lean-10.6.0']));
    assert.equal(runs, 'yes');
    assert.equal(summary, 'It can run here, with TensorRT lean runtime 10.6.0.');
    assert.equal(fitsOn(['tensorrt-lean-10.6.0'], excluded)?.fits, 'yes', 'the builder’s own lean runtime');
    assert.equal(fitsOn(['tensorrt-lean-10.6.0'], undefined)?.fits, 'unknown');
    assert.match(
      fitsOn(['tensorrt-lean-10.5.0'], compatible)?.sentence ?? '',
      /is older than TensorRT 10\.6\.0/,
    );
  });

  test('another TensorRT than the builder loads it by the lean runtime inside: code for the CPU', () => {
    for (const id of ['tensorrt-10.15.1', 'tensorrt-lean-10.15.1', 'tensorrt-dispatch-10.6.0']) {
      const found = fitsOn([id], compatible);
      assert.equal(found?.fits, 'yes', id);
      assert.equal(found.runsHostCode, true, id);
      assert.match(found.sentence, /by the lean runtime inside it, where that code for the CPU is trusted/);
      assert.equal(fitsOn([id], undefined)?.runsHostCode, true, 'also where nobody knows');
    }
    assert.equal(fitsOn(['tensorrt-10.6.0'], compatible)?.runsHostCode, undefined);
    assert.equal(fitsOn(['tensorrt-lean-10.6.0'], compatible)?.runsHostCode, undefined);
  });

  test('or by the builder’s lean runtime, where this machine has it: then nothing inside the engine runs', () => {
    for (const making of [compatible, excluded, undefined]) {
      const found = fitsOn(['tensorrt-dispatch-10.15.1', 'tensorrt-lean-10.6.0'], making);
      assert.equal(found?.leanRuntime?.id, 'tensorrt-lean-10.6.0');
      assert.equal(found.runsHostCode, undefined);
      assert.match(found.sentence, /by the lean runtime in \/opt\/tensorrt-lean-10\.6\.0/);
    }
  });

  test('an engine without a lean runtime inside needs it installed, and is told which', () => {
    for (const id of ['tensorrt-10.15.1', 'tensorrt-lean-10.15.1', 'tensorrt-dispatch-10.15.1']) {
      const found = fitsOn([id], excluded);
      assert.equal(found?.fits, 'no', id);
      assert.match(found.sentence, /needs the lean runtime of TensorRT 10\.6\.0, which was not found/);
    }
  });

  test('the full TensorRT that built it comes first, then what runs no code of the engine', () => {
    const ids = ['tensorrt-dispatch-10.15.1', 'tensorrt-lean-10.6.0', 'tensorrt-10.15.1', 'tensorrt-10.6.0'];
    const order = (making: EngineMaking, among: readonly string[]) =>
      compatibility(plan, making, machine(among)).runtimes.map(({ runtime: { id } }) => id);
    assert.deepEqual(order(compatible, ids), [
      'tensorrt-10.6.0',
      'tensorrt-lean-10.6.0',
      'tensorrt-10.15.1',
      'tensorrt-dispatch-10.15.1',
    ]);
  });
});
