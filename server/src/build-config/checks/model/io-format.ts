import type { IoFormat, Located } from '../../model.ts';
import { isAtLeast } from '../../versions.ts';
import type { PortFacts } from '../facts/facts.ts';
import { choosesTypes, tensorrtVersion } from '../facts/runtime.ts';
import { fitsName } from '../names.ts';
import { type CheckContext, preferred, type Report, type Rule, replacement } from '../rule.ts';
import { isSet } from '../settings/set.ts';
import { outputsOf } from './outputs.ts';

/** Formats of inputs and outputs: as many as there are, in the words of the version, for tensors that can have them. */
export const ioFormat: Rule = (context, report) => {
  for (const key of ['inputIOFormats', 'outputIOFormats'] as const) {
    const setting = context.build.get(key);
    if (!setting) continue;
    const { build, model } = context;
    const ports = model && (key === 'inputIOFormats' ? model.inputs : outputsOf(build, model));
    const { value } = setting;
    const given = value.by === 'name' ? value.entries.map((entry) => entry.value) : value.items;
    for (const format of given) checkType(context, format, report);
    if (!ports) continue;
    if (value.by === 'position' && value.items.length > 1 && value.items.length !== ports.length) {
      const what = key === 'inputIOFormats' ? 'input' : 'output';
      report({
        code: 'config.io-format',
        severity: 'error',
        origin: setting.origin,
        message: `There are ${value.items.length} formats for ${ports.length} ${what}${ports.length === 1 ? '' : 's'}: ${ports.map(({ name }) => name).join(', ')}. Give one for each in this order, a single one for all, or formats by name.`,
      });
      continue;
    }
    for (const port of ports) {
      const index = ports.indexOf(port);
      const own =
        value.by === 'name'
          ? value.entries.find(({ name }) => fitsName(name.value, port.name))?.value
          : value.items.length === 1
            ? value.items[0]
            : value.items[index];
      if (own) checkPort(context, port, own, report);
    }
  }
  checkDlaStandalone(context, report);
};

function checkType({ runtime }: CheckContext, { value, origin }: Located<IoFormat>, report: Report): void {
  if (value.type === undefined || choosesTypes(runtime) !== false) return;
  const version = tensorrtVersion(runtime);
  const since =
    version === undefined ? 'TensorRT for RTX takes' : 'From TensorRT 11.0 on, inputs and outputs have';
  report({
    code: 'config.io-format',
    severity: 'error',
    origin,
    message: `${since} the types of the network: leave ${value.type} away.`,
    fixes: preferred([replacement(origin, value.formats.join('+'))]),
  });
}

function checkPort(
  { build, runtime }: CheckContext,
  port: PortFacts,
  { value, origin }: Located<IoFormat>,
  report: Report,
): void {
  const rank = port.dims?.length;
  const tooFlat = value.formats.find((format) => rank !== undefined && rank < ranksOf(format));
  if (tooFlat !== undefined) {
    report({
      code: 'config.io-format',
      severity: 'error',
      origin,
      message: `${tooFlat} is for tensors of ${ranksOf(tooFlat)} dimensions or more; ${port.name} has ${rank}. Use chw.`,
      fixes: preferred([replacement(origin, `${value.type === undefined ? '' : `${value.type}:`}chw`)]),
    });
  }
  const version = tensorrtVersion(runtime);
  const isStrong = version !== undefined && !isAtLeast(version, '11.0') && isSet(build, 'stronglyTyped');
  if (isStrong && value.type !== undefined && port.type !== undefined && value.type !== port.type) {
    report({
      code: 'config.io-format',
      severity: 'error',
      origin,
      message: `${port.name} is ${port.type} in the model, and in a strongly typed network it stays so; ${value.type} is not possible.`,
      fixes: preferred([replacement(origin, `${port.type}:${value.formats.join('+')}`)]),
    });
  }
}

/** The least rank of tensors in a format (TensorFormat in NvInferRuntimeBase.h). */
function ranksOf(format: string): number {
  if (format === 'chw') return 0;
  return /^c?d/.test(format) && !format.startsWith('dla') ? 4 : 3;
}

const dlaFormats = ['dla_linear', 'chw16', 'chw32', 'dla_hwc4', 'chw4'];

/** trtexec builds loadables for DLA only with formats that DLA has. */
function checkDlaStandalone({ build }: CheckContext, report: Report): void {
  const setting = build.get('buildDLAStandalone');
  if (!setting?.value) return;
  for (const key of ['inputIOFormats', 'outputIOFormats'] as const) {
    const formats = build.get(key)?.value;
    const all = formats?.by === 'name' ? formats.entries.map(({ value }) => value) : (formats?.items ?? []);
    const known = key === 'inputIOFormats' ? dlaFormats : dlaFormats.slice(0, 3);
    const wrong = all.find(
      ({ value }) => value.formats.length !== 1 || !known.includes(value.formats[0] ?? ''),
    );
    if (all.length > 0 && !wrong) continue;
    report({
      code: 'config.io-format',
      severity: 'error',
      origin: wrong?.origin ?? setting.keyOrigin,
      message: `\`buildDLAStandalone\` needs \`${key}\` with one format each that DLA has: ${known.join(', ')}.`,
    });
  }
}
