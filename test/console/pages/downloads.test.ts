/** Every chart of a model and of its columns can be taken along: as a picture of two kinds, and as the numbers in it. */

import { describe, expect, it } from 'vitest';

import { columnDriftPath } from '../../../console/pages/paths.ts';
import { routes } from '../../../console/server/routes.ts';
import { dayMs, hourMs } from '../../../core/window.ts';
import { toTimestamp } from '../../../sql/database.ts';
import { now } from '../console-world.ts';
import { storeDrift, storeEvaluation, storeMonitor, storeProfiles, today } from '../stored-results.ts';
import { useConsole } from '../use-console.ts';

const model = 'bikes';
const window = { start: today - 7 * dayMs, end: today };
const pathOf = (column: string): string => columnDriftPath(model, window, column);

const types = {
  png: 'image/png',
  svg: 'image/svg+xml',
  csv: 'text/csv; charset=utf-8',
} as const;

/** The charts of a page, each with the links below it. */
function chartsOf(page: string): readonly (readonly string[])[] {
  return [...page.matchAll(/<figure[\s\S]*?<\/figure>|<table class="heat"[\s\S]*?<\/table>/g)].map(
    ({ 0: chart, index }) => {
      const below = page.slice(index + chart.length).trimStart();
      const links = /^<p class="downloads">[\s\S]*?<\/p>/.exec(below)?.[0] ?? '';
      return [...links.matchAll(/<a href="([^"]+)" download/g)].map(([, path]) =>
        path!.replaceAll('&amp;', '&'),
      );
    },
  );
}

describe('each chart', () => {
  const console = useConsole(async (database) => {
    await storeMonitor(database, model, {
      features: { 'air & ground': { kind: 'continuous' }, weather: { kind: 'categorical' } },
    });
    for (const daysAgo of [2, 1, 0]) {
      await storeEvaluation(database, model, { daysAgo, rmse: 60 + daysAgo });
      await storeDrift(database, model, {
        daysAgo,
        verdict: 'ok',
        columns: { 'air & ground': 'ok', weather: 'warning' },
      });
    }
    await storeProfiles(database, model, {
      'air & ground': { reference: [1, 2, 3, 4, 5, 6], current: [3, 4, 5, 6, 7, 8] },
      weather: { reference: ['clear', 'clear', 'rain'], current: ['rain', 'rain', 'snow'] },
    });
    await database.execute(
      `insert into outcome_summaries (model, hour, segment, version, prediction_count, outcome_count, content, settings_hash)
       values ($1, $2, '', 'v1', 10, 5, '', '')`,
      [model, toTimestamp(now - 3 * hourMs)],
    );
  });

  const pages: readonly [path: string, drawings: readonly string[]][] = [
    [`/models/${model}`, ['performance', 'drift', 'coverage'].map((name) => `/models/${model}/${name}`)],
    ...['air & ground', 'weather'].map((column): [string, string[]] => [
      pathOf(column),
      [`${pathOf(column)}/distribution`, `${pathOf(column)}/history`],
    ]),
  ];

  it.each(pages)('of %s has its three files below it', async (path, drawings) => {
    const page = await console.page(path);
    const charts = chartsOf(page);
    expect(charts.map((links) => links.map((link) => link.replace(/\?.*$/, '')))).toEqual(
      drawings.map((drawing) => Object.keys(types).map((format) => `${drawing}.${format}`)),
    );
    // No picture is outside of what was looked at.
    const outside = page.replaceAll(/<figure[\s\S]*?<\/figure>/g, '');
    expect([page.includes('role="img"'), outside.includes('role="img"')]).toEqual([true, false]);
    for (const link of charts.flat()) {
      const answer = await console.get(link);
      const format = /\.(\w+)(?:\?|$)/.exec(link)![1] as keyof typeof types;
      expect([link, answer.status, answer.headers.get('content-type')]).toEqual([link, 200, types[format]]);
      expect(answer.headers.get('content-disposition')).toMatch(
        new RegExp(`^attachment; filename\\*=UTF-8''\\S+\\.${format}$`),
      );
      const body = Buffer.from(await answer.arrayBuffer());
      if (format === 'png') expect(body.subarray(1, 4).toString()).toBe('PNG');
      if (format === 'svg') expect(body.toString()).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
      if (format === 'csv') expect(body.toString().trim().split('\r\n').length).toBeGreaterThan(1);
    }
  });

  it('that is served as a file is below a chart of some page', () => {
    const last = (path: string): string => path.split('/').at(-1)!;
    const walked = new Set(pages.flatMap(([, drawings]) => drawings.map(last)));
    expect(new Set(routes.drawings.map(({ path }) => last(path)))).toEqual(walked);
  });
});
