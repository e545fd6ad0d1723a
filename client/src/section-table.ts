/** Tables on pages of sections. Pure: text in, HTML out; the page has their style and script once. */
import type { TableSection } from '../../server/src/engine/describe-engine.ts';
import { escapeHtml } from './escape-html.ts';

/** Columns of numbers are aligned as such, and sorted by value. */
export function tableHtml({
  columns,
  rows,
  levels,
}: Pick<TableSection, 'columns' | 'rows' | 'levels'>): string {
  const numeric = columns.map(
    (_, column) =>
      rows.some((row) => !isBlank(row[column])) &&
      rows.every((row) => isBlank(row[column]) || isNumber(row[column])),
  );
  const mark = (column: number, cell = '') => {
    const level = levels?.[column] ?? 1;
    const isLong = numeric[column] !== true && cell.length > (levels ? longInNarrow : longText);
    const names = [
      ...(numeric[column] === true ? ['number'] : []),
      ...(isLong ? ['long'] : []),
      ...(level > 1 ? [`level-${level}`] : []),
    ];
    return names.length > 0 ? ` class="${names.join(' ')}"` : '';
  };
  const most = Math.max(1, ...(levels ?? []));
  const head = columns
    .map((name, column) =>
      name === ''
        ? `<th scope="col"${mark(column)}></th>`
        : `<th scope="col"${mark(column)} aria-sort="none"><button class="sort">${escapeHtml(name)}</button></th>`,
    )
    .join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${row.map((cell, column) => `<td${mark(column, cell)}${sortedBy(cell)}>${column === 0 && most > 1 ? moreButton(cell) : ''}${most > 1 ? breakable(cell) : escapeHtml(cell)}</td>`).join('')}</tr>`,
    )
    .join('\n');
  const narrows = most > 1 ? ` class="narrows up-to-${most}"` : '';
  return `<div class="scroll"><table${narrows}><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** More is broken into lines. */
const longText = 48;
const longInNarrow = 24;

/** Names are broken where they have parts before they are broken elsewhere. */
function breakable(cell: string): string {
  return escapeHtml(cell).replaceAll(/(?<=[^/])\//g, '<wbr>/');
}

/** Shown where the place is too narrow for all columns: the script puts what is hidden below the row. */
function moreButton(name: string): string {
  return `<button class="more" aria-expanded="false" aria-label="More of ${escapeHtml(name)}"></button>`;
}

function isBlank(cell: string | undefined): boolean {
  return cell === undefined || cell === '' || cell === '–';
}

/** With a unit; or with a share, as `+0.5 (+2.0 %)`. */
function isNumber(cell: string | undefined): boolean {
  return (
    cell !== undefined && /^[+\-−±]?\d+(\.\d+)?(e[+-]\d+)?( [%\w]+)?( \([+\-−±]?[\d.]+ %\))?$/.test(cell)
  );
}

/** Sizes are told in units that differ from row to row. */
const units: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

function sortedBy(cell: string): string {
  if (!isNumber(cell)) return '';
  const unit = / ([kMGT]B)$/.exec(cell)?.[1] ?? '';
  const number = Number.parseFloat(cell.replace('−', '-').replace('±', '')) * (units[unit] ?? 1);
  return ` data-value="${number}"`;
}

/** By the width of the place that a table is in, not that of the window. */
export const tableStyle = `
.scroll { overflow-x: auto; container-type: inline-size; }
table { border-collapse: collapse; }
th { text-align: left; font-weight: 600; border-bottom: 1px solid var(--vscode-panel-border); }
th .sort { border: 0; padding: 0.2em 0; font: inherit; text-align: inherit; color: inherit; background: none; cursor: pointer; }
th[aria-sort="ascending"] .sort::after { content: " \\2191"; }
th[aria-sort="descending"] .sort::after { content: " \\2193"; }
th, td { padding: 0.2em 1.2em 0.2em 0; vertical-align: top; }
td { white-space: nowrap; font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); }
.long { min-width: 18rem; max-width: 40rem; white-space: normal; overflow-wrap: anywhere; }
tbody tr:hover { background: var(--vscode-list-hoverBackground); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.narrows :is(th, td) { padding-right: 0.9em; }
.narrows .long { min-width: 8rem; }
.more { float: left; width: 1.3em; margin-left: -1.3em; border: 0; padding: 0; font: inherit; text-align: left; color: inherit; background: none; cursor: pointer; }
.more::before { content: "\\25B8"; }
.more[aria-expanded="true"]::before { content: "\\25BE"; }
.details dl { margin: 0 0 0.6em 1.2em; }
.details div { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; }
.details td { white-space: normal; }
@container (max-width: 87.5rem) { .up-to-3 tr > :first-child { padding-left: 1.3em; } }
@container (max-width: 56rem) { .up-to-2 tr > :first-child { padding-left: 1.3em; } }
@container (max-width: 56rem) { :is(th, td).level-2 { display: none; } }
@container (max-width: 87.5rem) { :is(th, td).level-3 { display: none; } }
@container (min-width: 56.01rem) { .details .level-2, .up-to-2 :is(.more, .details) { display: none; } }
@container (min-width: 87.51rem) { .narrows :is(.more, .details) { display: none; } }
`;

export const tableScript = `
const detailsOf = (row) => {
  const next = row.nextElementSibling;
  return next && next.matches('.details') ? [next] : [];
};
const unfold = (row) => {
  const heads = row.closest('table').tHead.rows[0].cells;
  const list = document.createElement('dl');
  for (const cell of row.cells) {
    const level = [...cell.classList].find((name) => name.startsWith('level-'));
    if (level === undefined || cell.textContent === '') continue;
    const entry = document.createElement('div');
    entry.className = level;
    const [label, text] = [document.createElement('dt'), document.createElement('dd')];
    label.textContent = heads[cell.cellIndex].textContent;
    text.textContent = cell.textContent;
    entry.append(label, text);
    list.append(entry);
  }
  const details = document.createElement('tr');
  details.className = 'details';
  const place = details.insertCell();
  place.colSpan = row.cells.length;
  place.append(list);
  row.after(details);
};
for (const button of document.querySelectorAll('.more'))
  button.addEventListener('click', () => {
    const row = button.closest('tr');
    const details = detailsOf(row);
    button.setAttribute('aria-expanded', String(details.length === 0));
    if (details.length === 0) unfold(row);
    else details[0].remove();
  });
const value = (row, column) => {
  const { dataset, textContent } = row.cells[column];
  return { text: textContent, number: Number(dataset.value ?? NaN) };
};
for (const button of document.querySelectorAll('.sort'))
  button.addEventListener('click', () => {
    const head = button.closest('th');
    const body = button.closest('table').tBodies[0];
    const order = head.getAttribute('aria-sort') === 'descending' ? 'ascending' : 'descending';
    for (const other of head.parentElement.cells) if (other.hasAttribute('aria-sort')) other.setAttribute('aria-sort', 'none');
    head.setAttribute('aria-sort', order);
    const column = head.cellIndex;
    const sign = order === 'ascending' ? 1 : -1;
    const rows = [...body.rows].filter((row) => !row.matches('.details')).sort((a, b) => {
      const left = value(a, column), right = value(b, column);
      const byNumber = left.number - right.number;
      return sign * (Number.isNaN(byNumber) ? left.text.localeCompare(right.text) : byNumber);
    });
    // What is unfolded of a row stays below it.
    const unfolded = new Map(rows.map((row) => [row, detailsOf(row)]));
    body.append(...rows.flatMap((row) => [row, ...unfolded.get(row)]));
  });
`;
