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
    quality: [
      {
        check: 'range',
        column: 'temp',
        level: 'warning',
        reason: '12 values above 0.9',
        counts: { failed: 12 },
      },
      { check: 'volume', level: 'ok', reason: 'as expected', counts: {} },
    ],
  },
);
const page = renderDriftReport(small);
const wide = renderDriftReport(wideReport(60, 20));

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
      /^ Data drift bike-demand ▲ Warning 2 of 3 features drifted \(67% of the importance/,
    );
    expect(start).toContain('Current 2011-07-01 to 2011-08-01 744 rows');
    expect(start).toContain('Reference 2011-03-01 to 2011-04-01 730 rows');
    expect(start).toContain('Columns 1 critical, 1 warning, 1 not judged, 1 OK');
    expect(start).toContain('As of 2011-08-01T03:00:00Z');
  });

  it('shows the worst first, then the most important', () => {
    const sections = [...page.matchAll(/<h3[^>]*><bdi>([^<]*)</g)].map(([, name]) => name);
    expect(sections).toEqual(['temp', 'hum', 'windspeed', 'hr']);
    const rows = [...page.matchAll(/<a href="#(c\d)"><bdi>([^<]*)</g)].map(([, id, name]) => [id, name]);
    expect(rows).toEqual([
      ['c1', 'temp'],
      ['c2', 'hum'],
      ['c3', 'windspeed'],
      ['c4', 'hr'],
    ]);
  });

  it('says of a column what decided, how certain that is, and what else was found', () => {
    const temp = textOf(page.slice(page.indexOf('id="c1"'), page.indexOf('id="c2"')));
    expect(temp).toContain(
      'Different from the reference? ◆ Critical Wasserstein 4.48 sd Matters from 0.1 sd p',
    );
    expect(temp).toContain('p, corrected');
    expect(temp).toContain('Other statistics Method Statistic');
    expect(temp).toMatch(/KS 0\.981/);
    expect(temp).toMatch(
      /Mean 0\.33 0\.76 Range 0\.12 to 0\.7 0\.58 to 0\.96 Missing 0% 0% Out of the reference/,
    );
  });

  it('says why there is no picture of a column', () => {
    expect(textOf(page)).toContain('No picture: the current window has no value.');
  });

  it('shows failed checks, and folds passed ones', () => {
    expect(textOf(page)).toContain('temp : range ▲ Warning 12 values above 0.9 failed 12');
    expect(order(page, '12 values above 0.9', '1 check passed', 'as expected', 'Columns to look at')).toEqual(
      ['12 values above 0.9', '1 check passed', 'as expected', 'Columns to look at'],
    );
  });

  it('has a strip of all columns and folds calm ones where there are many', () => {
    expect(page).not.toContain('aria-label="All columns"');
    expect(wide.match(/<li>/g)).toHaveLength(60);
    expect(page).toMatch(/<details class="calm" +open>/);
    expect(wide).toMatch(/<details class="calm" *>/);
    expect(textOf(wide)).toMatch(/\d\d columns are OK/);
  });

  it('folds a reason that names many columns', () => {
    expect(page).not.toContain('All of it');
    expect(wide).toContain('<summary>All of it</summary>');
  });

  it('can be about nothing', () => {
    const nothing = renderDriftReport({
      ...small,
      columns: [],
      quality: [],
      verdict: { level: 'insufficient-data', reason: 'no feature is enabled' },
    });
    expect(textOf(nothing)).toMatch(
      /\? Not judged no feature is enabled .* Columns none .* No column was compared\./,
    );
  });

  it('has the same bytes every time, from JSON too', () => {
    expect(renderDriftReport(JSON.parse(JSON.stringify(small)) as typeof small)).toBe(page);
  });
});

describe('the file', () => {
  it('needs neither network nor script, and allows none', () => {
    expect(page).toContain(
      `http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`.replace(
        ' content',
        '\ncontent',
      ),
    );
    for (const markup of [page, wide]) {
      expect(markup.match(/url\((?!#)|@import|https?:/g) ?? []).toEqual([]);
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
