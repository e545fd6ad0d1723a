/** A build as trtexec's command line, for one of its versions. What that version cannot say is left out, and told of. */
import path from 'node:path';
import type { Product } from '../../../../native-bridge/src/protocol.ts';
import { type ConfigKey, flagsOf, keyDefinitions, type ValueOf } from '../flags/index.ts';
import type { BuildConfig, Origin, PathValue } from '../model.ts';
import { configName, enginePath, modelPath } from '../paths.ts';
import { availabilityText, isAtLeast, isAvailable, type Version } from '../versions.ts';
import { hasSecret, redactSecrets } from './secrets.ts';
import { type Shell, shellLine } from './shells.ts';
import { profileArguments, referencePairArguments, shapesCalibArguments } from './to-groups.ts';
import { type Say, valueForFlag } from './to-values.ts';

/** The network's inputs (outputs) in its order, which `inputIOFormats` by name needs. */
export interface Port {
  readonly name: string;
  /** `fp32` …; undefined where it is not known. */
  readonly type?: string;
}

export interface ToTrtexecOptions {
  readonly version: Version;
  /** The folder in which the line will be run: paths are written relative to it. That of the config where absent. */
  readonly folder?: string;
  readonly inputs?: readonly Port[];
  readonly outputs?: readonly Port[];
  /** Writes passwords; they are `***` otherwise. */
  readonly keepSecrets?: boolean;
}

export interface ToTrtexecProblem {
  /** `error`: something is left out that the build needs. `warning`: left out. `information`: the same by other means. */
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  readonly origin: Origin;
  /** Whether it is the version that differs; otherwise trtexec in general does. */
  readonly isOfVersion: boolean;
}

export interface ToTrtexec {
  /** As the program gets them, without its name. */
  readonly args: readonly string[];
  readonly problems: readonly ToTrtexecProblem[];
}

export function toTrtexec(build: BuildConfig, options: ToTrtexecOptions): ToTrtexec {
  const problems: ToTrtexecProblem[] = [];
  const args: string[] = [];
  const pathText = pathWriter(build, options.folder);
  if (!build.get('model') && !build.get('loadEngine')) {
    args.push(`--onnx=${pathText({ text: `${configName(build.file)}.onnx`, path: modelPath(build) })}`);
  }
  for (const key of build.keys) {
    const setting = build.get(key);
    if (setting && setting.value !== false) {
      const tell: Say['tell'] = (severity, message, about) =>
        problems.push({
          severity,
          message: redactSecrets(message),
          origin: setting.keyOrigin,
          isOfVersion: about === 'version',
        });
      args.push(...argumentsOf(build, key, { ...options, tell, pathText }));
    }
  }
  if (!build.get('engine') && build.name !== '' && !build.get('loadEngine')) {
    const engine = enginePath(build);
    args.push(`--saveEngine=${pathText({ text: path.basename(engine), path: engine })}`);
  }
  args.push(...build.unknownFlags.map(({ value }) => value));
  tellOfBenchmarkDefaults(build, options.version, problems);
  return { args: args.map((arg) => (options.keepSecrets ? arg : redactSecrets(arg))), problems };
}

/** NVIDIA's own program, and the version of trtexec whose flags it takes: `tensorrt_rtx` takes those of a new one, as far as is public. */
export function commandLineTool(
  product: Product,
  version: Version,
): { readonly program: 'trtexec' | 'tensorrt_rtx'; readonly version: Version } {
  return product === 'TensorRT-RTX'
    ? { program: 'tensorrt_rtx', version: '11.1' }
    : { program: 'trtexec', version };
}

/** One line for a shell: `trtexec --onnx=…`. */
export function trtexecLine(
  { args }: Pick<ToTrtexec, 'args'>,
  { program = 'trtexec', shell = 'posix' }: { readonly program?: string; readonly shell?: Shell } = {},
): string {
  return shellLine([program, ...args], shell);
}

function argumentsOf(build: BuildConfig, key: ConfigKey, say: Say): string[] {
  const definition = keyDefinitions[key];
  const [flag] = flagsOf(key);
  if (definition.role === 'config' && flag === undefined) {
    if (key === 'computeCapabilities') {
      say.tell(
        'warning',
        '`computeCapabilities` is left out: it is of TensorRT for RTX, and trtexec has no flag for it.',
      );
    }
    return [];
  }
  if (flag === undefined) {
    say.tell('warning', `\`${key}\` is left out: trtexec has no flag for it.`);
    return [];
  }
  if (!isAvailable(definition, say.version)) {
    if (!isOppositeOfDefault(key, say.version)) {
      const instead = definition.deprecated?.instead;
      const advice = instead === undefined ? '' : ` Instead: ${instead}.`;
      say.tell(
        'warning',
        `\`${key}\` is left out: trtexec ${say.version} has no ${flag} (${availabilityText(definition)}).${advice}`,
        'version',
      );
    }
    return [];
  }
  if (say.keepSecrets !== true && definition.value.kind === 'secret') {
    const { value } = build.get(key) as { readonly value: ValueOf<'remoteAutoTuningConfig'> };
    if (hasSecret(value))
      say.tell('warning', 'The password is left out (***). Put it in before you run the line.');
  }
  switch (key) {
    case 'model': {
      const model = build.get(key)?.value;
      return model ? [`${flag}=${say.pathText(binaryModel(model, say))}`] : [];
    }
    case 'profiles':
      return profileArguments(build.get(key)?.value ?? [], say);
    case 'shapesCalib': {
      const profile = build.get(key)?.value;
      return profile ? shapesCalibArguments(profile, say) : [];
    }
    case 'refPairs':
      return referencePairArguments(build.get(key)?.value ?? [], say);
    case 'staticPlugins':
    case 'dynamicPlugins':
    case 'setPluginsToSerialize':
      return (build.get(key)?.value ?? []).map(({ value }) => `${flag}=${say.pathText(value)}`);
    case 'safetyPlugins':
      return (build.get(key)?.value ?? []).map(({ value: { library, plugins } }) =>
        plugins.length === 0
          ? `${flag}=${say.pathText(library)}`
          : `${flag}=${say.pathText(library)}[${plugins.join(',')}]`,
      );
    default: {
      const value = valueForFlag(key, build, say);
      return value === undefined ? [] : [value === true ? flag : `${flag}=${value}`];
    }
  }
}

/** trtexec reads no ONNX text. */
function binaryModel({ text, path: absolute }: PathValue, { tell }: Say): PathValue {
  const ending = /\.(onnxtxt|onnxtext)$/i;
  if (!ending.test(text)) return { text, path: absolute };
  const binary = { text: text.replace(ending, '.onnx'), path: absolute.replace(ending, '.onnx') };
  tell(
    'warning',
    `trtexec reads binary models only: write it first, with onnx-trt encode ${text} -o ${binary.text}.`,
  );
  return binary;
}

/** Asks for what an older trtexec does anyway: `noCudaGraph` before 11.0. */
function isOppositeOfDefault(key: ConfigKey, version: Version): boolean {
  const isNew = key === 'noCudaGraph' || key === 'noSpinWait' || key === 'includeDataTransfers';
  return isNew && !isAtLeast(version, '11.0');
}

/** From 11.0 the same config measures something else, unless it says what it wants. */
function tellOfBenchmarkDefaults(build: BuildConfig, version: Version, problems: ToTrtexecProblem[]): void {
  if (!isAtLeast(version, '11.0') || build.get('skipInference')?.value === true) return;
  const said = (...keys: readonly ConfigKey[]) => keys.some((key) => build.get(key) !== undefined);
  const open = [
    ...(said('useCudaGraph', 'noCudaGraph') ? [] : ['CUDA graphs (`noCudaGraph`)']),
    ...(said('useSpinWait', 'noSpinWait') ? [] : ['spin wait (`noSpinWait`)']),
    ...(said('noDataTransfers', 'includeDataTransfers') ? [] : ['no transfers (`includeDataTransfers`)']),
  ];
  if (open.length === 0) return;
  problems.push({
    severity: 'information',
    origin: build.origin,
    isOfVersion: true,
    message: `trtexec ${version} measures with ${open.join(', ')} unless the keys in brackets are set; 10.x does not. Times of both cannot be compared.`,
  });
}

function pathWriter(build: BuildConfig, folder: string | undefined): (value: PathValue) => string {
  const from = folder ?? (path.isAbsolute(build.file) ? path.dirname(build.file) : undefined);
  const own = path.isAbsolute(build.file) ? path.dirname(build.file) : undefined;
  return ({ text, path: absolute }) => {
    const isRelative = !path.isAbsolute(text) && path.isAbsolute(absolute);
    if (!isRelative || from === undefined) return text;
    // As written, `./` and all, where it means the same.
    return from === own && path.join(from, text) === absolute ? text : path.relative(from, absolute);
  };
}
