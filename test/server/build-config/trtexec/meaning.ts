/** What a list of arguments means to trtexec, independent of the code under test: equal for lines that do the same. */
const aliases: Readonly<Record<string, string>> = {
  '--vc': '--versionCompatible',
  '--pi': '--pluginInstanceNorm',
  '--streams': '--infStreams',
  '--plugins': '--staticPlugins',
  '--weightless': '--stripWeights',
};

const units: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

function bytes(text: string, unit: string): number {
  const suffix = /[a-z]$/i.exec(text)?.[0];
  return Math.floor(Number.parseFloat(text) * (units[(suffix ?? unit).toLowerCase()] ?? Number.NaN));
}

function entries(value: string): [string, string][] {
  return value.split(',').map((entry) => {
    const quoted = entry.split("'");
    if (quoted.length === 3) return [`${quoted[0]}${quoted[1]}`, (quoted[2] ?? '').slice(1)];
    const colon = entry.lastIndexOf(':');
    return [entry.slice(0, colon), entry.slice(colon + 1)];
  });
}

function valueMeaning(flag: string, value: string): string {
  if (/Shapes(Calib)?$|^--shapes$/.test(flag)) {
    return JSON.stringify(entries(value).map(([name, dims]) => [name, dims === '' ? 'scalar' : dims]));
  }
  if (/^--(loadInputs|loadRefOutputs|saveDebugTensors|layer\w+|tempfileControls)$/.test(flag)) {
    return JSON.stringify(entries(value));
  }
  if (flag === '--memPoolSize') {
    return JSON.stringify(entries(value).map(([pool, size]) => [pool, bytes(size, 'm')]));
  }
  if (flag === '--weightStreamingBudget' && !value.endsWith('%') && !value.startsWith('-')) {
    return `${bytes(value, 'b')}`;
  }
  if (flag === '--hardwareCompatibilityLevel') return value.toLowerCase();
  if (flag === '--tacticSources') return value.toUpperCase().replace('CUBLASLT', 'CUBLAS_LT');
  if (flag === '--profilingVerbosity') {
    return value === 'default' ? 'layer_names_only' : value === 'verbose' ? 'detailed' : value;
  }
  return /^-?[\d.]+(e[-+]?\d+)?$/i.test(value) ? String(Number(value)) : value;
}

/** Sorted, but for shapes and reference files, which belong to what is before them. */
export function meaningOf(args: readonly string[]): string[] {
  const single = args.filter((arg) => arg.startsWith('--profile=')).length <= 1;
  const repeated = new Map<string, number>();
  let head = '';
  let place = 0;
  return args
    .flatMap((arg) => {
      const equals = arg.indexOf('=');
      const name = equals < 0 ? arg : arg.slice(0, equals);
      const flag = aliases[name] ?? name;
      const value = equals < 0 ? '' : valueMeaning(flag, arg.slice(equals + 1));
      if (flag === '--profile' || flag === '--refPair') {
        head = flag === '--profile' && single ? '' : `${flag}=${value} `;
        return head === '' ? [] : [`${head}`];
      }
      const belongs =
        /^--(min|opt|max)Shapes$/.test(flag) ||
        (head.startsWith('--refPair') && /^--load(Inputs|RefOutputs)$/.test(flag));
      if (!belongs) head = flag.endsWith('Shapes') ? head : '';
      // Of flags that may repeat, the order counts.
      place = repeated.get(flag) ?? 0;
      repeated.set(flag, place + 1);
      const order = /Plugins|setPluginsToSerialize/.test(flag) ? ` #${place}` : '';
      return [`${belongs ? head : ''}${flag}=${value}${order}`];
    })
    .toSorted();
}
