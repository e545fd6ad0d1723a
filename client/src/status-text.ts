import type { DocumentStatus, RuntimeDescription } from '../../server/src/protocol.ts';

/** What the status items say, free of the editor's own types. */
export interface StatusText {
  /** Name of a product icon. */
  readonly icon: string;
  readonly text: string;
  /** Markdown. */
  readonly tooltip: string;
  readonly severity: 'information' | 'warning' | 'error';
  readonly busy: boolean;
}

const looks: Record<DocumentStatus['state'], Pick<StatusText, 'icon' | 'severity' | 'busy'>> = {
  'no-runtime': { icon: 'plug', severity: 'warning', busy: false },
  starting: { icon: 'loading~spin', severity: 'information', busy: true },
  checking: { icon: 'loading~spin', severity: 'information', busy: true },
  supported: { icon: 'pass', severity: 'information', busy: false },
  refused: { icon: 'error', severity: 'error', busy: false },
  'not-checked': { icon: 'circle-slash', severity: 'information', busy: false },
  failed: { icon: 'warning', severity: 'warning', busy: false },
};

export function statusText(status: DocumentStatus): StatusText {
  const look = looks[status.state];
  const mode = modeName(status.runtime?.mode);
  const text = mode === undefined ? status.summary : `${status.summary} · ${mode}`;
  return { ...look, text, tooltip: tooltip(status) };
}

/** `TensorRT 11.2.1`, `TensorRT-RTX`: the version is known once its bridge has started. */
export function runtimeName({ product, kind, version }: RuntimeDescription): string {
  const name = kind ? `${product} ${kind} runtime` : product;
  return version === 'unknown' ? name : `${name} ${version}`;
}

export function modeName(mode: RuntimeDescription['mode']): string | undefined {
  if (mode === undefined) return undefined;
  return mode === 'gpu' ? 'GPU' : 'CPU only';
}

function tooltip({ summary, message, runtime }: DocumentStatus): string {
  const paragraphs = [`**${escapeMarkdown(summary)}**`];
  if (message !== undefined) paragraphs.push(message);
  if (runtime !== undefined) {
    const mode = modeName(runtime.mode);
    const name = mode === undefined ? runtimeName(runtime) : `${runtimeName(runtime)} (${mode})`;
    paragraphs.push(`${name}, found by ${escapeMarkdown(runtime.origin)} in \`${runtime.directory}\``);
  }
  paragraphs.push('Click to choose another runtime.');
  return paragraphs.join('\n\n');
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~]/g, '\\$&');
}
