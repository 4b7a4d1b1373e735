import { afterEach, describe, expect, it } from 'vitest';

import { columnDriftPath } from '../../../../console/pages/paths.ts';
import { dayMs, floorToWeek, hourMs } from '../../../../core/window.ts';
import { toTimestamp } from '../../../../sql/database.ts';
import { textOf } from '../../console-world.ts';
import { storeDrift, storeMonitor, storeProfiles, today } from '../../stored-results.ts';
import { useConsole } from '../../use-console.ts';

const hostile = `<script>alert(1)</script>'; drop table alerts; --/?#%2F\u202E🦊`;

const windowUpTo = (daysAgo: number) => ({
  start: today - (daysAgo + 7) * dayMs,
  end: today - daysAgo * dayMs,
});

const values = (shift: number): readonly number[] => Array.from({ length: 100 }, (_, i) => i / 100 + shift);

const weather = {
  reference: [...Array<string>(60).fill('clear'), ...Array<string>(40).fill('rain, heavy')],
  current: [
    ...Array<string>(20).fill('clear'),
    ...Array<string>(70).fill('rain, heavy'),
    ...Array<string>(10).fill('=hail'),
  ],
};

describe('a column in a drift run', () => {
  const console = useConsole(async (database) => {
    await storeMonitor(database, 'bikes', {
      features: { temp: { kind: 'continuous' }, weather: { kind: 'categorical' } },
    });
    for (const daysAgo of [2, 1, 0]) {
      const verdict = daysAgo === 0 ? 'critical' : 'ok';
      await storeDrift(database, 'bikes', {
        daysAgo,
        verdict,
        columns: { temp: verdict, [hostile]: 'ok', weather: 'warning' },
      });
    }
    await database.execute(
      `update drift_results set statistic = 0.21, p_value = 0.0001, adjusted_p_value = 0.002,
         details = '{"null": "empirical", "usual": 0.02, "largest": 0.06, "independentWindows": 24}', reason = 'temp: Wasserstein 0.2 sd'
       where column_name = 'temp'`,
    );
    await database.execute(
      `insert into drift_results (model, drift_run_id, subject, column_name, method, statistic, p_value, effect, deciding, verdict, reason, reference_rows, current_rows)
       select model, drift_run_id, 'feature', 'temp', method, 0.3, 0.04, 0.3, false, 'ok', 'computed', 1, 1
       from drift_runs cross join unnest(array['kolmogorov-smirnov', 'missing-ratio']) as method`,
    );
    const moved = { reference: values(0), current: values(0.4) };
    await storeProfiles(database, 'bikes', { temp: moved, [hostile]: moved, weather });
  });

  const path = (column: string, daysAgo = 0, model = 'bikes'): string =>
    columnDriftPath(model, windowUpTo(daysAgo), column);

  it('says what was found, by which method, with which evidence, and how large it must be to matter', async () => {
    expect(await console.text(path('temp'))).toMatch(
      /Drift of temp .*◆ Critical in the window 2026-11-22 to 2026-11-29.*Compared with 2026-10-23 to 2026-11-22 \(rolling\).*Wasserstein 0\.2 sd Matters from 0\.1 sd Usually 0 to 0\.06 p 1e-4 p, corrected 0\.002 \(needs &lt; 0\.05\)/,
    );
  });

  it('draws both distributions, with their facts and how the method has moved', async () => {
    const shown = await console.page(path('temp'));
    expect(shown).toContain(
      'aria-label="temp: share of the values per bin, reference and current; mean 0.495 and 0.895"',
    );
    expect(textOf(shown)).toMatch(/Rows 100 100 Mean 0\.[45]\d* 0\.[89]\d* Range 0 to 0\.99 0\.4 to 1\.39/);
    expect(shown).toContain(
      'aria-label="temp: Wasserstein of 3 windows from 2026-11-27T00:00:00Z to 2026-11-29T00:00:00Z; 1 of them warning or critical"',
    );
    expect(textOf(shown)).toContain('1 other method');
  });

  it('says why the threshold is what it is', async () => {
    expect(await console.text(path('temp'))).toMatch(
      /Why it is judged so .*chosen by the values of the reference.*held against 24 independent past windows/,
    );
  });

  it('says where the profiles hold other rows than the run has seen', async () => {
    expect(await console.text(path('temp'))).toContain(
      '1 and 1 the picture is of 100 and 100: rows have changed since',
    );
  });

  it('leads to the run, its report, and the runs before and after it', async () => {
    await console.database.execute(
      `insert into reports (model, kind, window_start, window_end, html) values ('bikes', 'drift', $1, $2, '')`,
      [toTimestamp(windowUpTo(1).start), toTimestamp(windowUpTo(1).end)],
    );
    const shown = await console.page(path('temp', 1));
    expect(shown).toContain(`href="${path('temp', 2)}" rel="prev"`);
    expect(shown).toContain(`href="${path('temp', 0)}" rel="next"`);
    expect(shown).toContain('href="/runs/workflow/run?model=bikes"');
    expect(shown).toContain(
      'href="/reports/drift/bikes/2026-11-21T00:00:00Z/2026-11-28T00:00:00Z#column-temp"',
    );
    expect(await console.text(path('temp', 0))).toContain('Report not stored');
  });

  it('is text whatever it is called', async () => {
    const shown = await console.page(path(hostile));
    expect(shown).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&#39;; drop table alerts; --/?#%2F');
    expect(shown).not.toContain('<script>alert');
  });

  it('shows its numbers without a picture where the profiles are not kept any more', async () => {
    await console.database.execute(`update drift_runs set reference_id = 'gone' where window_end = $1`, [
      toTimestamp(windowUpTo(2).end),
    ]);
    const shown = await console.text(path('temp', 2));
    expect(shown).toContain('a reference that is not stored any more');
    expect(shown).toContain('The profiles that this run compared are not kept any more. Its numbers are.');
    expect(shown).toContain('Wasserstein 0.2 sd');
    expect((await console.get(`${path('temp', 2)}/distribution.svg`)).status).toBe(404);
  });

  describe('of profiles that are rolled up', () => {
    const windowOf = windowUpTo(0);
    async function markRolledUp(from: number, days: number, summedBy: 'day' | 'week'): Promise<void> {
      await console.database.execute(
        `insert into rolled_up_days (model, reference_id, day, summed_by)
         select 'bikes', 'r', $1::timestamptz + number * interval '24 hours', $3 from generate_series(0, $2 - 1) as number`,
        [toTimestamp(from), days, summedBy],
      );
    }
    /** Makes the sum of a day, the only one of its week, that of the week. */
    async function becomeWeek(day: number): Promise<void> {
      await markRolledUp(floorToWeek(day), 7, 'week');
      await console.database.execute(
        `with gone as (delete from profile_days where model = 'bikes' and day = $1 returning column_name, content)
         insert into profile_weeks (model, reference_id, week, column_name, content)
         select 'bikes', 'r', $2, column_name, content from gone`,
        [toTimestamp(day), toTimestamp(floorToWeek(day))],
      );
    }
    afterEach(async () => {
      await console.database.execute(
        `insert into profile_days (model, reference_id, day, column_name, content)
         select model, reference_id, case week when $1 then $2 else week end, column_name, content from profile_weeks`,
        [toTimestamp(floorToWeek(today - 2 * dayMs)), toTimestamp(today - 2 * dayMs)],
      );
      await console.database.execute('delete from rolled_up_days');
      await console.database.execute('delete from profile_weeks');
    });

    it('still draws the distributions where a window has whole weeks', async () => {
      // A Monday, in the reference.
      await becomeWeek(today - 20 * dayMs);
      expect(await console.page(path('temp'))).toContain('mean 0.495 and 0.895');
    });

    it('says so where a window has a part of a week', async () => {
      await becomeWeek(today - 2 * dayMs);
      expect(floorToWeek(today - 2 * dayMs)).toBeGreaterThan(windowOf.start);
      const shown = await console.text(path('temp'));
      expect(shown).toContain(
        'The profiles that this run compared are rolled up: of weeks that its windows have a part of, only the sums are kept. Its numbers are.',
      );
      expect(shown).toContain('Wasserstein 0.2 sd');
      expect((await console.get(`${path('temp')}/distribution.svg`)).status).toBe(404);
    });

    it('says so where a window has a part of a day, and draws what has whole days', async () => {
      await markRolledUp(today - 2 * dayMs, 2, 'day');
      expect(await console.page(path('temp'))).toContain('mean 0.495 and 0.895');
      const shift = 6 * hourMs;
      await console.database.execute(
        `update drift_runs set window_start = $1, window_end = $2 where model = 'bikes' and window_end = $3`,
        [toTimestamp(windowOf.start - shift), toTimestamp(windowOf.end - shift), toTimestamp(windowOf.end)],
      );
      const cut = { start: windowOf.start - shift, end: windowOf.end - shift };
      expect(await console.text(columnDriftPath('bikes', cut, 'temp'))).toContain(
        'The profiles that this run compared are rolled up: of days that its windows have a part of, only the sums are kept.',
      );
      await console.database.execute(
        `update drift_runs set window_start = $1, window_end = $2 where model = 'bikes' and window_end = $3`,
        [toTimestamp(windowOf.start), toTimestamp(windowOf.end), toTimestamp(cut.end)],
      );
    });
  });

  it('still speaks of a model that nobody watches any more', async () => {
    await storeDrift(console.database, 'gone', {
      daysAgo: 0,
      verdict: 'warning',
      columns: { temp: 'warning' },
    });
    expect(await console.text(path('temp', 0, 'gone'))).toContain('Nobody watches this model any more');
  });

  it('is not there where no run has judged it', async () => {
    for (const at of [
      path('nothing'),
      path('temp', 9),
      path('temp', 0, 'nobody'),
      path('\0'),
      '/models/bikes/drift/then/now/temp',
      `/models/bikes/drift/2026-11-31T00:00:00Z/2026-12-01T00:00:00Z/temp`,
    ])
      expect((await console.get(at)).status, at).toBe(404);
  });

  it('can be taken along as a picture and as numbers', async () => {
    const [svg, png, csv] = await Promise.all(
      ['svg', 'png', 'csv'].map((format) => console.get(`${path('temp')}/distribution.${format}`)),
    );
    expect(await svg!.text()).toMatch(/^<svg [\s\S]*bikes: temp up to 2026-11-29[\s\S]*<\/svg>\s*$/);
    expect(png!.headers.get('content-type')).toBe('image/png');
    const [head, ...rows] = (await csv!.text()).trim().split('\r\n');
    expect(head).toBe('from,to,reference,current');
    const shares = rows.map((row) => row.split(',').slice(2).map(Number));
    for (const side of [0, 1]) expect(shares.reduce((sum, row) => sum + row[side]!, 0)).toBeCloseTo(1, 9);
  });

  it('of a category shows the share of each level, those that are new and the others apart', async () => {
    const shown = await console.page(path('weather'));
    expect(textOf(shown)).toMatch(/Drift of weather .*▲ Warning in the window 2026-11-22 to 2026-11-29/);
    expect(shown).toContain('aria-label="weather: share of the values per level, reference and current"');
    const drawn = textOf(shown.slice(shown.indexOf('<figure'), shown.indexOf('</figure>')));
    for (const level of ['clear', 'rain, heavy', 'not in reference']) expect(drawn).toContain(level);
    const csv = await console.get(`${path('weather')}/distribution.csv`);
    expect((await csv.text()).trim().split('\r\n')).toEqual([
      'level,reference,current',
      'clear,0.6,0.2',
      '"rain, heavy",0.4,0.7',
      '(0 others),0,0',
      '(not in the reference),0,0.1',
    ]);
    const svg = await console.page(`${path('weather')}/distribution.svg`);
    for (const text of ['bikes: weather up to 2026-11-29', 'rain, heavy']) expect(svg).toContain(text);
  });

  it('has the numbers of its history as a file, one row a window', async () => {
    const csv = await console.get(`${path('temp')}/history.csv`);
    expect((await csv.text()).trim().split('\r\n')).toEqual([
      'window_end,method,verdict,effect',
      '2026-11-27T00:00:00Z,Wasserstein,ok,0.2',
      '2026-11-28T00:00:00Z,Wasserstein,ok,0.2',
      '2026-11-29T00:00:00Z,Wasserstein,critical,0.2',
    ]);
    const svg = await console.page(`${path('temp')}/history.svg`);
    expect(svg).toContain('bikes: temp, Wasserstein up to 2026-11-29');
    expect(svg).toContain('Dashed: matters. Band: usual. Triangle: warning. Diamond: critical.');
    // Of one window alone there is no course.
    const earliest = path('temp', 2);
    expect(await console.page(earliest)).not.toContain('/history.csv');
    expect((await console.get(`${earliest}/history.csv`)).status).toBe(404);
  });
});
