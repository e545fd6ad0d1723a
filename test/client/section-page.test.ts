import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sweepPlotHtml } from '../../client/src/charts/sweep-plot.ts';
import { differencePage, sectionPage } from '../../client/src/section-page.ts';
import {
  adviseBudget,
  sweepFormat,
  type WeightStreamingSweep,
} from '../../server/src/engine/measurements/weight-streaming.ts';

const page = sectionPage(
  {
    title: 'net.engine',
    lead: { text: 'It cannot run here.', mood: 'no' },
    notes: ['A note.'],
    sections: [
      { kind: 'rows', title: 'File', rows: [['Made by', 'TensorRT 10.6.0']] },
      {
        kind: 'table',
        title: 'Layers',
        columns: ['ms', 'share', 'Layer'],
        rows: [
          ['0.0203', '16.2 %', 'a <script>alert(1)</script> "b"'],
          ['+0.5', '±0 %', 'c'],
        ],
      },
    ],
    histogram: { start: 1, width: 0.5, counts: [2, 8] },
    buttons: [{ message: 'load', label: 'Load' }],
  },
  'N1',
);

describe('pages of engines and profiles', () => {
  test('run nothing and load nothing but their own style and script', () => {
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    assert.equal(policy, "default-src 'none'; style-src 'nonce-N1'; script-src 'nonce-N1'");
    assert.deepEqual(
      [...page.matchAll(/<(script|style)[^>]*>/g)].map(([tag]) => tag),
      ['<style nonce="N1">', '<script nonce="N1">'],
    );
    // Such a policy refuses these, and what they say would be lost.
    assert.doesNotMatch(page, / style=| on\w+=/);
  });

  test('show names of layers as text, whatever is in them', () => {
    assert.match(page, /a &#60;script&#62;alert\(1\)&#60;\/script&#62; &#34;b&#34;/);
  });

  test('columns of numbers are aligned as such, and sorted by value', () => {
    assert.match(
      page,
      /<td class="number" data-value="0\.0203">0\.0203<\/td><td class="number" data-value="16\.2">16\.2 %<\/td><td>a /,
    );
    assert.equal([...page.matchAll(/<button class="sort">/g)].length, 3);
  });

  test('columns that a narrow place does not have are put below the row', () => {
    const html = sectionPage(
      {
        title: 'values',
        notes: [],
        sections: [
          {
            kind: 'table',
            title: 'Tensors',
            columns: ['Tensor', 'Node', 'Max', 'Shape'],
            levels: [1, 2, 1, 3],
            rows: [['/layers.0/"a"', '/layers.0/add (Add) of a long name', '0.5', '1x2']],
          },
        ],
        buttons: [],
      },
      'N',
    );
    assert.match(html, /<table class="narrows up-to-3">/);
    assert.match(
      html,
      /<td><button class="more" aria-expanded="false" aria-label="More of \/layers\.0\/&#34;a&#34;"><\/button>\/layers\.0<wbr>\/&#34;a&#34;<\/td><td class="long level-2">/,
    );
    assert.match(html, /<td class="number" data-value="0\.5">0\.5<\/td><td class="level-3">1x2<\/td>/);
    assert.doesNotMatch(page, /class="more"/, 'tables that say nothing of it have all columns everywhere');
  });

  test('sizes are sorted by bytes, whatever unit they are told in', () => {
    const rows = ['4.72 MB', '464 kB', '12 bytes', '−1.5 GB', 'as the model'].map((cell) => [cell]);
    const html = sectionPage(
      {
        title: 'sizes',
        notes: [],
        sections: [{ kind: 'table', title: 'Sizes', columns: ['Size'], rows }],
        buttons: [],
      },
      'N',
    );
    assert.deepEqual(
      [...html.matchAll(/<td[^>]*data-value="([^"]*)"/g)].map(([, number]) => Number(number)),
      [4.72e6, 464e3, 12, -1.5e9],
    );
  });

  test('a value that is not there leaves a column one of numbers; what the lead says is not said again', () => {
    const html = sectionPage(
      {
        title: 'values',
        lead: { text: 'All is well.', mood: 'yes' },
        notes: [],
        sections: [
          { kind: 'rows', title: 'Result', rows: [['Found', 'All is well.']] },
          {
            kind: 'table',
            title: 'Tensors',
            columns: ['Min', 'Change'],
            rows: [
              ['–', '+0.5 (+2.0 %)'],
              ['-1', '±0 (±0.0 %)'],
            ],
          },
        ],
        buttons: [],
      },
      'N',
    );
    assert.match(
      html,
      /<td class="number">–<\/td><td class="number" data-value="0\.5">\+0\.5 \(\+2\.0 %\)<\/td>/,
    );
    assert.equal(html.split('All is well.').length, 2);
    assert.doesNotMatch(html, /Result/);
  });

  test('take colours from the theme', () => {
    const colours = [...page.matchAll(/(?:color|background|fill): ([^;]+);/g)].map(([, value]) => value);
    assert.ok(colours.length > 5);
    for (const colour of colours) assert.match(colour ?? '', /^var\(--vscode-|^inherit$|^none$/);
  });

  test('the histogram’s highest bar fills it, and each bar says what it counts', () => {
    assert.match(page, /height="120\.00"><title>1\.500 to 2\.000 ms: 8<\/title>/);
    assert.match(page, /height="30\.00"><title>1\.000 to 1\.500 ms: 2<\/title>/);
  });

  test('a flame chart: one frame takes the focus, each says what it is, and nothing in it is markup', () => {
    const frame = { depth: 1, start: 0, milliseconds: 2, heat: 1, details: ['2 ms', '<img src=x>'] };
    const html = sectionPage(
      {
        title: 'p',
        notes: [],
        sections: [],
        buttons: [],
        flame: {
          total: 4,
          depth: 2,
          frames: [
            { ...frame, kind: 'inference', label: 'All', depth: 0, milliseconds: 4, heat: 0 },
            { ...frame, kind: 'layer', label: '<script>alert(1)</script>' },
            { ...frame, kind: 'layer', label: 'b', start: 2, heat: 0.1 },
          ],
        },
      },
      'N',
    );
    assert.equal([...html.matchAll(/tabindex="0"/g)].length, 1);
    assert.equal([...html.matchAll(/tabindex="-1"/g)].length, 2);
    assert.match(html, /x="50\.0000%" y="22" width="50\.0000%"/);
    assert.match(html, /frame layer heat-7/);
    assert.match(html, /frame layer heat-0/);
    assert.doesNotMatch(html, /<img|alert\(1\)<\/script>/);
    assert.doesNotMatch(html.replace(/<script[\s\S]*<\/script>/, ''), / style=| on\w+=/);
  });

  test('two engines that do not differ, and two that do', () => {
    assert.match(differencePage(['a', 'b'], [], [], 'N'), /do not differ/);
    const different = differencePage(
      ['a', 'b'],
      [
        {
          title: 'File',
          rows: [
            { label: 'Size', before: '1 kB', after: '2 kB' },
            { label: 'New', after: 'x' },
          ],
        },
      ],
      [{ message: 'load', label: 'Load Both' }],
      'N',
    );
    assert.match(different, /<button data-message="load">Load Both<\/button>/);
    assert.match(
      different,
      /<tr><td>Size<\/td><td class="number" data-value="1000">1 kB<\/td><td data-value="2000">2 kB<\/td><\/tr>\n<tr><td>New<\/td><td class="number">–<\/td><td>x<\/td><\/tr>/,
    );
  });
});

describe('the plot of a weight streaming sweep', () => {
  const point = (budget: number, median: number) => ({
    budget,
    isAutomatic: budget === 1000,
    latency: { median, p95: median * 1.1, min: median * 0.9 },
    context: 100,
  });
  const sweep: WeightStreamingSweep = {
    format: sweepFormat,
    formatVersion: 1,
    engine: '/models/net.engine',
    runtime: { product: 'TensorRT', version: '10.6.0' },
    device: { name: 'GPU', computeCapability: '9.0' },
    weights: { streamable: 1000, automaticBudget: 1000 },
    shapes: {},
    points: [
      point(0, 4),
      point(500, 1.02),
      point(1000, 1),
      { budget: 700, isAutomatic: false, failure: 'no memory' },
    ],
  };
  // As it comes from the server.
  const plot = sweepPlotHtml(sweep, JSON.parse(JSON.stringify(adviseBudget(sweep))));

  test('has a point for each budget that was measured, which the keyboard reaches and which offers its budget', () => {
    assert.deepEqual(
      [...plot.matchAll(/<g class="([^"]*)" role="button" tabindex="0" data-message="([^"]*)"/g)].map(
        ([, kind, message]) => [kind, message],
      ),
      [
        ['point', 'budget:0%'],
        ['point knee', 'budget:50%'],
        ['point automatic', 'budget:automatic'],
      ],
    );
    assert.match(
      plot,
      /aria-label="Budget 50 % [^"]*Recommended[^"]*Press to keep this budget in the config/,
    );
  });

  test('is higher where it is slower, and farther right where it takes more memory', () => {
    const circles = [...plot.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    const [slow, knee, fast] = circles;
    assert.ok(slow?.[0] !== undefined && knee?.[0] !== undefined && fast?.[0] !== undefined);
    assert.ok(slow[0] < knee[0] && knee[0] < fast[0]);
    assert.ok((slow[1] ?? 0) < (knee[1] ?? 0));
  });

  test('has axes of round numbers, and says what colours mean', () => {
    const ticks = (kind: string) =>
      [...plot.matchAll(new RegExp(`<text class="${kind}"[^>]*>([^<]*)</text>`, 'g'))].map(
        ([, tick]) => tick,
      );
    assert.deepEqual(ticks('left'), ['0', '1.00', '2.00', '3.00', '4.00', '5.00']);
    assert.deepEqual(ticks('below').slice(0, -1), ['0 bytes', '500 bytes', '1.00 kB', '1.50 kB']);
    assert.match(plot, /knee"><\/span>recommended, .*TensorRT’s own choice\./);
  });

  test('has its unit clear of the ticks, whose words may be 17 pixels high', () => {
    const heights = (kind: string) =>
      [...plot.matchAll(new RegExp(`<text class="${kind}" x="62" y="([\\d.]+)"`, 'g'))].map(([, y]) =>
        Number(y),
      );
    const [unit, another] = heights('unit left');
    assert.ok(unit !== undefined && another === undefined && heights('left').length > 2);
    assert.ok(heights('left').every((tick) => tick - unit > 17));
  });

  test('is left out where nothing was measured', () => {
    const failed = { ...sweep, points: [{ budget: 0, isAutomatic: false, failure: 'no memory' }] };
    assert.equal(sweepPlotHtml(failed, adviseBudget(failed)), '');
  });
});
