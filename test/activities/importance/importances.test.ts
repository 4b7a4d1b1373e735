import { beforeEach, describe, expect, it } from 'vitest';

import { readDriftAndError } from '../../../activities/importance/drift-and-error.ts';
import { ensureLearned, ensureReported } from '../../../activities/importance/ensure-importances.ts';
import { findImportances, weightsOf } from '../../../activities/importance/find-importances.ts';
import { readImportances, storeImportances } from '../../../activities/importance/store.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { correlateDriftAndError } from '../../../core/importance/drift-and-error.ts';
import type { VersionImportances } from '../../../core/importance/importances.ts';
import type { Monitor, MonitorInput } from '../../../core/monitor/schema.ts';
import { hourMs } from '../../../core/window.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { at, day, watch } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const model = 'important';
/** Days 4, 11, 18, ... of 2024 are those that weeks begin with. */
const weeks = { start: day(4), end: day(32) };

const test = useDatabase('empty for each test');
let monitor: Monitor;
beforeEach(async () => {
  monitor = await watch(test.database, { model });
});

interface Logged {
  readonly from: number;
  readonly to: number;
  /** Weight of x in the prediction; c has the rest. */
  readonly x?: number;
  readonly version?: string;
  readonly role?: 'serving' | 'shadow';
}

/** Hourly predictions of x and c, each with an actual that is one more or one less. */
async function logOutcomes({ from, to, x = 1, version = '1', role = 'serving' }: Logged): Promise<void> {
  const client = openClient({ database: test.database });
  const rows = Array.from({ length: (to - from) * 24 }, (_, i) => {
    const features = { x: (i * 37) % 101, c: i % 2 === 0 ? 'a' : 'b' };
    const prediction = x * features.x + (1 - x) * (features.c === 'a' ? 0 : 100);
    return { version, entity: version, eventTime: day(from) + i * hourMs, role, features, prediction };
  });
  await client.logPredictions(model, rows);
  await client.recordActuals(
    model,
    rows.map(({ entity, eventTime, prediction }, i) => ({
      entity,
      eventTime,
      value: prediction + (i % 3) - 1,
      recordedAt: eventTime + hourMs,
    })),
  );
  await activitiesOn(test.database).attachActuals({ model, asOf: at(to, 3) });
}

const register = (version: string, lineage: unknown) =>
  test.database.execute(
    `insert into model_versions (model, version, stage, lineage, registered_at) values ($1, $2, 'shadow', $3, $4)`,
    [model, version, JSON.stringify(lineage), at(1)],
  );
const stored = (): Promise<VersionImportances[]> => readImportances(test.database, model, day(1000));

function sharesOf(found: Awaited<ReturnType<typeof ensureLearned>> | undefined): Record<string, number> {
  if (found === undefined || 'notComputable' in found) throw new Error(JSON.stringify(found));
  return found.importances;
}

describe('ensureReported', () => {
  it('stores what the trainer reported, as shares', async () => {
    await register('1', { featureImportances: { x: 6, c: 2 } });
    const found = { version: '1', source: 'trainer', asOf: day(1), importances: { x: 0.75, c: 0.25 } };
    expect(await ensureReported(test.database, monitor, '1')).toEqual(found);
    expect(await stored()).toEqual([found]);
  });

  it('is undefined where it said nothing, and has a reason where it cannot be used', async () => {
    await register('1', {});
    expect(await ensureReported(test.database, monitor, '1')).toBeUndefined();
    await register('2', { featureImportances: { x: 'a lot' } });
    await register('3', { featureImportances: { 'c=a': 1 } });
    for (const version of ['2', '3'])
      expect(await ensureReported(test.database, monitor, version)).toHaveProperty('notComputable');
    expect(await stored()).toEqual([]);
  });
});

describe('ensureLearned', () => {
  it('stores what is learned from outcomes, in the shadow too, and learns from the same ones once', async () => {
    await logOutcomes({ from: 4, to: 18 });
    await logOutcomes({ from: 4, to: 18, version: '2', role: 'shadow', x: 0 });
    const found = await ensureLearned(test.database, monitor, '1', weeks);
    expect(found).toMatchObject({ version: '1', source: 'surrogate', asOf: weeks.end });
    expect(sharesOf(found)['x']).toBeGreaterThan(0.99);
    expect(sharesOf(await ensureLearned(test.database, monitor, '2', weeks))['c']).toBeGreaterThan(0.99);
    expect(await stored()).toHaveLength(2);
    const learned = (): Promise<unknown[]> =>
      test.database.query(
        'select row_count, fidelity > 0.5 and fidelity < 1 as faithful, learned_from, xmin::text from feature_importances',
      );
    const before = await learned();
    expect(before[0]).toMatchObject({ row_count: 336, faithful: true });
    expect(await ensureLearned(test.database, monitor, '1', weeks)).toEqual(found);
    expect(await learned()).toEqual(before);
  });

  it('learns again from outcomes that have changed, and forgets what they do not say any more', async () => {
    await logOutcomes({ from: 4, to: 18 });
    await ensureLearned(test.database, monitor, '1', weeks);
    await logOutcomes({ from: 18, to: 32, x: 0.6 });
    const again = sharesOf(await ensureLearned(test.database, monitor, '1', weeks));
    expect(again['c']).toBeGreaterThan(0.05);
    await test.database.execute(`delete from outcomes where event_time >= $1`, [at(6)]);
    expect(await ensureLearned(test.database, monitor, '1', weeks)).toEqual({
      notComputable: 'there are 48 outcomes, 200 are needed',
    });
    expect(await stored()).toEqual([]);
  });

  it('learns from the probabilities of a classification', async () => {
    const classification = {
      model,
      task: 'classification',
      classes: ['no', 'yes'],
      performance: {},
    } as const satisfies Partial<MonitorInput>;
    const classifier = await watch(test.database, classification);
    const client = openClient({ database: test.database });
    const rows = Array.from({ length: 336 }, (_, i) => {
      const yes = i % 2 === 0 ? 0.8 : 0.3;
      return {
        version: '1',
        entity: 'station',
        eventTime: day(4) + i * hourMs,
        features: { x: (i * 37) % 101, c: i % 2 === 0 ? 'a' : 'b' },
        prediction: yes > 0.5 ? 'yes' : 'no',
        probabilities: { yes, no: 1 - yes },
      };
    });
    await client.logPredictions(model, rows);
    await client.recordActuals(
      model,
      rows.map(({ entity, eventTime, prediction }) => ({
        entity,
        eventTime,
        value: prediction,
        recordedAt: eventTime,
      })),
    );
    await activitiesOn(test.database).attachActuals({ model, asOf: at(20) });
    expect(sharesOf(await ensureLearned(test.database, classifier, '1', weeks))['c']).toBeGreaterThan(0.99);
  });
});

describe('storeImportances', () => {
  it('replaces what was stored for the same source and instant, and keeps earlier ones', async () => {
    const first = {
      version: '1',
      source: 'surrogate',
      asOf: day(1),
      importances: { x: 0.5, old: 0.5 },
    } as const;
    const later = { ...first, asOf: day(8), importances: { x: 1 } };
    await storeImportances(test.database, model, first);
    await storeImportances(test.database, model, later);
    const corrected = { ...first, importances: { x: 0.9, y: 0.1 } };
    await storeImportances(test.database, model, corrected);
    expect(await stored()).toEqual([corrected, later]);
    expect(await readImportances(test.database, model, day(2))).toEqual([corrected]);
  });
});

/** A drift run with an effect of each feature, a method that does not decide, and the other question, which speaks. */
async function storeDrift(
  segment: string,
  [start, end]: readonly string[],
  effects: Readonly<Record<string, number | null>>,
): Promise<void> {
  await test.database.execute(
    `with run as (
       insert into drift_runs (model, segment, window_start, window_end, reference_id, as_of, verdict, reason, judged_features,
         drifted_features, row_count, reference_row_count, configuration_hash, code_version, workflow_id, run_id)
       values ($1, $2, $3, $4, '', $4, 'ok', '', 2, '{}', 1, 1, '', '', '', '')
       returning drift_run_id
     )
     insert into drift_results (model, drift_run_id, subject, column_name, method, question, effect, deciding, verdict, reason,
       reference_rows, current_rows)
     select $1, drift_run_id, 'feature', feature, method, question, effect, deciding, 'ok', '', 1, 1
     from run, unnest($5::text[], $6::float8[]) as found (feature, effect),
       (values ('wasserstein', 'reference', false), ('energy', 'reference', false), ('wasserstein', 'recent', true))
         as decided (method, question, deciding)`,
    [model, segment, start, end, Object.keys(effects), Object.values(effects)],
  );
}

async function storeErrors(
  [start, end]: readonly string[],
  versions: readonly { version: string; rmse: number; rows: number }[],
  verdict = 'ok',
): Promise<void> {
  for (const { version, rmse, rows } of versions) {
    await test.database.execute(
      `insert into performance_evaluations (model, version, window_start, window_end, revision, as_of, state, verdict, reason, metrics,
         details, sample_size, prediction_count, content_hash, configuration_hash, code_version, workflow_id, run_id)
       values ($1, $2, $3, $4, 1, $4, 'final', $7, '', $5, '{}', $6, $6, '', '', '', '', '')`,
      [model, version, start, end, JSON.stringify({ rmse }), rows, verdict],
    );
  }
}

describe('readDriftAndError', () => {
  it('reads the deciding effects of each feature beside the metric of the same windows', async () => {
    for (let week = 1; week <= 9; week += 1) {
      const window = [at(7 * week), at(7 * week + 7)];
      await storeDrift('', window, { x: week / 10, c: null });
      await storeDrift('c=a', window, { x: 9 });
      await storeErrors(window, [
        { version: '1', rmse: week, rows: 30 },
        { version: '2', rmse: week + 4, rows: 10 },
      ]);
      // What is known so far of a version that cannot be judged yet.
      await storeErrors(window, [{ version: '3', rmse: 1_000, rows: 10 }], 'insufficient-data');
    }
    await storeErrors([at(1), at(2)], [{ version: '1', rmse: 1, rows: 10 }]);
    await storeDrift('', [at(63), at(64)], { x: 5 });
    await storeErrors([at(63), at(64)], [{ version: '1', rmse: 100, rows: 10 }]);
    const current = { start: day(70), end: day(77) };
    const series = await readDriftAndError(test.database, model, 'rmse', current);
    expect([...series.keys()].sort()).toEqual(['x']);
    const ofX = series.get('x')!;
    expect(ofX).toHaveLength(9);
    // 30 outcomes of one version and 10 of another.
    expect(ofX[0]).toEqual({ window: { start: day(7), end: day(14) }, drift: 0.1, error: 2 });
    expect(correlateDriftAndError(ofX)).toMatchObject({ correlation: expect.closeTo(1), windows: 9 });
    expect(await readDriftAndError(test.database, model, 'f1', current)).toEqual(new Map());
    // A window does not know its own error yet, nor those after it.
    const third = { start: day(21), end: day(28) };
    expect((await readDriftAndError(test.database, model, 'rmse', third)).get('x')).toHaveLength(2);
    const muchLater = { start: day(238), end: day(245) };
    expect((await readDriftAndError(test.database, model, 'rmse', muchLater)).get('x')).toHaveLength(2);
  });
});

describe('findImportances', () => {
  const current = { start: day(36), end: day(39) };

  it('takes what the trainer of the serving version reported', async () => {
    await logOutcomes({ from: 4, to: 39 });
    await register('1', { featureImportances: { x: 1, c: 3 } });
    const found = await findImportances(test.database, monitor, current);
    expect(found.weighing).toMatchObject({ version: '1', source: 'trainer' });
    expect(weightsOf(found)).toEqual({ x: 0.25, c: 0.75 });
    // Learned all the same: it tells how importances move.
    expect((await stored()).map(({ source }) => source).sort()).toEqual(['surrogate', 'trainer']);
  });

  it('or else what is learned from its outcomes of the weeks whose actuals are known', async () => {
    await logOutcomes({ from: 4, to: 39 });
    const found = await findImportances(test.database, monitor, current);
    expect(found.weighing).toMatchObject({ version: '1', source: 'surrogate', asOf: weeks.end });
    expect(weightsOf(found)['x']).toBeGreaterThan(0.99);
    expect(await findImportances(test.database, monitor, current)).toEqual(found);
  });

  it('takes what was learned when a version was promoted as long as there is nothing newer', async () => {
    await logOutcomes({ from: 36, to: 39, version: '2' });
    const promoted = {
      version: '2',
      source: 'surrogate',
      asOf: day(36),
      importances: { x: 0.5, c: 0.5 },
    } as const;
    await storeImportances(test.database, model, promoted);
    expect((await findImportances(test.database, monitor, current)).weighing).toEqual(promoted);
  });

  it('knows no weights, and says why, where nothing is known', async () => {
    const nothing = await findImportances(test.database, monitor, current);
    expect(nothing).toMatchObject({ weighing: { notComputable: 'nothing was predicted' }, shifts: [] });
    expect(weightsOf(nothing)).toEqual({});
    await logOutcomes({ from: 36, to: 39 });
    expect(await findImportances(test.database, monitor, current)).toMatchObject({
      weighing: { notComputable: 'there are 0 outcomes, 200 are needed' },
    });
  });

  it('says how they have moved since the version before, and in time, whatever has run before', async () => {
    await logOutcomes({ from: 4, to: 32, x: 1 });
    await findImportances(test.database, monitor, current);
    await logOutcomes({ from: 32, to: 60, version: '2', x: 1 });
    await logOutcomes({ from: 60, to: 88, version: '2', x: 0 });
    const later = { start: day(92), end: day(95) };
    await logOutcomes({ from: 92, to: 95, version: '2' });
    const { shifts } = await findImportances(test.database, monitor, later);
    expect(
      shifts.map(({ since, before, after }) => [since, before.version, before.asOf, after.asOf]),
    ).toEqual([
      ['version', '1', day(32), day(88)],
      ['time', '2', day(60), day(88)],
    ]);
    for (const { shift } of shifts) expect(shift.distance).toBeGreaterThan(0.98);
  });
});

describe('a drift run', () => {
  it('is weighed by importances, stores how they moved as flat rows, and tells of both', async () => {
    await watch(test.database, {
      model,
      reference: { kind: 'fixed', start: '2024-01-04', end: '2024-01-18' },
      current: '3d',
    });
    await register('1', { featureImportances: { x: 1, c: 3 } });
    await logOutcomes({ from: 4, to: 32 });
    await logOutcomes({ from: 32, to: 70, version: '2', x: 0 });
    await register('2', { featureImportances: { x: 1, c: 1 } });
    const { detectDrift } = activitiesOn(test.database);
    await detectDrift({ model, asOf: at(32, 3), act: false });
    const result = await detectDrift({ model, asOf: at(70, 3), act: false });
    expect(result.importances).toEqual({
      weighing: 'version 2, as its trainer reported on 2024-01-01',
      shifts: [
        'since version 1, 25% of importance moved: c 75% -> 50% (still rank 1), x 25% -> 50% (rank 2 -> 1)',
      ],
      driftAndError: {},
    });
    expect(
      await test.database.query(
        `select since, feature, source, before_version, importance_before, version, importance, rank_before, rank
         from importance_shifts where version = '2' order by feature`,
      ),
    ).toEqual([
      {
        since: 'version',
        feature: 'c',
        source: 'trainer',
        before_version: '1',
        importance_before: 0.75,
        version: '2',
        importance: 0.5,
        rank_before: 1,
        rank: 1,
      },
      {
        since: 'version',
        feature: 'x',
        source: 'trainer',
        before_version: '1',
        importance_before: 0.25,
        version: '2',
        importance: 0.5,
        rank_before: 2,
        rank: 1,
      },
    ]);
    const weights = await test.database.query(
      `select distinct column_name, weight from drift_results where weight is not null order by weight, column_name`,
    );
    expect(weights).toEqual([
      { column_name: 'x', weight: 0.25 },
      { column_name: 'c', weight: 0.5 },
      { column_name: 'x', weight: 0.5 },
      { column_name: 'c', weight: 0.75 },
    ]);
    const [report] = await test.database.query<{ html: string }>(
      `select html from reports order by window_end desc limit 1`,
    );
    expect(report!.html).toContain('What matters to the model');
    expect(report!.html).toContain('Importances since version 1, 25% of importance moved');
  });

  it('says of which features the drift goes together with errors', async () => {
    await watch(test.database, {
      model,
      reference: { kind: 'fixed', start: '2024-01-04', end: '2024-01-18' },
      current: '7d',
    });
    await logOutcomes({ from: 4, to: 18 });
    await logOutcomes({ from: 74, to: 81 });
    for (let week = 2; week <= 10; week += 1) {
      const window = [at(7 * week + 4), at(7 * week + 11)];
      await storeDrift('', window, { x: week, c: 1 / week });
      await storeErrors(window, [{ version: '1', rmse: week * week, rows: 30 }]);
    }
    const { detectDrift } = activitiesOn(test.database);
    const { importances } = await detectDrift({ model, asOf: at(88, 3), act: false });
    expect(importances?.driftAndError).toEqual({
      c: 'the more it drifts, the better the RMSE (rank correlation -1 over 9 windows, p 5.5e-6 after correction)',
      x: 'the more it drifts, the worse the RMSE (rank correlation 1 over 9 windows, p 5.5e-6 after correction)',
    });
    expect(
      await test.database.query(
        `select feature, metric, related, round(correlation) as correlation, window_count from drift_error_correlations order by feature`,
      ),
    ).toEqual([
      { feature: 'c', metric: 'rmse', related: 'yes', correlation: -1, window_count: 9 },
      { feature: 'x', metric: 'rmse', related: 'yes', correlation: 1, window_count: 9 },
    ]);
  });
});
