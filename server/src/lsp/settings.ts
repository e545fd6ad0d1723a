/**
 * Settings of the section `tensorrt`, as package.json contributes them: names, types, defaults. Other editors send the same
 * object in `workspace/didChangeConfiguration`, or answer `workspace/configuration` with it.
 */
export interface Settings {
  /** `tensorrt.runtime`: id of a runtime (`tensorrt-11.2.1`) or a folder; empty chooses automatically. Machine-scoped. */
  readonly runtime: string;
  /** `tensorrt.libraryFolders`: folders searched for TensorRT before all others. Machine-scoped. */
  readonly libraryFolders: readonly string[];
  /** `tensorrt.pythonPath`: the Python whose pip installs TensorRT for RTX; empty: the one on PATH. Machine-scoped. */
  readonly pythonPath: string;
  /** `tensorrt.check.automatically`: check when opened and edited, not only on request. */
  readonly checkAutomatically: boolean;
  /** `tensorrt.check.delay`: milliseconds without an edit before a check. */
  readonly checkDelay: number;
  /** `tensorrt.check.timeout`, here in milliseconds (seconds in the setting): a check that takes longer is given up. */
  readonly checkTimeout: number;
  /** `tensorrt.check.parserFlags`: nvonnxparser::OnnxParserFlag names set beyond the version's defaults. */
  readonly parserFlags: readonly string[];
  /** `tensorrt.check.plugins`: plugin libraries, absolute or relative to the workspace folder. Their code runs: see check-plugins.ts. */
  readonly plugins: readonly string[];
  /** `tensorrt.text.maximumInlineElements`: tensors of more elements are shown by reference. */
  readonly maximumInlineElements: number;
  /** `tensorrt.inlayHints.types`: show types behind outputs that nobody states. */
  readonly inlayHintsTypes: boolean;
  /** `tensorrt.inlayHints.attributeDefaults`: show the defaults of attributes that a node leaves out. */
  readonly inlayHintsAttributeDefaults: boolean;
}

export const defaultSettings: Settings = {
  runtime: '',
  libraryFolders: [],
  pythonPath: '',
  checkAutomatically: true,
  checkDelay: 300,
  checkTimeout: 120_000,
  parserFlags: [],
  plugins: [],
  maximumInlineElements: 16,
  inlayHintsTypes: true,
  inlayHintsAttributeDefaults: false,
};

export interface SettingsResult {
  readonly settings: Settings;
  /** One sentence per value that is not used because it is of the wrong kind. */
  readonly problems: readonly string[];
}

/** Reads the section's value as an editor gives it: nested objects, all parts optional, of unknown content. */
export function readSettings(section: unknown): SettingsResult {
  const problems: string[] = [];
  const at = (path: string): unknown =>
    path.split('.').reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), section);
  const read = <Value>(
    path: string,
    fallback: Value,
    expected: string,
    accept: (value: unknown) => Value | undefined,
  ): Value => {
    const value = at(path);
    if (value === undefined || value === null) {
      return fallback;
    }
    const accepted = accept(value);
    if (accepted === undefined) {
      problems.push(
        `The setting tensorrt.${path} is ${JSON.stringify(value)}; it has to be ${expected}. Used instead: ${JSON.stringify(fallback)}.`,
      );
    }
    return accepted ?? fallback;
  };
  const text = (value: unknown) => (typeof value === 'string' ? value.trim() : undefined);
  const texts = (value: unknown) =>
    Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  const flag = (value: unknown) => (typeof value === 'boolean' ? value : undefined);
  const integer = (low: number, high: number) => (value: unknown) =>
    typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high ? value : undefined;
  const { runtime, libraryFolders, pythonPath, parserFlags } = defaultSettings;
  const settings: Settings = {
    runtime: read('runtime', runtime, 'the id of a runtime, or a folder', text),
    libraryFolders: read('libraryFolders', libraryFolders, 'a list of folders', texts),
    pythonPath: read('pythonPath', pythonPath, 'the path of a program', text),
    checkAutomatically: read(
      'check.automatically',
      defaultSettings.checkAutomatically,
      'true or false',
      flag,
    ),
    checkDelay: read(
      'check.delay',
      defaultSettings.checkDelay,
      'a whole number of milliseconds from 0 to 60000',
      integer(0, 60_000),
    ),
    checkTimeout:
      1000 *
      read(
        'check.timeout',
        defaultSettings.checkTimeout / 1000,
        'a whole number of seconds, 1 or more',
        integer(1, 86_400),
      ),
    parserFlags: read(
      'check.parserFlags',
      parserFlags,
      "a list of names such as 'kNATIVE_INSTANCENORM'",
      texts,
    ),
    plugins: read('check.plugins', defaultSettings.plugins, 'a list of files', texts),
    maximumInlineElements: read(
      'text.maximumInlineElements',
      defaultSettings.maximumInlineElements,
      'a whole number from 0 to 65536',
      integer(0, 65_536),
    ),
    inlayHintsTypes: read('inlayHints.types', defaultSettings.inlayHintsTypes, 'true or false', flag),
    inlayHintsAttributeDefaults: read(
      'inlayHints.attributeDefaults',
      defaultSettings.inlayHintsAttributeDefaults,
      'true or false',
      flag,
    ),
  };
  return { settings, problems };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
