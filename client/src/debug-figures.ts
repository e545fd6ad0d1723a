/** Histograms of tensors as inline SVG, with what they show in words. Pure: values in, HTML out. */
import type { ValueFigure } from '../../server/src/debug-protocol.ts';
import { escapeHtml } from './escape-html.ts';

const [width, height] = [280, 60];

/** Empty where there are none. */
export function debugFigures(figures: readonly ValueFigure[]): string {
  if (figures.length === 0) return '';
  return `<section><h2>Histograms</h2>\n<div class="figures">\n${figures.map(figureHtml).join('\n')}\n</div></section>`;
}

function figureHtml({ tensor, bars }: ValueFigure): string {
  // One scale for both, so that what lies elsewhere is seen to.
  const start = Math.min(...bars.map(({ histogram }) => histogram.start));
  const end = Math.max(
    ...bars.map(({ histogram }) => histogram.start + histogram.width * histogram.counts.length),
  );
  const pictures = bars.map(({ label, histogram, text }, index) => {
    const name = `${tensor}, ${label}: ${text}`;
    return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(name)}">${bar(histogram, start, end, index > 0 || isReference(bars.length, label))}</svg>
<p class="caption">${escapeHtml(`${label}: ${text}`)}</p>`;
  });
  return `<figure><figcaption>${escapeHtml(tensor)}</figcaption>\n${pictures.join('\n')}</figure>`;
}

function isReference(count: number, label: string): boolean {
  return count === 1 && label.startsWith('ONNX Runtime');
}

function bar(
  { start, width: step, counts }: ValueFigure['bars'][number]['histogram'],
  from: number,
  to: number,
  isOther: boolean,
): string {
  const most = Math.max(1, ...counts);
  const scale = to > from ? width / (to - from) : 0;
  const mark = isOther ? ' class="reference"' : '';
  return counts
    .map((count, index) => {
      const left = scale === 0 ? 0 : (start - from + index * step) * scale;
      const wide = scale === 0 || step === 0 ? width / 40 : Math.max(0.5, step * scale - 0.5);
      const tall = (count / most) * height;
      const range =
        step === 0
          ? String(start)
          : `${(start + index * step).toPrecision(4)} to ${(start + (index + 1) * step).toPrecision(4)}`;
      return `<rect${mark} x="${left.toFixed(2)}" y="${(height - tall).toFixed(2)}" width="${wide.toFixed(2)}" height="${tall.toFixed(2)}"><title>${range}: ${count}</title></rect>`;
    })
    .join('');
}
