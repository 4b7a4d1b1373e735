import { describe, expect, it } from 'vitest';

import { renderDriftReport } from '../../../console/drift-report/render.ts';
import { escapeHtml } from '../../../console/html.ts';
import { bikeReport, hostileNames, wideReport } from './bike-report.ts';

const small = bikeReport(
  [
    { source: 'hr', compared: 'drifted', settings: { weight: 0.3 } },
    { source: 'hum', compared: 'drifted', settings: { weight: 0.2 } },
    { source: 'temp', compared: 'drifted', settings: { weight: 0.4 }, days: 30 },
    { source: 'windspeed', compared: 'empty', settings: { weight: 0.1 } },
  ],
  {
    quality: {
      verdict: { level: 'warning', reason: '1 of 2 checks failed' },
      checks: [
        { check: 'range', column: 'temp', level: 'warning', reason: '12 values above 0.9' },
        { check: 'volume', level: 'ok', reason: 'as expected' },
      ],
    },
  },
);
const page = await renderDriftReport(small);
const wide = await renderDriftReport(wideReport(60, 20));

/** What stands between the tags, in order. */
const textOf = (markup: string): string =>
  markup
    .replaceAll(/<(style|title)>[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
/** The parts of a page, in which order they come. */
const order = (markup: string, ...parts: readonly string[]): string[] =>
  [...parts].sort((a, b) => markup.indexOf(a) - markup.indexOf(b));

describe('a report', () => {
  it('begins with the verdict, the sides and the number of columns', () => {
    const start = textOf(page).slice(0, 500);
    expect(start).toMatch(
      /^ Data drift bike-demand ▲ Drift 2 of 3 features drifted \(67% of the importance of these 3/,
    );
    expect(start).toContain('Current 2011-07-01 to 2011-08-01 744 rows');
    expect(start).toContain('Reference 2011-03-01 to 2011-04-01 730 rows');
    expect(start).toContain('Columns 1 critical, 1 warning, 1 not judged, 1 OK');
    expect(start).toContain('As of 2011-08-01 03:00 UTC');
    expect(start).toContain('▲ Warning Data quality : 1 of 2 checks failed');
  });

  it('shows the worst first, then the most important', () => {
    const sections = [...page.matchAll(/<h3[^>]*><bdi>([^<]*)</g)].map(([, name]) => name);
    expect(sections).toEqual(['temp', 'hum', 'windspeed', 'hr']);
    const table = page.slice(page.indexOf('class="overview"'));
    const rows = [...table.matchAll(/<a href="#(c\d)"><bdi>([^<]*)</g)].map(([, id, name]) => [id, name]);
    expect(rows).toEqual([
      ['c1', 'temp'],
      ['c2', 'hum'],
      ['c3', 'windspeed'],
      ['c4', 'hr'],
    ]);
  });

  it('shows what does not count last and without the colour of an alarm, and leaves it out of the headline', async () => {
    const markup = await renderDriftReport(
      bikeReport(
        [
          { source: 'temp', compared: 'drifted', settings: { weight: 0.9, enabled: false } },
          { source: 'hum', compared: 'calm', settings: { weight: 0.1 } },
        ],
        {
          quality: {
            verdict: { level: 'ok', reason: '1 check passed' },
            checks: [
              { check: 'volume', level: 'ok', reason: 'as expected' },
              {
                check: 'range',
                column: 'temp',
                level: 'warning',
                reason: '12 values above 0.9',
                counted: false,
              },
            ],
          },
        },
      ),
    );
    const text = textOf(markup);
    expect(text).toContain('✓ No drift 0 of 1 feature drifted');
    expect(text).toContain('Columns 1 feature: 1 OK 1 not counted: 1 critical');
    expect(text).toContain('Nothing found by all checks: 1 OK; not counted: 1 warning');
    expect(text).not.toContain('See what the data-quality checks found');
    expect(text).toMatch(
      /Those that count first, .* hum ✓ OK .* temp not counted ◆ Critical Wasserstein 4\.48 sd/,
    );
    expect(markup).toMatch(/<tr +class="aside">\s*<th scope="row"><a href="#c2"><bdi>temp/);
    expect(markup).toContain('<section class="column aside" id="c2"');
  });

  it('explains only the words that it has', async () => {
    const explained = (markup: string): string => textOf(markup.slice(markup.indexOf('How to read')));
    expect(explained(page)).toContain('Warning and critical A warning is a difference that is certain');
    expect(explained(page)).toContain(' Since The end of the first of the windows');
    const files = explained(await renderDriftReport(bikeReport([{ source: 'temp', compared: 'drifted' }])));
    expect(files).not.toMatch(/ Since | Usual /);
  });

  it('says of a column what decided, how certain that is, and what else was found', () => {
    const temp = textOf(page.slice(page.indexOf('id="c1"'), page.indexOf('id="c2"')));
    expect(temp).toContain(
      'Different from the reference? ◆ Critical Wasserstein 4.48 sd Matters from 0.1 sd p',
    );
    expect(temp).toContain('p, corrected');
    expect(temp).toContain('importance 40%');
    expect(temp).toContain('10 other methods Method Statistic');
    expect(temp).toMatch(/KS 0\.981/);
    expect(temp).toMatch(
      /Mean 0\.33 0\.76 Range 0\.12 to 0\.7 0\.58 to 0\.96 Missing 0% 0% Out of the reference/,
    );
  });

  it('says why there is no picture of a column', () => {
    expect(textOf(page)).toContain('No picture: the current window has no value.');
  });

  it('shows failed checks, and folds passed ones', () => {
    expect(textOf(page)).toContain('temp : range ▲ Warning 12 values above 0.9');
    const parts = ['12 values above 0.9', 'by the other checks: 1 OK', 'as expected', 'Columns that drifted'];
    expect(order(page, ...parts)).toEqual(parts);
  });

  it('has a strip of all columns and folds those that have not drifted where there are many', () => {
    expect(page).not.toContain('aria-label="All columns"');
    expect(wide.match(/tabindex="-1"/g)).toHaveLength(60);
    expect(page).toMatch(/<details class="others" +open>/);
    expect(wide).toMatch(/<details class="others" *>/);
    expect(textOf(wide)).toMatch(/Other columns 1 not judged, \d\d OK/);
  });

  it('says since when, and shows how the whole has moved', async () => {
    const points = (['ok', 'warning', 'insufficient-data', 'critical'] as const).map((level, i) => ({
      windowEnd: `2011-07-${29 + i}T00:00:00Z`.replace('32T', '31T'),
      value: i / 10,
      level,
    }));
    const past = { limit: 0.5, points };
    const since = { windowEnd: '2011-07-30T00:00:00Z', windows: 2, before: 'calm' } as const;
    const drifted = textOf(await renderDriftReport({ ...small, past, since }));
    expect(drifted).toContain('▲ Drift since 2011-07-30 2 of 3 features drifted');
    expect(drifted).toContain('Share of drifted features through time limit 50%');
    const first = await renderDriftReport({ ...small, past: { limit: 0.5, points: points.slice(0, 1) } });
    expect(first).not.toContain('through time limit');
  });

  it('shows the segments, those in which something drifted first, and what all features together show', async () => {
    const [temp] = small.columns.filter(({ name }) => name === 'temp');
    const text = textOf(
      await renderDriftReport({
        ...small,
        segments: [
          { name: 'holiday=0', rows: 1500, verdict: { level: 'ok', reason: '0 of 3 drifted' }, drifted: [] },
          {
            name: '<i>holiday</i>=1',
            rows: 48,
            verdict: { level: 'warning', reason: '1 of 1 drifted' },
            drifted: [temp!],
          },
        ],
        together: [
          { method: 'correlation', verdict: { level: 'critical', reason: '1 of 10 pairs changed' } },
          { method: 'pca-reconstruction', verdict: { level: 'ok', reason: 'mean error 1' } },
        ],
      }),
    );
    expect(text).toContain(
      '◆ Critical All features together : a change by 1 of 2 methods; it counts for the verdict only where no feature has drifted',
    );
    expect(text).toContain('▲ Warning Segments : 1 of 2 drifted: &lt;i&gt;holiday&lt;/i&gt;=1');
    expect(text).toContain('&lt;i&gt;holiday&lt;/i&gt;=1 48 rows ▲ Warning temp Wasserstein 4.48 sd');
    expect(text).toContain('Nothing drifted in 1: 1 OK');
    expect(text).toContain(
      'Do pairs of features go together otherwise than in the reference? ◆ Critical 1 of 10',
    );
  });

  it('pauses after each column when it is asked to', async () => {
    let pauses = 0;
    expect(await renderDriftReport(small, async () => void (pauses += 1))).toBe(page);
    expect(pauses).toBe(small.columns.length);
  });

  it('folds a reason that names many columns', () => {
    expect(page).not.toContain('All of it');
    expect(wide).toContain('<summary>All of it</summary>');
  });

  it('can be about nothing', async () => {
    const nothing = await renderDriftReport({
      ...small,
      columns: [],
      quality: { verdict: { level: 'insufficient-data', reason: 'nothing was checked' }, checks: [] },
      verdict: { level: 'insufficient-data', reason: 'no feature is enabled' },
    });
    expect(textOf(nothing)).toMatch(
      /\? Not judged no feature is enabled .* Columns none .* No column was compared\./,
    );
  });

  it('has the same bytes every time, from JSON too', async () => {
    expect(await renderDriftReport(JSON.parse(JSON.stringify(small)) as typeof small)).toBe(page);
  });
});

describe('the file', () => {
  it('needs neither network nor script, and allows none', () => {
    expect(page).toContain(
      `http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"`,
    );
    for (const markup of [page, wide]) {
      expect(markup.match(/url\((?!#)|@import|https?:|(?:src|href)="(?!#)/g) ?? []).toEqual([]);
      const tags = markup.match(/<[^>]*>/g)!.map((tag) => tag.replaceAll(/"[^"]*"/g, '""'));
      expect(tags.filter((tag) => /^<(script|link|img|iframe)|\son\w+=/i.test(tag))).toEqual([]);
    }
  });

  it('shows any name as it is written', () => {
    for (const name of hostileNames.filter((name) => name !== '')) {
      expect(wide, name).toContain(`<bdi>${escapeHtml(name)}</bdi>`);
    }
    expect(wide).not.toMatch(/<b>hum|<value>|<\/title><\/style>/);
  });

  it('has every id once, and every link leads to one', () => {
    const ids = [...wide.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...wide.matchAll(/(?:href="#|aria-labelledby="|url\(#)([^")]*)["\\)]/g)].map(
      ([, id]) => id!,
    );
    expect(targets.length).toBeGreaterThan(100);
    expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('closes what it opens', () => {
    const open: string[] = [];
    for (const [, slash, name, isVoid] of wide.matchAll(
      /<(\/?)([a-z][a-z0-9]*)(?:"[^"]*"|[^>"])*?(\/?)>/gi,
    )) {
      if (slash === '/') expect(open.pop()).toBe(name);
      else if (isVoid !== '/' && !['meta', 'br'].includes(name!)) open.push(name!);
    }
    expect(open).toEqual([]);
  });

  it('stays below 3 MB for 200 columns with histories', () => {
    // Every column costs the same: 60 of them are enough to tell.
    expect((Buffer.byteLength(wide) / 60) * 200).toBeLessThan(3e6);
  });
});
