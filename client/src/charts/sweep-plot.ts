/** Latency against device memory by weight streaming budget, as inline SVG: a pure function. */
import {
  budgetValue,
  bytesOf,
  hasLatency,
  percentText,
  type SweepAdvice,
  type SweepPoint,
  type WeightStreamingSweep,
} from '../../../server/src/engine/measurements/weight-streaming.ts';
import { byteText, millisecondsText } from '../../../server/src/engine/sizes.ts';
import { escapeHtml } from '../escape-html.ts';

// The unit is above the highest tick, also where words are drawn larger.
const [width, height] = [640, 336];
const margin = { left: 70, right: 40, top: 32, bottom: 44 };

/**
 * A point takes the focus and, pressed, posts `budget:VALUE`, as a config takes it. Both axes begin at 0, so that a difference looks as
 * big as it is.
 */
export function sweepPlotHtml(sweep: WeightStreamingSweep, { knee, best }: SweepAdvice): string {
  const points = sweep.points.filter(hasLatency);
  if (points.length === 0) return '';
  const { streamable } = sweep.weights;
  const widest = Math.max(...points.map(bytesOf), 1);
  const highest = Math.max(...points.map(({ latency }) => latency.p95), Number.MIN_VALUE);
  const [across, up] = [roundTicks(widest), roundTicks(highest)];
  const [right, top] = [across.at(-1) ?? widest, up.at(-1) ?? highest];
  const x = (bytes: number) =>
    (margin.left + (bytes / right) * (width - margin.left - margin.right)).toFixed(1);
  const y = (milliseconds: number) =>
    (height - margin.bottom - (milliseconds / top) * (height - margin.top - margin.bottom)).toFixed(1);
  const line = points.map((point) => `${x(bytesOf(point))},${y(point.latency.median)}`).join(' ');
  const marks = points.map((point) => {
    // Budgets differ; objects do, too, once a message has carried them.
    const isKnee = point.budget === knee?.budget;
    const told = [
      `Budget ${percentText(point.budget, streamable)} (${byteText(point.budget)} of weights on the GPU)`,
      `${millisecondsText(point.latency.median)} ms median, ${millisecondsText(point.latency.p95)} ms for 95 %`,
      `${byteText(bytesOf(point))} with scratch memory and activations`,
      ...(isKnee ? ['Recommended'] : []),
      ...(point.budget === best?.budget ? ['The fastest'] : []),
      ...(point.isAutomatic ? ['TensorRT’s own choice'] : []),
    ].map(escapeHtml);
    const kinds = ['point', ...(isKnee ? ['knee'] : []), ...(point.isAutomatic ? ['automatic'] : [])];
    const at = x(bytesOf(point));
    return `<g class="${kinds.join(' ')}" role="button" tabindex="0" data-message="budget:${escapeHtml(budgetValue(point, streamable))}" aria-label="${told.join('. ')}. Press to keep this budget in the config."><title>${told.join('\n')}</title><line x1="${at}" x2="${at}" y1="${y(point.latency.min)}" y2="${y(point.latency.p95)}"/><circle cx="${at}" cy="${y(point.latency.median)}" r="6"/></g>`;
  });
  const [bottom, end] = [height - margin.bottom, width - margin.right];
  return `<figure class="sweep">
<svg class="plot" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group" aria-label="Latency against memory by budget; the table says the same">
${up.map((tick) => `<line class="grid" x1="${margin.left}" x2="${end}" y1="${y(tick)}" y2="${y(tick)}"/><text class="left" x="${margin.left - 8}" y="${y(tick)}">${millisecondsText(tick)}</text>`).join('\n')}
${across.map((tick) => `<text class="below" x="${x(tick)}" y="${bottom + 18}">${byteText(Math.round(tick))}</text>`).join('\n')}
<text class="below" x="${(margin.left + end) / 2}" y="${height - 6}">weights on the GPU + scratch memory + activations</text>
<text class="unit left" x="${margin.left - 8}" y="10">ms</text>
<polyline points="${line}"/>
${marks.join('\n')}
</svg>
<figcaption>Each point is a budget; its line reaches from the fastest inference to the 95th percentile.${legend(points, knee)} Press a point to keep its budget in the config.</figcaption>
</figure>`;
}

/** From 0 to beyond the greatest value, by steps of 1, 2 or 5 with zeros. */
function roundTicks(greatest: number): number[] {
  const power = 10 ** Math.floor(Math.log10(greatest / 4));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((wide) => wide * 5 >= greatest) ?? greatest;
  return Array.from({ length: Math.ceil(greatest / step - 1e-9) + 1 }, (_, index) => index * step);
}

/** What the colours of points mean, as far as there are such points. */
function legend(points: readonly SweepPoint[], knee: SweepAdvice['knee']): string {
  const kinds = [
    ...(knee ? ['<span class="dot knee"></span>recommended'] : []),
    ...(points.some(({ isAutomatic, budget }) => isAutomatic && budget !== knee?.budget)
      ? ['<span class="dot automatic"></span>TensorRT’s own choice']
      : []),
  ];
  return kinds.length > 0 ? ` ${kinds.join(', ')}.` : '';
}

export const sweepStyle = `
.sweep { overflow-x: auto; }
.plot { height: auto; min-width: 22rem; }
.plot text { fill: var(--vscode-descriptionForeground); font-size: 12px; }
/* In a narrow panel the plot is drawn smaller, and its words are not. */
@media (max-width: 36rem) { .plot text { font-size: 17px; } }
.plot .left { text-anchor: end; dominant-baseline: middle; }
.plot .below { text-anchor: middle; }
.plot .grid { stroke: var(--vscode-descriptionForeground); stroke-opacity: 0.25; }
.plot polyline { fill: none; stroke: var(--vscode-charts-blue); stroke-opacity: 0.5; }
.point { cursor: pointer; }
.point:focus { outline: none; }
.point line { stroke: var(--vscode-charts-blue); }
.point circle { fill: var(--vscode-charts-blue); stroke: var(--vscode-editor-background); }
.point.automatic circle { fill: var(--vscode-charts-purple); }
.point.knee circle { fill: var(--vscode-charts-green); }
.dot { display: inline-block; width: 0.7em; height: 0.7em; margin-right: 0.3em; border-radius: 50%; }
.dot.knee { background: var(--vscode-charts-green); }
.dot.automatic { background: var(--vscode-charts-purple); }
.point:focus circle, .point:hover circle { stroke: var(--vscode-focusBorder); stroke-width: 3; }
`;
