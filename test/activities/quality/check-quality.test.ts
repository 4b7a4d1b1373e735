import { describe, expect, it } from 'vitest';

import { findMonitor } from '../../../activities/monitors/store.ts';
import { profileLock } from '../../../activities/profiles/profile-hours.ts';
import { findReference } from '../../../activities/profiles/reference-store.ts';
import { specifyReference } from '../../../activities/profiles/reference.ts';
import { checkQuality, type WindowQuality } from '../../../activities/quality/check-quality.ts';
import { readQuality, storeQuality } from '../../../activities/quality/store.ts';
import { openClient, type PredictionRow } from '../../../client/tidewatch-client.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { isFailed, type QualityCheck } from '../../../core/quality/check.ts';
import { hourMs, parseInstant, type Window } from '../../../core/window.ts';
import { lockUntilCommit } from '../../../sql/database.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const model = 'checked';
/** The fourth week; the reference is the first two. */
const week: Window = { start: day(22), end: day(29) };
const asOf = at(29, 3);

const test = useDatabase('empty for each test');

/** Three good weeks of a model that is watched, and the actuals of the fourth. */
async function threeWeeks(monitor: Partial<MonitorInput> = {}): Promise<void> {
  await watch(test.database, { model, ...monitor });
  await load(test.database, model, { from: 1, to: 22 });
  await openClient({ database: test.database }).recordActuals(model, actualsOf({ from: 22, to: 29 }));
}

/** Logs the fourth week, as `change` changes it. */
async function fourthWeek(
  change: (row: PredictionRow, i: number) => readonly PredictionRow[] = (row) => [row],
): Promise<void> {
  const rows = predictionsOf({ from: 22, to: 29 }).flatMap(change);
  await openClient({ database: test.database }).logPredictions(model, rows);
}

/** Changes stored rows by plain SQL, as the client refuses values of another type. */
async function rewrite(set: string, from: string, to: string): Promise<void> {
  await test.database.execute(
    `update predictions set ${set} where model = $1 and event_time >= $2 and event_time < $3`,
    [model, from, to],
  );
}

async function check(window = week): Promise<WindowQuality> {
  const activities = activitiesOn(test.database);
  const text = { start: new Date(window.start).toISOString(), end: new Date(window.end).toISOString() };
  await activities.attachActuals({ model, asOf });
  await activities.profileHours({ model, asOf, window: text });
  const { monitor } = await findMonitor(test.database, model);
  return test.database.transaction(async (connection) => {
    await lockUntilCommit(connection, profileLock(model));
    const reference = await findReference(connection, model, specifyReference(monitor, window).id);
    return checkQuality(connection, monitor, reference, window, parseInstant(asOf));
  });
}

const failedOf = ({ checks }: { checks: readonly QualityCheck[] }) =>
  checks
    .filter(isFailed)
    .map(({ check, column, verdict: { level, reason } }) => `${column} ${check} ${level}: ${reason}`);

describe('checkQuality', () => {
  it('passes a good week, and says of every check why', async () => {
    await threeWeeks();
    await fourthWeek();
    const { verdict, checks } = await check();
    expect(checks.map(({ check, column }) => `${column} ${check}`).sort()).toMatchInlineSnapshot(`
      [
        " duplicates",
        " volume",
        "actual constant",
        "actual freshness",
        "actual missing",
        "actual range",
        "actual schema",
        "actual stuck",
        "c constant",
        "c missing",
        "c schema",
        "c unseen",
        "prediction constant",
        "prediction freshness",
        "prediction missing",
        "prediction range",
        "prediction schema",
        "prediction stuck",
        "x constant",
        "x missing",
        "x range",
        "x schema",
        "x stuck",
      ]
    `);
    expect(verdict).toEqual({ level: 'ok', reason: '23 checks passed' });
  });

  it('finds what is wrong with columns', async () => {
    await threeWeeks();
    await fourthWeek((row, i) => [
      {
        ...row,
        features: {
          ...row.features,
          ...(i < 40 && { x: null }),
          ...(i >= 100 && { c: 'new' }),
          ...(i >= 84 && { gust: 1 }),
        },
      },
    ]);
    await rewrite(`features = features || '{"x": "many"}'`, at(23, 16), at(24, 12));
    const quality = await check();
    expect(failedOf(quality)).toEqual([
      'c unseen warning: 68 of 168 values are categories that the reference does not have (40%; reference 0%)',
      'x schema critical: 20 of 168 rows hold something else than a number in it (12%; reference 0%)',
      'x missing critical: 40 of 168 rows have no value (24%; reference 0%)',
      'gust new-column warning: 84 of 168 rows (50%) have it, but no monitor watches it and the reference does not have it',
    ]);
    expect(quality.verdict.level).toBe('critical');
    expect(quality.verdict.reason).toMatch(
      /^3 of 23 checks failed: x schema: [^;]*; [^;]*; x missing: .*; c unseen: /,
    );
  });

  it('finds columns that stand still, are constant or gone, and values that jump out of their range', async () => {
    const features = {
      x: { kind: 'continuous' },
      c: { kind: 'categorical' },
      far: { kind: 'continuous' },
      gone: { kind: 'continuous' },
    } as const;
    const good = (row: PredictionRow, i: number): PredictionRow => ({
      ...row,
      features: { ...row.features, far: row.features['x'], gone: i },
    });
    await threeWeeks({ features });
    await openClient({ database: test.database }).logPredictions(
      model,
      predictionsOf({ from: 1, to: 22 }).map(good),
    );
    await fourthWeek((row, i) => [good(row, i)]);
    expect(failedOf(await check())).toEqual([]);
    await fourthWeek((row, i) => {
      const { far, x } = good(row, i).features;
      return [
        {
          ...row,
          features: {
            far: i >= 50 && i < 70 ? 90 + i : far,
            x: i >= 100 && i < 130 ? 0.25 : x,
            c: 'a',
            gone: null,
          },
        },
      ];
    });
    expect(failedOf(await check())).toEqual([
      'c constant critical: it is a in all 168 hours, usually in at most 2 on end',
      'x stuck warning: it stood still at 0.25 for 30 hours from 2024-01-26T04:00:00Z, usually for at most 1',
      'far range critical: 20 of 168 values (12%) are outside -2 to 2, far away or reached by a jump',
      'gone schema critical: none of 168 rows has a value',
    ]);
  });

  it('does not count columns that are disabled, nor checks that are ignored', async () => {
    await threeWeeks({
      features: { x: { kind: 'continuous', enabled: false }, c: { kind: 'categorical' } },
      quality: { ignore: ['unseen'] },
    });
    await fourthWeek((row) => [{ ...row, features: { x: 100, c: 'new' } }]);
    const quality = await check();
    expect(failedOf(quality)).toHaveLength(3);
    expect(quality.verdict.level).toBe('ok');
  });

  it('finds rows that are there again, by entity, event time and features', async () => {
    await threeWeeks();
    const again = (row: PredictionRow, i: number): PredictionRow[] => [
      row,
      ...(i < 20 ? [{ ...row, issuedAt: Number(row.eventTime) + 1_000 }] : []),
      // Another forecast of the same hour is no repetition.
      ...(i >= 100 && i < 120
        ? [{ ...row, issuedAt: Number(row.eventTime) + 1_000, features: { x: 0, c: 'b' } }]
        : []),
      ...(i >= 120 && i < 140 ? [{ ...row, entity: 'another' }] : []),
    ];
    await fourthWeek(again);
    const { checks } = await check();
    const repeats = checks.find(({ check }) => check === 'duplicates')!;
    expect(repeats.counts['rows']).toBe(228);
    expect(Number(repeats.counts['repeats'])).toBeGreaterThanOrEqual(20);
    expect(Number(repeats.counts['repeats'])).toBeLessThan(24);
    expect(repeats.verdict.level).toBe('warning');
  });

  it('finds hours without rows, and predictions that have stopped', async () => {
    await threeWeeks();
    await fourthWeek((row, i) => (i < 100 ? [row] : []));
    expect(failedOf(await check())).toEqual([
      ' volume critical: 100 rows, usually 168; 68 of 168 hours that usually have rows are empty, the first 2024-01-26T04:00:00Z',
      'prediction freshness critical: the newest is of 2024-01-26T03:00:00Z, 2.9 days old (limit 4 h)',
    ]);
  });

  it('takes predictions that are made once a day for fresh, though the last hours of the day have none', async () => {
    await threeWeeks();
    await fourthWeek((row, i) => (i < 166 ? [row] : []));
    expect(failedOf(await check())).toEqual([]);
  });

  it('holds rows against the expectations of the monitor', async () => {
    await threeWeeks({
      features: {
        x: { kind: 'continuous', expect: { min: -1.5, max: 2, notNull: true } },
        c: { kind: 'categorical', enabled: false, expect: { in: ['a'], level: 'warning' } },
      },
      prediction: { expect: { max: 15 } },
      actual: { expect: { min: 100 } },
    });
    await fourthWeek();
    const { checks, verdict } = await check();
    const expected = checks.filter(({ check }) => check.startsWith('expect-'));
    expect(
      expected.map(({ column, check, verdict, counts }) => [column, check, verdict.level, counts['failed']]),
    ).toEqual([
      ['c', 'expect-in', 'warning', 112],
      ['x', 'expect-min', 'critical', 20],
      ['x', 'expect-max', 'ok', 0],
      ['x', 'expect-notNull', 'ok', 0],
      ['prediction', 'expect-max', 'critical', 68],
      ['actual', 'expect-min', 'critical', 168],
    ]);
    expect(verdict.level).toBe('critical');
  });

  it('takes names and keys for what they are expected to be', async () => {
    await threeWeeks({
      features: {
        x: { kind: 'continuous', expect: { unique: true, level: 'warning' } },
        c: { kind: 'categorical', expect: { matches: '^[ab]$' } },
      },
    });
    await fourthWeek((row, i) => [{ ...row, features: { x: i, c: row.features['c'] } }]);
    const expectedOf = async () => failedOf(await check()).filter((text) => text.includes('expect-'));
    expect(await expectedOf()).toEqual([]);
    await fourthWeek((row, i) => [{ ...row, features: { x: i === 1 ? 0 : i, c: i < 3 ? 'A' : 'a' } }]);
    expect(await expectedOf()).toEqual([
      'c expect-matches critical: 3 of 168 values do not match ^[ab]$, for example "A"',
      'x expect-unique warning: 1 of 168 values repeats another one, for example 0',
    ]);
  });

  it('needs no reference for expectations, duplicates and a limit of freshness', async () => {
    await watch(test.database, {
      model,
      features: { x: { kind: 'continuous', expect: { max: 1.5 } }, c: { kind: 'categorical' } },
      quality: { freshness: { predictions: '3h' } },
    });
    await load(test.database, model, { from: 22, to: 29 });
    const { monitor } = await findMonitor(test.database, model);
    const quality = await checkQuality(test.database, monitor, undefined, week, parseInstant(asOf));
    expect(quality.checks.map(({ check, column, verdict }) => [column, check, verdict.level])).toEqual([
      ['', 'duplicates', 'ok'],
      ['prediction', 'freshness', 'warning'],
      ['actual', 'freshness', 'insufficient-data'],
      ['x', 'expect-max', 'critical'],
    ]);
    expect(quality.verdict.level).toBe('critical');
  });

  it('reads many rows in batches, each once', async () => {
    await watch(test.database, {
      model,
      features: { x: { kind: 'continuous', expect: { unique: true } }, c: { kind: 'categorical' } },
    });
    await load(test.database, model, { from: 1, to: 15 });
    await test.database.execute(
      `insert into predictions (model, version, entity, event_time, issued_at, features, prediction)
       select $1, '1', n::text, $2::timestamptz + n / 100 * interval '1 minute', $2, jsonb_build_object('x', n, 'c', 'a'), 1
       from generate_series(1, 10050) as n`,
      [model, at(22)],
    );
    const { checks } = await check();
    const unique = checks.find(({ check }) => check === 'expect-unique');
    expect(unique?.counts).toEqual({ rows: 10_050, failed: 0, examples: [] });
  });

  it('has nothing to say about a week without rows but that they are missing', async () => {
    await threeWeeks();
    const quality = await check();
    expect(failedOf(quality).map((text) => text.slice(0, 25))).toEqual([
      ' volume critical: 0 rows,',
      'prediction freshness crit',
    ]);
    for (const { verdict } of quality.checks) expect(verdict.reason).not.toMatch(/NaN|undefined/);
  });

  it('says the same whatever was checked before', async () => {
    await threeWeeks();
    await fourthWeek();
    const before = await check();
    await check({ start: day(15), end: day(22) });
    await check({ start: day(22), end: day(23) });
    expect(await check()).toEqual(before);
  });
});

describe('storeQuality', () => {
  const provenance = { configurationHash: 'hash', codeVersion: '1', workflowId: 'w', runId: 'first' };
  const checks: readonly QualityCheck[] = [
    {
      check: 'volume',
      column: '',
      verdict: { level: 'ok', reason: '168 rows' },
      counts: { rows: 168, first: null },
    },
    {
      check: 'expect-in',
      column: 'c',
      verdict: { level: 'warning', reason: 'one' },
      counts: { examples: ['b', 1] },
    },
  ];
  const runs = async () =>
    Object.fromEntries(
      (
        await test.database.query<{ name: string; run: string }>(
          `select column_name || check_name as name, run_id as run from quality_results`,
        )
      ).map(({ name, run }) => [name, run]),
    );

  it('stores checks with their counts', async () => {
    await storeQuality(test.database, { model, window: week, checks, provenance });
    expect(await readQuality(test.database, model, week)).toEqual(checks);
    expect(await readQuality(test.database, model, { ...week, end: week.end + hourMs })).toEqual([]);
  });

  it('leaves a check that says the same as it is, and forgets one that is not made any more', async () => {
    await storeQuality(test.database, { model, window: week, checks, provenance });
    const later = { ...provenance, runId: 'second' };
    await storeQuality(test.database, { model, window: week, checks, provenance: later });
    expect(await runs()).toEqual({ volume: 'first', 'cexpect-in': 'first' });
    const changed = { ...checks[0]!, counts: { rows: 167 } };
    await storeQuality(test.database, { model, window: week, checks: [changed], provenance: later });
    expect(await runs()).toEqual({ volume: 'second' });
    await storeQuality(test.database, { model, window: week, checks: [], provenance: later });
    expect(await runs()).toEqual({});
  });
});
