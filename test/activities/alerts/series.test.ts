import { beforeEach, describe, expect, it } from 'vitest';

import { loadSeries } from '../../../activities/alerts/series.ts';
import { alertKey, type AlertKind } from '../../../core/alert/alert.ts';
import { toTimestamp } from '../../../sql/database.ts';
import { watch } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const model = 'bike-demand';
const day = (n: number): number => Date.UTC(2011, 4, n);

const test = useDatabase('empty for each test');
beforeEach(() => watch(test.database, { model, drift: { share: 0.4 } }));

const series = (kind: AlertKind, subject: string, asOf = day(20)) =>
  loadSeries(test.database, { model, kind, alertKey: alertKey(kind, model, subject), asOf });

async function checked(n: number, rmse: number): Promise<void> {
  const value = { label: 'RMSE', over: '7d', value: { value: rmse }, text: '', limit: '75', sampleSize: 9 };
  const rule = { metric: 'rmse', over: '7d', aggregate: 'pooled', limit: 75, level: 'critical' };
  const findings = [{ rule, level: 'ok', reason: '', measured: [value] }];
  await test.database.execute(
    `insert into degradation_checks (model, window_end, as_of, verdict, reason, findings, configuration_hash, code_version,
       workflow_id, run_id)
     values ($1, $2, $2, 'ok', '', $3, '', '', '', '')`,
    [model, toTimestamp(day(n)), JSON.stringify(findings)],
  );
}

async function drifted(n: number, share: number | null, days = 7, segment = ''): Promise<void> {
  await test.database.execute(
    `insert into drift_runs (model, segment, window_start, window_end, reference_id, as_of, verdict, reason, drift_share,
       judged_features, drifted_features, row_count, reference_row_count, configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $3, $4, '', $4, 'ok', '', $5, 5, '{}', 1, 1, '', '', '', '')`,
    [model, segment, toTimestamp(day(n - days)), toTimestamp(day(n)), share],
  );
}

describe('the series of an alert', () => {
  it('of degradation is what its rule has measured in the four weeks before', async () => {
    for (const [n, rmse] of [
      [-20, 10],
      [18, 58],
      [19, 70],
      [20, 101],
      [21, 200],
    ] as const) {
      await checked(n, rmse);
    }
    expect(await series('degradation', 'performance')).toEqual({
      label: 'RMSE over 7 days',
      limit: 75,
      points: [
        [day(18), 58],
        [day(19), 70],
        [day(20), 101],
      ],
    });
  });

  it('of drift is the share of drifted features, by windows of its own length and segment', async () => {
    await drifted(18, 0.2);
    await drifted(19, null);
    await drifted(20, 0.07);
    await drifted(20, 1, 1);
    await drifted(19, 0.9, 1);
    await drifted(20, 0.5, 7, 'season=1');
    await drifted(19, 0.6, 7, 'season=1');
    expect(await series('dataset-drift', 'dataset')).toEqual({
      label: 'Drifted features',
      unit: '%',
      limit: 40,
      points: [
        [day(18), 20],
        [day(20), 7],
      ],
    });
    expect((await series('dataset-drift', '24h/dataset'))!.points.map(([, share]) => share)).toEqual([
      90, 100,
    ]);
    expect(await series('dataset-drift', 'dataset/season=1')).toMatchObject({
      label: 'Drifted features of season=1',
      points: [
        [day(19), 60],
        [day(20), 50],
      ],
    });
  });

  it('is none where there is no past, and for alerts that are about no metric', async () => {
    await checked(20, 101);
    await drifted(20, 0.2);
    expect(await series('degradation', 'performance')).toBeUndefined();
    expect(await series('dataset-drift', 'dataset')).toBeUndefined();
    expect(await series('retraining', 'retraining-1')).toBeUndefined();
  });
});
