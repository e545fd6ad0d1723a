/** A flame chart as inline SVG: a pure function, text in, HTML out. The script of the page makes it one for the keyboard. */
import type { FlameChart, FlameFrame } from '../../../server/src/engine/profile/flame.ts';
import { escapeHtml } from '../escape-html.ts';

const rowHeight = 22;
const heatSteps = 8;

/**
 * Frames lie by percent of the width, so that the page scales them without distorting text. One of them takes the focus; arrow keys
 * lead from there (see `flameScript`). What is too narrow to be read is in the title, and in the tables.
 */
export function flameChartHtml({ total, depth, frames }: FlameChart): string {
  const percent = (milliseconds: number) => `${((milliseconds / total) * 100).toFixed(4)}%`;
  const body = frames.map((frame, index) => {
    const told = [frame.label, ...frame.details].map(escapeHtml);
    return `<svg class="frame ${frame.kind}${heatClass(frame)}" x="${percent(frame.start)}" y="${frame.depth * rowHeight}" width="${percent(frame.milliseconds)}" height="${rowHeight - 1}" role="img" tabindex="${index === 0 ? 0 : -1}" aria-label="${told.join('. ')}" data-depth="${frame.depth}" data-start="${frame.start / total}" data-length="${frame.milliseconds / total}"><title>${told.join('\n')}</title><rect width="100%" height="100%"/><text x="4" y="${rowHeight - 7}">${told[0]}</text></svg>`;
  });
  return `<figure class="flame">
<svg class="flame-chart" width="100%" height="${depth * rowHeight}" role="group" aria-label="Flame chart of layers along one inference; the tables say the same">${body.join('\n')}</svg>
<p class="told" aria-live="polite"></p>
<figcaption>Layers along one inference, under the functions and scopes of their nodes. Arrow keys go from frame to frame, Enter or a click zooms in, Escape out.</figcaption>
</figure>`;
}

function heatClass({ kind, heat }: FlameFrame): string {
  return kind === 'layer' ? ` heat-${Math.min(heatSteps - 1, Math.floor(heat * heatSteps))}` : '';
}

export const flameStyle = `
.flame { overflow-x: auto; }
.flame-chart { min-width: 18rem; }
.frame { cursor: pointer; }
.frame:focus { outline: none; }
.frame rect { stroke: var(--vscode-contrastBorder, var(--vscode-editor-background)); }
.frame:focus rect { stroke: var(--vscode-focusBorder); stroke-width: 3; }
.frame text { fill: var(--vscode-editor-foreground); font-size: 12px; }
.frame.inference rect { fill: var(--vscode-list-inactiveSelectionBackground); }
.frame.scope rect { fill: var(--vscode-charts-blue); fill-opacity: 0.35; }
.frame.layer rect { fill: var(--vscode-charts-red); }
${Array.from({ length: heatSteps }, (_, step) => `.frame.heat-${step} rect { fill-opacity: ${(0.12 + step * 0.08).toFixed(2)}; }`).join('\n')}
.told { min-height: 3.2em; margin: 0.4em 0; white-space: pre-line; overflow-wrap: anywhere; font-family: var(--vscode-editor-font-family); }
`;

/** Of the page: focus by arrow keys, zoom, and what the frame says beneath. */
export const flameScript = `
for (const figure of document.querySelectorAll('.flame')) {
  const frames = [...figure.querySelectorAll('.frame')];
  const told = figure.querySelector('.told');
  const chart = figure.querySelector('.flame-chart');
  // Names stand where their frames are in sight; a letter or two of them say nothing.
  const fit = () => {
    const view = chart.getBoundingClientRect();
    for (const frame of frames) {
      const box = frame.querySelector('rect').getBoundingClientRect();
      const hidden = Math.max(0, view.left - box.left);
      const text = frame.querySelector('text');
      text.setAttribute('x', hidden + 4);
      text.style.visibility = box.width - hidden < 28 ? 'hidden' : '';
    }
  };
  new ResizeObserver(fit).observe(figure);
  const start = (frame) => Number(frame.dataset.start);
  const end = (frame) => start(frame) + Number(frame.dataset.length);
  const zoom = (from, to) => {
    for (const frame of frames) {
      frame.setAttribute('x', (start(frame) - from) / (to - from) * 100 + '%');
      frame.setAttribute('width', (end(frame) - start(frame)) / (to - from) * 100 + '%');
    }
    fit();
  };
  const focus = (frame) => {
    if (!frame) return;
    for (const other of frames) other.setAttribute('tabindex', other === frame ? '0' : '-1');
    frame.focus();
  };
  const at = (frame, depth, backwards) => {
    const row = frames.filter((other) => Number(other.dataset.depth) === depth);
    return backwards
      ? row.filter((other) => start(other) < start(frame)).at(-1)
      : row.find((other) => start(other) >= start(frame) && other !== frame);
  };
  for (const frame of frames) {
    frame.addEventListener('focus', () => { told.textContent = frame.querySelector('title').textContent; });
    frame.addEventListener('mouseenter', () => { told.textContent = frame.querySelector('title').textContent; });
    frame.addEventListener('click', () => { focus(frame); zoom(start(frame), end(frame)); });
    frame.addEventListener('keydown', (event) => {
      const depth = Number(frame.dataset.depth);
      const inside = (other) => start(other) <= start(frame) && end(other) >= end(frame);
      if (event.key === 'ArrowRight') focus(at(frame, depth, false));
      else if (event.key === 'ArrowLeft') focus(at(frame, depth, true));
      else if (event.key === 'ArrowUp') focus(frames.find((other) => Number(other.dataset.depth) === depth - 1 && inside(other)));
      else if (event.key === 'ArrowDown') focus(frames.find((other) => Number(other.dataset.depth) === depth + 1 && start(other) >= start(frame) && start(other) < end(frame)));
      else if (event.key === 'Enter' && end(frame) > start(frame)) zoom(start(frame), end(frame));
      else if (event.key === 'Escape') zoom(0, 1);
      else return;
      event.preventDefault();
    });
  }
}
`;
