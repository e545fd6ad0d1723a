/** Pages of sections (rows and tables) in a web view: what is known of an engine, a profile. Pure: text in, HTML out. */
import type { SectionDifference } from '../../server/src/engine/compare-engines.ts';
import type { Section } from '../../server/src/engine/describe-engine.ts';
import type { FlameChart } from '../../server/src/engine/profile/flame.ts';
import type { Histogram } from '../../server/src/engine/profile/histogram.ts';
import { flameChartHtml, flameScript, flameStyle } from './charts/flame-chart.ts';
import { sweepStyle } from './charts/sweep-plot.ts';
import { escapeHtml } from './escape-html.ts';
import { tableHtml, tableScript, tableStyle } from './section-table.ts';

export interface SectionPage {
  readonly title: string;
  /** One sentence under the title, and what it says: good, bad, or that nobody knows. */
  readonly lead?: { readonly text: string; readonly mood: 'yes' | 'no' | 'unknown' };
  readonly notes: readonly string[];
  readonly sections: readonly Section[];
  readonly histogram?: Histogram;
  /** HTML of what stands behind the sections, made by pure functions: no text of others in it that is not escaped. */
  readonly figures?: readonly string[];
  readonly flame?: FlameChart;
  /** HTML of a chart before the sections, made likewise. */
  readonly figure?: string;
  /** Messages that the buttons post. */
  readonly buttons: readonly { readonly message: string; readonly label: string }[];
}

/** `nonce` is made anew for each page: only its own style and script run. */
export function sectionPage(
  { title, lead, notes, sections, histogram, flame, figure, figures = [], buttons }: SectionPage,
  nonce: string,
): string {
  return page(
    title,
    [
      lead ? `<p class="lead ${lead.mood}">${escapeHtml(lead.text)}</p>` : '',
      ...notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`),
      buttonsHtml(buttons),
      figure ?? '',
      histogram ? histogramFigure(histogram) : '',
      flame ? flameChartHtml(flame) : '',
      ...sections.map((section) => sectionHtml(withoutLead(section, lead?.text))),
      ...figures,
    ],
    nonce,
  );
}

/** What two engines have otherwise. */
export function differencePage(
  names: readonly [before: string, after: string],
  differences: readonly SectionDifference[],
  buttons: SectionPage['buttons'],
  nonce: string,
): string {
  const [before, after] = names;
  const body =
    differences.length === 0
      ? ['<p class="note">They do not differ in what is known of them.</p>']
      : differences.map(
          ({ title, rows }) =>
            `<section class="difference"><h2>${escapeHtml(title)}</h2>${tableHtml({
              columns: ['', before, after],
              rows: rows.map((row) => [row.label, row.before ?? '–', row.after ?? '–']),
            })}</section>`,
        );
  return page(`${before} ↔ ${after}`, [buttonsHtml(buttons), ...body], nonce);
}

function buttonsHtml(buttons: SectionPage['buttons']): string {
  if (buttons.length === 0) return '';
  const list = buttons.map(
    ({ message, label }) => `<button data-message="${escapeHtml(message)}">${escapeHtml(label)}</button>`,
  );
  return `<div class="buttons">${list.join('\n')}</div>`;
}

function page(title: string, body: readonly string[], nonce: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'">
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body.filter((part) => part !== '').join('\n')}
</main>
<script nonce="${nonce}">${script}</script>
</body>
</html>`;
}

/** What the page begins with is not said twice. */
function withoutLead(section: Section, lead: string | undefined): Section {
  if (section.kind === 'table') return section;
  return { ...section, rows: section.rows.filter(([, value]) => value !== lead) };
}

function sectionHtml(section: Section): string {
  if (section.rows.length === 0) return '';
  const body =
    section.kind === 'table'
      ? tableHtml(section)
      : `<dl>${section.rows
          .map(([label, value]) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`)
          .join('\n')}</dl>`;
  return `<section><h2>${escapeHtml(section.title)}</h2>${body}</section>`;
}

function histogramFigure({ start, width, counts }: Histogram): string {
  const most = Math.max(1, ...counts);
  const [bar, height] = [16, 120];
  const bars = counts.map((count, index) => {
    const tall = (count / most) * height;
    const from = start + index * width;
    const range = `${from.toPrecision(4)} to ${(from + width).toPrecision(4)} ms: ${count}`;
    return `<rect x="${index * bar}" y="${(height - tall).toFixed(2)}" width="${bar - 1}" height="${tall.toFixed(2)}"><title>${range}</title></rect>`;
  });
  const end = start + width * counts.length;
  return `<figure class="histogram">
<div class="bars">
<svg viewBox="0 0 ${counts.length * bar} ${height}" width="${counts.length * bar * 2}" height="${height}" preserveAspectRatio="none" role="img" aria-label="Histogram of latencies">${bars.join('')}</svg>
<div class="ends" aria-hidden="true"><span>${start.toPrecision(3)} ms</span><span>${end.toPrecision(3)} ms</span></div>
</div>
<figcaption>Latencies of inferences; the highest bar counts ${most}</figcaption>
</figure>`;
}

const style = `
body { padding: 0 1.5rem 2rem; color: var(--vscode-editor-foreground); background: var(--vscode-editor-background); }
h1 { font-size: 1.4em; font-weight: 600; overflow-wrap: anywhere; }
h2 { margin: 1.6em 0 0.5em; font-size: 1.1em; font-weight: 600; }
.lead { padding: 0.5em 0.8em; border-left: 3px solid var(--vscode-editorInfo-foreground); background: var(--vscode-textBlockQuote-background); }
.lead.yes { border-color: var(--vscode-testing-iconPassed); }
.lead.no { border-color: var(--vscode-editorError-foreground); }
.lead.unknown { border-color: var(--vscode-editorWarning-foreground); }
.note { color: var(--vscode-descriptionForeground); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25em 1.5em; margin: 0; }
dt { color: var(--vscode-descriptionForeground); }
dd { margin: 0; overflow-wrap: anywhere; }
.difference table { width: 100%; min-width: 30rem; table-layout: fixed; }
.difference td { white-space: normal; overflow-wrap: anywhere; }
.difference .number { text-align: left; }
.difference th:first-child { width: 28%; }
figure { margin: 1em 0; }
figcaption { margin-top: 0.3em; color: var(--vscode-descriptionForeground); }
figure rect { fill: var(--vscode-charts-blue); }
figure rect.reference { fill: var(--vscode-charts-yellow); }
figure svg, .plot { max-width: 100%; }
.histogram svg, .figures svg { display: block; border-bottom: 1px solid var(--vscode-descriptionForeground); }
.bars { width: fit-content; max-width: 100%; }
.ends { display: flex; justify-content: space-between; gap: 1em; color: var(--vscode-descriptionForeground); }
.figures { display: flex; flex-wrap: wrap; gap: 1em 2em; }
.figures figure { margin: 0.5em 0; max-width: 22rem; }
.figures figcaption { color: inherit; font-weight: 600; }
.caption { margin: 0.2em 0 0.6em; color: var(--vscode-descriptionForeground); }
.buttons { display: flex; flex-wrap: wrap; gap: 0.5em; margin: 1em 0; }
.buttons button { padding: 0.35em 1em; border: 1px solid var(--vscode-button-border, transparent); border-radius: 2px;
  font: inherit; cursor: pointer; color: var(--vscode-button-foreground); background: var(--vscode-button-background); }
.buttons button:hover { background: var(--vscode-button-hoverBackground); }
.buttons button + button { color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); }
.buttons button + button:hover { background: var(--vscode-button-secondaryHoverBackground); }
button:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
${tableStyle}${flameStyle}${sweepStyle}`;

const script = `
const editor = acquireVsCodeApi();
for (const button of document.querySelectorAll('[data-message]')) {
  const post = () => editor.postMessage(button.dataset.message);
  button.addEventListener('click', post);
  // Parts of charts are no buttons by themselves.
  if (button.tagName !== 'BUTTON')
    button.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      post();
    });
}
${tableScript}${flameScript}`;
