/** Captured debug tensors as sections that a terminal and a page show alike. */
import type { ValueFigure } from '../../debug-protocol.ts';
import { type RowSection, type Section, shapeText, type TableSection } from '../describe-engine.ts';
import { timeText } from '../sizes.ts';
import type { DifferingElement, ValueComparison } from '../tensor-values/compare-values.ts';
import type { ValueStatistics } from '../tensor-values/statistics.ts';
import type { CapturedValues, DebugCapture, DebugTensor, EngineParts } from './capture.ts';
import { findingSentence } from './findings.ts';

/** What the two sides are called. */
export function sideNames({ engine, compared, reference }: DebugCapture): {
  readonly engine: string;
  readonly reference: string;
} {
  return {
    engine: engine?.runtime ?? compared?.name ?? 'TensorRT',
    reference: reference?.name ?? 'the reference',
  };
}

export function debugSections(capture: DebugCapture): Section[] {
  const names = sideNames(capture);
  const findings = capture.findings.map((finding) => findingSentence(finding, names));
  return [
    summarySection(capture, findings),
    tensorSection(capture),
    ...(capture.tensors.some(({ comparison }) => comparison?.first) ? [differenceSection(capture)] : []),
  ];
}

function summarySection(capture: DebugCapture, findings: readonly string[]): RowSection {
  const { model, compared: other, reference, referenceFailure, captured, inputs, tensors } = capture;
  const compared = tensors.filter(({ comparison }) => comparison);
  const differing = compared.filter(({ comparison }) => comparison?.verdict !== 'agrees');
  const agreement =
    compared.length === 0
      ? []
      : [
          [
            'Compared',
            differing.length === 0
              ? compared.length === 1
                ? 'the tensor agrees'
                : `all ${compared.length} tensors agree`
              : `${differing.length} of ${compared.length} tensors ${differing.length === 1 ? 'differs' : 'differ'}`,
          ] as const,
        ];
  return {
    kind: 'rows',
    title: 'Result',
    rows: [
      ...findings.map((sentence) => ['Found', sentence] as const),
      ...agreement,
      ...maskRows(capture),
      ...(model === undefined ? [] : [['Model', model] as const]),
      ...engineRows(capture),
      ...(other ? [['Values of', other.name] as const] : []),
      ...(reference ? [['Reference', reference.name] as const] : []),
      ...(referenceFailure === undefined ? [] : [['Reference', referenceFailure] as const]),
      [
        'Inputs',
        inputs.map(({ name, type, dims }) => `${name} ${type} ${shapeText(dims)}`).join(', ') || 'none',
      ],
      ['Captured', timeText(captured)],
    ],
  };
}

function maskRows(capture: DebugCapture): (readonly [string, string])[] {
  const count = maskedTensors(capture);
  if (count === 0) return [];
  const where = count === 1 ? 'one tensor has' : `${count} tensors have`;
  return [
    ['Masks', `${where} -inf that comes from the model’s own constants or inputs, which is no finding`],
  ];
}

function engineRows({ engine, parts, asOutputs }: DebugCapture): (readonly [string, string])[] {
  if (!engine) return [];
  const made = `${engine.runtime}, ${engine.device}`;
  const marks = asOutputs ? [['Tensors', 'outputs of the engine, not debug tensors'] as const] : [];
  if (!parts) return [['Engine', `${engine.path} (${made})`], ...marks];
  const { engines, builds, leftOut } = parts;
  const rows = engines.map(({ path, tensors }, index) => {
    const which = engines.length === 1 ? 'Engine' : `Engine ${index + 1}`;
    return [
      which,
      `${path} (${made}): ${tensors.length} ${tensors.length === 1 ? 'tensor' : 'tensors'}`,
    ] as const;
  });
  return [
    ...rows,
    ...marks,
    ['Builds', `${builds}, as TensorRT does not mark all debug tensors in one engine`],
    ...(leftOut.length === 0 ? [] : [['Left out', leftOut.map(({ tensor }) => tensor).join(', ')] as const]),
  ];
}

function tensorSection({ tensors, parts }: DebugCapture): TableSection {
  const engineOf = engineNumbers(parts);
  const isCompared = tensors.some(({ comparison }) => comparison);
  /** Where differences are told, they come first. */
  const behind = isCompared ? 3 : 1;
  const columns = [
    ['Tensor', 1],
    ['Node', 2],
    ...(engineOf ? ([['Engine', 3]] as const) : []),
    ...(isCompared ? comparisonColumns : []),
    ['Min', behind],
    ['Max', behind],
    ['Mean', isCompared ? 3 : 2],
    ['NaN', isCompared ? 2 : 1],
    ['Inf', isCompared ? 2 : 1],
    ['Type', isCompared ? 3 : 2],
    ['Shape', isCompared ? 3 : 2],
  ] as const;
  return {
    kind: 'table',
    title: 'Tensors',
    columns: columns.map(([name]) => name),
    levels: columns.map(([, level]) => level),
    rows: tensors.map((tensor) => [
      tensor.isOutput ? `${tensor.name} (output)` : tensor.name,
      tensor.node ? `${tensor.node.name} (${tensor.node.operator})` : '',
      ...(engineOf ? [String(engineOf.get(tensor.name) ?? '')] : []),
      ...(isCompared ? comparisonCells(tensor) : []),
      ...statisticsCells(tensor.engine ?? tensor.reference),
    ]),
  };
}

const comparisonColumns = [
  ['Verdict', 1],
  ['Max abs diff', 1],
  ['Max rel diff', 2],
  ['Cosine', 3],
] as const;

/** By tensor, as the summary counts them; undefined where there is only one. */
function engineNumbers(parts: EngineParts | undefined): ReadonlyMap<string, number> | undefined {
  if (!parts || parts.engines.length < 2) return undefined;
  return new Map(
    parts.engines.flatMap(({ tensors }, index) => tensors.map((tensor) => [tensor, index + 1] as const)),
  );
}

function statisticsCells(values: CapturedValues | undefined): string[] {
  if (!values) return ['', '', '', '', '', '', ''];
  const { finite, nan, positiveInfinity, negativeInfinity } = values.statistics;
  return [
    ...(finite ? [finite.min, finite.max, finite.mean].map(numberText) : ['–', '–', '–']),
    String(nan),
    values.masked ? `${negativeInfinity} masked` : String(positiveInfinity + negativeInfinity),
    values.type,
    shapeText(values.dims),
  ];
}

function comparisonCells({ comparison, engine, reference }: DebugTensor): string[] {
  if (!comparison) return [engine ? 'no reference' : 'not in the engine', '', '', ''];
  if (comparison.verdict === 'shape') {
    return [`other shape: reference ${reference ? shapeText(reference.dims) : ''}`, '', '', ''];
  }
  const { greatestAbsolute, greatestRelative, cosine } = comparison;
  return [
    verdictText(comparison),
    numberText(greatestAbsolute),
    numberText(greatestRelative),
    cosine === undefined ? '' : cosine.toFixed(6),
  ];
}

function verdictText({ verdict, differing, notFinite, count }: ValueComparison): string {
  if (verdict === 'agrees') return 'agrees';
  const share = `${differing} of ${count} differ`;
  return notFinite > 0 ? `${share}, ${notFinite} NaN or Inf` : share;
}

function differenceSection({ tensors }: DebugCapture): TableSection {
  return {
    kind: 'table',
    title: 'First and worst differences',
    columns: ['Tensor', '', 'At', 'Value', 'Reference', 'Difference', 'Allowed'],
    levels: [1, 1, 2, 1, 1, 1, 2],
    rows: tensors.flatMap(({ name, comparison }) => {
      if (!comparison) return [];
      const { tolerance, first, worst } = comparison;
      return (
        [
          ['first', first],
          ['worst', worst],
        ] as const
      ).flatMap(([which, element]) =>
        element
          ? [
              [
                name,
                which,
                `[${element.index.join(', ')}]`,
                ...elementCells(element),
                numberText(tolerance.absolute + tolerance.relative * Math.abs(element.reference)),
              ],
            ]
          : [],
      );
    }),
  };
}

/** Value, reference and their difference. */
function elementCells({ value, reference, exact }: DifferingElement): string[] {
  if (!exact) return [value, reference, Math.abs(value - reference)].map(numberText);
  const difference = BigInt(exact[0]) - BigInt(exact[1]);
  return [...exact, String(difference < 0n ? -difference : difference)];
}

/** Four digits, as short as they can be said. */
export function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value);
  if (!Number.isFinite(value)) return String(value).replace('Infinity', 'Inf');
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e7 ? String(Number(value.toPrecision(5))) : value.toExponential(3);
}

/** One sentence on the whole. */
export function captureSummary(capture: DebugCapture): {
  readonly text: string;
  readonly mood: 'yes' | 'no' | 'unknown';
} {
  const [first, ...others] = capture.findings;
  const compared = capture.tensors.filter(({ comparison }) => comparison).length;
  if (first) {
    const more = others.length > 0 ? ` And ${others.length} more, below.` : '';
    return { text: `${findingSentence(first, sideNames(capture))}${more}`, mood: 'no' };
  }
  const left = capture.parts?.leftOut.length ?? 0;
  if (compared > 0) {
    const without = left === 0 ? '' : `, and ${left} could not be captured`;
    const agree =
      compared === 1
        ? 'The tensor that was compared agrees'
        : `All ${compared} tensors that were compared agree`;
    return { text: `${agree}${without}.`, mood: 'yes' };
  }
  const { length } = capture.tensors;
  const masked = maskedTensors(capture);
  const all = length === 1 ? 'One tensor, which is finite' : `${length} tensors, all of them finite`;
  const finite = masked === 0 ? all : `${all} but for the -inf of masks in ${masked}`;
  const { referenceFailure } = capture;
  const text =
    referenceFailure === undefined
      ? `${finite}; nothing to compare them with.`
      : `${finite}. ${referenceFailure}`;
  return { text, mood: 'unknown' };
}

function maskedTensors({ tensors }: DebugCapture): number {
  return tensors.filter(({ engine, reference }) => (engine ?? reference)?.masked).length;
}

/** More would take the page long to show; the table has all. */
const mostFigures = 200;

/** Tensors with findings first, then in the model's order. */
export function valueFigures(capture: DebugCapture): ValueFigure[] {
  const names = sideNames(capture);
  const found = new Set(capture.findings.map(({ tensor }) => tensor));
  const ordered = [
    ...capture.tensors.filter(({ name }) => found.has(name)),
    ...capture.tensors.filter(({ name }) => !found.has(name)),
  ];
  return ordered.slice(0, mostFigures).flatMap(({ name, engine, reference }): ValueFigure[] => {
    const bars = (
      [
        [names.engine, engine],
        [names.reference, reference],
      ] as const
    ).flatMap(([label, values]) => {
      const histogram = values?.statistics.finite?.histogram;
      return values && histogram ? [{ label, histogram, text: statisticsText(values.statistics) }] : [];
    });
    return bars.length > 0 ? [{ tensor: name, bars }] : [];
  });
}

/** What a histogram shows, for those who cannot see it. */
export function statisticsText({ count, zeros, finite }: ValueStatistics): string {
  if (!finite) return `${count} values, none of them finite`;
  return `${count} values from ${numberText(finite.min)} to ${numberText(finite.max)}, mean ${numberText(finite.mean)}, standard deviation ${numberText(finite.standardDeviation)}, ${zeros} zeros`;
}
