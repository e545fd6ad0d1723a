/** Whether an index of captured values is as it is written: it may have been edited, cut, or made by somebody else. */

type Check = (value: unknown, place: string) => string | undefined;

/** The first place that is not as it should be: `tensors[3].engine.dims`. */
export function wrongPlace(index: unknown): string | undefined {
  return capture(index, '');
}

const text: Check = (value, place) => (typeof value === 'string' ? undefined : place);
const number: Check = (value, place) => (typeof value === 'number' ? undefined : place);
const flag: Check = (value, place) => (typeof value === 'boolean' ? undefined : place);

function optional(check: Check): Check {
  return (value, place) => (value === undefined ? undefined : check(value, place));
}

function list(check: Check): Check {
  return (value, place) => {
    if (!Array.isArray(value)) return place;
    for (const [at, item] of value.entries()) {
      const wrong = check(item, `${place}[${at}]`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

function fields(checks: Readonly<Record<string, Check>>): Check {
  return (value, place) => {
    if (typeof value !== 'object' || value === null) return place;
    for (const [name, check] of Object.entries(checks)) {
      const wrong = check((value as Record<string, unknown>)[name], place === '' ? name : `${place}.${name}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

const stored = { name: text, type: text, dims: list(number), file: text };

const statistics = fields({
  count: number,
  nan: number,
  positiveInfinity: number,
  negativeInfinity: number,
  zeros: number,
  finite: optional(
    fields({
      min: number,
      max: number,
      mean: number,
      standardDeviation: number,
      magnitude: number,
      histogram: fields({ start: number, width: number, counts: list(number) }),
    }),
  ),
});

const element = fields({
  index: list(number),
  value: number,
  reference: number,
  exact: optional(list(text)),
});

const comparison = fields({
  verdict: text,
  tolerance: fields({ relative: number, absolute: number }),
  count: number,
  differing: number,
  notFinite: number,
  greatestAbsolute: number,
  greatestRelative: number,
  meanAbsolute: number,
  cosine: optional(number),
  first: optional(element),
  worst: optional(element),
});

const node = optional(fields({ name: text, operator: text }));

const captured = optional(fields({ ...stored, statistics, masked: optional(flag) }));

const finding = fields({
  kind: text,
  tensor: text,
  node,
  masks: optional(list(text)),
  rightBefore: list(text),
  suspects: list(text),
  followers: list(text),
});

const parts = fields({
  builds: number,
  wanted: number,
  reason: text,
  engines: list(fields({ path: text, tensors: list(text) })),
  leftOut: list(fields({ tensor: text, reason: text })),
});

const capture = fields({
  model: optional(text),
  engine: optional(fields({ path: text, runtime: text, device: text })),
  parts: optional(parts),
  asOutputs: optional(flag),
  compared: optional(fields({ name: text })),
  reference: optional(fields({ name: text })),
  referenceFailure: optional(text),
  captured: text,
  precision: text,
  inputs: list(fields(stored)),
  tensors: list(
    fields({
      name: text,
      node,
      isOutput: flag,
      engine: captured,
      reference: captured,
      comparison: optional(comparison),
    }),
  ),
  findings: list(finding),
  notes: list(text),
});
