import { beforeAll, describe, expect, it } from 'vitest';

import { openClient } from '../../../../client/tidewatch-client.ts';
import { retrainingPath } from '../../../../console/pages/paths.ts';
import { dayMs } from '../../../../core/window.ts';
import { toTimestamp } from '../../../../sql/database.ts';
import { now, openTestConsole, textOf } from '../../console-world.ts';
import { fillRetraining, retrainingId } from '../../acted-on.ts';
import {
  storeCheck,
  storeClassifier,
  storeDrift,
  storeEvaluation,
  storeMonitor,
  today,
} from '../../stored-results.ts';
import { useConsole } from '../../use-console.ts';

const hostile = `<script>alert(1)</script>'; drop table alerts; --/?#\u202E🦊`;

describe('the page of a model', () => {
  const console = useConsole(async (database) => {
    await storeMonitor(database, 'bikes', {
      description: 'Bikes an hour.',
      features: { temp: { kind: 'continuous' }, workingday: { kind: 'categorical' } },
      segments: ['workingday'],
    });
    await storeCheck(database, 'bikes', 0, 'critical', 'RMSE over 7 days 82.1 is above 70');
    for (const [daysAgo, rmse] of [
      [9, 60],
      [8, 61],
      [1, 75],
    ] as const)
      await storeEvaluation(database, 'bikes', { daysAgo, rmse });
    await storeEvaluation(database, 'bikes', { daysAgo: 0, rmse: 80, state: 'provisional' });
    await storeEvaluation(database, 'bikes', { daysAgo: 0, rmse: 82.1, revision: 2, state: 'provisional' });
    await storeEvaluation(database, 'bikes', { daysAgo: 0, rmse: 99, segment: 'workingday=<b>0</b>' });
    await storeEvaluation(database, 'bikes', { daysAgo: 0, rmse: 55, segment: 'workingday=1' });
    await storeDrift(database, 'bikes', {
      daysAgo: 1,
      verdict: 'ok',
      columns: { temp: 'ok', [hostile]: 'warning' },
    });
    await storeDrift(database, 'bikes', {
      daysAgo: 0,
      verdict: 'critical',
      columns: { temp: 'critical', [hostile]: 'ok' },
    });
    await database.execute(
      `insert into model_versions (model, version, stage, registered_at, promoted_at) values ('bikes', 'v2', 'champion', $1, $1), ('bikes', 'v1', 'archived', $2, $2)`,
      [toTimestamp(today - 4 * dayMs), toTimestamp(today - 90 * dayMs)],
    );
    await database.execute(
      `insert into outcome_summaries (model, hour, segment, version, prediction_count, outcome_count, content, settings_hash) values ('bikes', $1, '', 'v1', 10, 10, '', ''), ('bikes', $2, '', 'v1', 10, 5, '', '')`,
      [toTimestamp(now - 30 * 3_600_000), toTimestamp(now - 3 * 3_600_000)],
    );
    await database.execute(
      `insert into alerts (model, alert_key, episode, kind, subject, severity, state, summary, opened_as_of, observed_as_of, latest) values ('bikes', 'degradation:bikes:a/b', 1, 'degradation', 'a', 'critical', 'open', 'RMSE is above 70', $1, $1, '{"summary": "RMSE is still above 70", "facts": [], "links": [], "workflowId": "", "runId": ""}')`,
      [toTimestamp(now - 2 * dayMs)],
    );
    await database.execute(
      `insert into quality_results (model, window_start, window_end, check_name, column_name, verdict, reason, counts, configuration_hash, code_version, workflow_id, run_id) values ('bikes', $1, $2, 'missing', 'temp', 'warning', '9% are missing', '{}', '', '', '', '')`,
      [toTimestamp(today - 7 * dayMs), toTimestamp(today)],
    );
    await database.execute(
      `insert into process_watermarks (model, process, as_of, window_end) values ($1, 'drift-detection', $2, $2)`,
      [hostile, toTimestamp(today)],
    );
    await fillRetraining(database, 'bikes');
    await database.execute(
      `insert into watched_processes (model, process, cron, time_zone, watched_since) values ('bikes', 'drift-detection', '0 3 * * *', 'UTC', '2026-11-01')`,
    );
    await database.execute(
      `insert into process_watermarks (model, process, as_of, window_end, succeeded_at) values ('bikes', 'drift-detection', '2026-11-29', '2026-11-29', '2026-11-29T03:05:00Z')`,
    );
    await database.execute(
      `insert into dirty_windows (model, stage, window_start, window_end)
       values ('bikes', 'profiles', '2026-11-27', '2026-11-27T01:00:00Z'), ('bikes', 'profiles', '2026-11-28', '2026-11-28T01:00:00Z')`,
    );
    await database.execute(
      `insert into ingest_progress (model, source, byte_offset, line, row_count, rejected_count, fingerprint, updated_at)
       values ('bikes', 's', 1, 1, 1200, 3, 'f', $1)`,
      [toTimestamp(now - 120_000)],
    );
    await storeMonitor(database, 'new-model');
  });

  it('answers whether it is all right, since when it is what it is, and who serves', async () => {
    expect(await console.text('/models/bikes')).toMatch(
      /bikes Bikes an hour\. ◆ Critical since 2026-11-29, checked for 2026-11-29 RMSE over 7 days 82.1 is above 70 dataset critical: as critical 1 column critical: temp \(dataset critical\) .*RMSE, 2026-11-22 to 2026-11-28 82.1 provisional until 20\d\d-\d\d-\d\d, 90% of predictions have actuals so far, revision 2 .*v2, since 2026-11-25 .*75% of 20/,
    );
  });

  it('says of a number that is final how many predictions have actuals', async () => {
    await storeMonitor(console.database, 'settled');
    await storeEvaluation(console.database, 'settled', { daysAgo: 9, rmse: 60 });
    expect(await console.text('/models/settled')).toContain(
      '60 final, 90% of predictions have actuals, revision 1',
    );
  });

  it('draws the metric with its limit, what is provisional and the promotion, and says what was restated', async () => {
    const text = await console.text('/models/bikes');
    expect(await console.page('/models/bikes')).toContain(
      'RMSE over 7 days, 4 windows from 2026-11-20 to 2026-11-29: from 60 to 82.1; limits: critical 70; promoted v2 on 2026-11-25; the last 1 are provisional; restated: 1, with rings at their first values',
    );
    expect(text).toContain('ring: first value of a window that was restated');
    expect(text).toContain('upright line: another version was promoted');
    expect(text).toMatch(/2026-11-29 80 → 82.1 90% → 90% 2/);
  });

  it('of a classification model shows the metric that speaks for it, and says that higher is better', async () => {
    await storeClassifier(console.database, 'flights');
    const page = await console.page('/models/flights');
    expect(textOf(page)).toMatch(
      /flights ◆ Critical since 2026-11-29, .* ROC AUC over 7 days 0\.652 is below 0\.7 .*ROC AUC, 2026-11-22 to 2026-11-28 0\.652 \(0\.632 to 0\.672\) final.*ROC AUC through time .*Higher is better\./,
    );
    expect(page).toContain(
      'ROC AUC over 7 days, 3 windows from 2026-11-27 to 2026-11-29: from 0.81 to 0.652; limits: critical 0.7',
    );
    // Another metric of the newest evaluation is one click away.
    expect(page).toContain('<a href="/models/flights?metric=accuracy" >accuracy</a>');
    expect(await console.text('/models/flights?metric=accuracy')).toMatch(/accuracy through time .*90%/);
    const rows = (await console.page('/models/flights/performance.csv')).trim().split('\r\n');
    expect(rows[0]).toContain(',roc_auc,low,high,');
  });

  it('lists the drift report of each run, and in how many anything drifted', async () => {
    expect(await console.text('/models/bikes')).toContain(
      'All 2 drift reports, one a run: the dataset drifted in 1, single columns in 2 2026-11-29 ◆ Critical 2026-11-28 ✓ OK',
    );
  });

  it('shows columns by runs, the worst now first, each run with a link to the distributions of the column', async () => {
    const page = await console.page('/models/bikes');
    const newest = '/models/bikes/drift/2026-11-22T00:00:00Z/2026-11-29T00:00:00Z';
    expect(page).toContain(`<a href="${newest}/temp"\n><bdi>temp</bdi>`);
    expect(page.indexOf(`${newest}/temp`)).toBeLessThan(page.indexOf(`${newest}/%3Cscript`));
    expect(page).toMatch(
      /<a href="\/models\/bikes\/drift\/2026-11-21T00:00:00Z\/2026-11-28T00:00:00Z\/temp" tabindex="-1"\s*><title>2026-11-28: ok<\/title/,
    );
    expect(page).toContain('aria-label="2 runs: 1 critical, 1 OK"');
  });

  it('shows its segments, the checks of its data, and its open alerts', async () => {
    const text = await console.text('/models/bikes');
    expect(text).toMatch(/workingday=&lt;b&gt;0&lt;\/b&gt; 99 .*workingday=1 55/);
    expect(text).toContain('temp : missing ▲ Warning 9% are missing');
    expect(text).toMatch(/data quality all columns 2026-11-28: ok 2026-11-29: ok ✓ OK its checks are below/);
    expect(text).toMatch(
      /degradation:bikes:a\/b RMSE is still above 70 since 2026-11-2\d( \d\d:\d\d)?; open/,
    );
    expect(await console.page('/models/bikes')).toContain('href="/alerts/degradation%3Abikes%3Aa%2Fb"');
  });

  it('shows another metric and a longer time where these are asked for', async () => {
    expect(await console.text('/models/bikes?metric=rmse&days=730')).toContain('RMSE through time');
    for (const wrong of ['metric=%27;--', 'days=1e9', 'days=-1'])
      expect((await console.get(`/models/bikes?${wrong}`)).status).toBe(200);
  });

  it('shows its newest retrainings, whether they have helped and what they gained, each with a link', async () => {
    expect(await console.text('/models/bikes')).toMatch(
      /Retrainings As of .* 9 d ago awaiting-approval until 2026-11-30 .*1 → 2-challenger yes RMSE better by 60 \(55 to 65\), 46% All retrainings of this model/,
    );
    expect(await console.page('/models/bikes')).toContain(`href="${retrainingPath('bikes', retrainingId)}"`);
  });

  it('shows what is under way and waits, when its processes last succeeded and when they run next', async () => {
    for (const path of ['/models/bikes', '/models/bikes/now']) {
      const text = await console.text(path);
      expect(text).toMatch(/Under way A retraining is awaiting-approval .*: challenger 2-challenger/);
      expect(text).toContain('A file is being loaded: 1,200 rows, 3 rejected, the last of them 2 min ago');
      expect(text).toContain('2 hours: predictions to profile (driftDetection)');
      expect(text).toMatch(/drift-detection ✓ On time 12 h ago in 12 h up to 2026-11-29 daily at 03:00 UTC/);
    }
    expect(await console.page('/models/bikes')).toContain('data-live="/models/bikes/now"');
    expect(await console.text('/')).toContain('bikes retraining: awaiting-approval loading rows');
  });

  it('says of a model without results what to do', async () => {
    expect(await console.text('/models/new-model')).toMatch(
      /has not been judged yet.*npx tidewatch ingest rows\.csv --model new-model .*npx tidewatch run degradation-check --model new-model.*No alert is open.*No window has been evaluated yet.*Nothing was compared with the reference yet.*None yet\. A degradation starts one .*Nothing waits.*actuals-backfill \? Not yet due none yet in \d+ min – hourly at minute 5/,
    );
  });

  it('says of one whose predictions nothing has judged which command does, and who serves', async () => {
    const { database } = console;
    await storeMonitor(database, 'logged');
    const client = openClient({ database });
    const eventTime = '2026-11-20T09:00:00Z';
    await client.logPredictions('logged', [
      { version: '7', entity: 'a', eventTime, features: { temp: 1 }, prediction: 1 },
    ]);
    const page = await console.page('/models/logged');
    const code = (process: string) =>
      `<code>npx tidewatch run ${process} --model logged --as-of 2026-11-21T03:00:00Z</code>`;
    for (const process of ['degradation-check', 'drift-detection', 'performance-evaluation'])
      expect(page).toContain(code(process));
    expect(textOf(page)).toMatch(
      /Champion 7, which serves; no promotion is known of Newest predictions 9 d ago/,
    );
    expect(await console.text('/?search=logged')).toMatch(
      /logged \? Not judged not evaluated yet no run yet – 9 d ago 0 7/,
    );
  });

  it('says which window waits for its actuals, and until when', async () => {
    const { database } = console;
    await storeMonitor(database, 'late');
    await storeCheck(database, 'late', 0, 'insufficient-data', 'no window can be judged');
    await storeEvaluation(database, 'late', { daysAgo: 1, rmse: 61 });
    await storeEvaluation(database, 'late', { daysAgo: 0, rmse: 12 });
    await database.execute(
      `update performance_evaluations set verdict = 'insufficient-data', gate = 'awaiting-actuals', reason = '9% of 100 predictions have an actual'
       where model = 'late' and window_end = $1`,
      [toTimestamp(today)],
    );
    expect(await console.text('/models/late')).toContain(
      'Newest window 2026-11-22 to 2026-11-28 90 of 100 actuals known; waits for actuals until 2026-11-30 00:00 UTC: 9% of 100 predictions have an actual',
    );
  });

  it('shows how far a reprocessing is, and schedules that somebody has paused in Temporal', async () => {
    const startedAt = now - 120_000;
    const asked: string[] = [];
    const live = await openTestConsole(console.database, {
      askTemporal: async (model) => {
        asked.push(model);
        const paused = [{ process: 'drift-detection', note: 'the <warehouse> moves' }];
        const run = { workflowId: 'reprocessing:bikes:x', runId: 'r', startedAt };
        return {
          pauses: { paused, schedules: 4 },
          runs: [
            { ...run, type: 'reprocessing', progress: { done: 12, total: 30 } },
            { ...run, type: 'actualsBackfill' },
          ],
        };
      },
    });
    const page = await (await live.get('/models/bikes/now')).text();
    expect(page.replaceAll(/\s+/g, ' ')).toContain(
      '<progress value="12" max="30" aria-label="reprocessing: 40% (12 of 30 steps)" >',
    );
    expect(textOf(page)).toMatch(
      /Partly paused : drift-detection is paused in Temporal: &quot;the &lt;warehouse&gt; moves&quot;; tidewatch resume bikes reprocessing begun 2 min ago 40% \(12 of 30 steps\) actualsBackfill begun 2 min ago/,
    );
    await live.get('/alerts');
    await live.get('/');
    expect(asked).toEqual(['bikes']);
  });

  it('says what it does not know while Temporal is away', async () => {
    const away = await openTestConsole(console.database, {
      askTemporal: async () => ({ unknown: 'Temporal at 127.0.0.1:7233 does not answer' }),
    });
    expect(textOf(await (await away.get('/models/bikes')).text())).toContain(
      'Whether schedules are paused by hand, and which runs are under way, is not known: Temporal at 127.0.0.1:7233 does not answer.',
    );
  });

  it('says of a deleted one that nobody watches it, whatever it is called', async () => {
    const page = await console.page(`/models/${encodeURIComponent(hostile)}`);
    expect(page).toContain('Nobody watches this model any more');
    expect(page).not.toContain('<script>alert');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&#39;; drop table alerts; --/?#');
  });

  it('is not there of a model that nobody has ever heard of', async () => {
    for (const name of ['nobody', '%00', '..%2F..', 'BIKES'])
      expect((await console.get(`/models/${name}`)).status).toBe(404);
  });

  describe('the chart of a metric', () => {
    const model = 'with-intervals';
    beforeAll(async () => {
      const { database } = console;
      await storeMonitor(database, model);
      for (const daysAgo of [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]) {
        const rmse = 60 - daysAgo;
        await storeEvaluation(database, model, {
          daysAgo,
          rmse,
          version: daysAgo > 4 ? 'v1' : 'v2',
          intervals: { rmse: [rmse - 3, rmse + 4] },
          state: daysAgo < 3 ? 'provisional' : 'final',
        });
      }
      await database.execute(
        `insert into model_versions (model, version, stage, registered_at, promoted_at) values ($1, 'v2', 'champion', $2, $2)`,
        [model, toTimestamp(today - 4 * dayMs)],
      );
    });

    /** What is drawn in a colour: the numbers of its outline, x and y in turn. */
    const shapesIn = (svg: string, paint: string): number[][] =>
      [...svg.matchAll(/<(?:path|polygon|polyline) [^>]*>/g)]
        .filter(([shape]) => shape.includes(paint))
        .map(([shape]) => (/ (?:d|points)="([^"]+)"/.exec(shape)![1]!.match(/-?[\d.]+/g) ?? []).map(Number));
    const wide = async (): Promise<string> => {
      const page = await console.page(`/models/${model}`);
      return page.slice(page.indexOf('<div class="on-desk">'), page.indexOf('<div class="on-phone">'));
    };

    it('has a band of the intervals of each version', async () => {
      const svg = await wide();
      const bands = shapesIn(svg, 'fill="var(--current)" fill-opacity="0.2"');
      // Each window has a point above and one below.
      expect(bands.map((points) => points.length / 4)).toEqual([5, 5]);
      expect(await console.text(`/models/${model}`)).toContain('95% interval');
    });

    it('is shaded where it is provisional, and has an upright line at the promotion', async () => {
      const svg = await wide();
      const xs = (points: readonly number[]): number[] => points.filter((_, i) => i % 2 === 0);
      const lines = shapesIn(svg, 'stroke="var(--current)"').map(xs);
      const [first, last] = [Math.min(...lines.flat()), Math.max(...lines.flat())];
      const xOf = (daysAgo: number): number => last - ((last - first) * daysAgo) / 9;
      const [shading] = shapesIn(svg, 'fill="var(--axis)"').map(xs);
      expect(Math.min(...shading!)).toBeCloseTo(xOf(2.5), 0);
      expect(Math.max(...shading!)).toBeCloseTo(xOf(0), 0);
      const [promotion] = shapesIn(svg, 'stroke="var(--ink)"').map(xs);
      for (const x of promotion!) expect(x).toBeCloseTo(xOf(4), 0);
      expect(svg).toContain('>new v2</text>');
    });

    it('has a ring where a window stood before it was restated, on the page and as a file', async () => {
      const ring = /<path [^>]*fill="none"[^>]* stroke="var\(--muted\)"/g;
      expect((await wide()).match(ring)).toBeNull();
      await storeEvaluation(console.database, model, {
        daysAgo: 0,
        rmse: 63,
        version: 'v2',
        revision: 2,
        state: 'provisional',
      });
      expect((await wide()).match(ring)).toHaveLength(1);
      const file = await console.page(`/models/${model}/performance.svg`);
      expect(file).toContain('Ring: first value of a restated window.');
      await console.database.execute(
        `delete from performance_evaluations where model = $1 and revision = 2`,
        [model],
      );
    });

    it('has the ends of the intervals in its numbers', async () => {
      const csv = await console.page(`/models/${model}/performance.csv`);
      const [head, ...rows] = csv
        .trim()
        .split('\r\n')
        .map((row) => row.split(','));
      const columns = ['rmse', 'low', 'high', 'state'].map((name) => head!.indexOf(name));
      expect(rows.map((row) => columns.map((column) => row[column]))).toEqual(
        [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((daysAgo) => [
          String(60 - daysAgo),
          String(57 - daysAgo),
          String(64 - daysAgo),
          daysAgo < 3 ? 'provisional' : 'final',
        ]),
      );
    });
  });

  describe('its charts as files', () => {
    it.each(['performance', 'drift', 'coverage'])('are a picture and the numbers in it: %s', async (name) => {
      const [svg, png, csv] = await Promise.all(
        ['svg', 'png', 'csv'].map((format) => console.get(`/models/bikes/${name}.${format}?days=90`)),
      );
      expect(await svg!.text()).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
      expect([...new Uint8Array(await png!.arrayBuffer()).slice(1, 4)]).toEqual([
        ...new TextEncoder().encode('PNG'),
      ]);
      expect(csv!.headers.get('content-type')).toBe('text/csv; charset=utf-8');
      expect(csv!.headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''bikes-/);
      expect((await csv!.text()).split('\r\n').length).toBeGreaterThan(2);
    });

    it('hold what the page shows', async () => {
      const rows = (await console.page('/models/bikes/performance.csv')).trim().split('\r\n');
      expect(rows[0]).toBe('window_end,version,rmse,low,high,state,revision,coverage,outcomes,first_value');
      expect(rows.at(-2)).toBe('2026-11-28T00:00:00Z,v1,75,,,final,1,0.9,90,75');
      expect(rows.at(-1)).toBe('2026-11-29T00:00:00Z,v1,82.1,,,provisional,2,0.9,90,80');
    });

    it('are not there where there is nothing to draw', async () => {
      for (const path of ['/models/new-model/performance.svg', '/models/nobody/drift.csv'])
        expect((await console.get(path)).status).toBe(404);
    });
  });
});
