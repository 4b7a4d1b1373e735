/** Features that change only together: told, although no single one has drifted. */

import { beforeEach, expect, it } from 'vitest';

import { openClient } from '../../../client/tidewatch-client.ts';
import { hoursOf } from '../../../core/window.ts';
import { normals, uniforms } from '../../core/multivariate/samples.ts';
import { at, day, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'together';
const key = `dataset-drift:${model}:dataset`;

const test = useActivities('empty for each test');
beforeEach(async () => {
  await watch(test.database, {
    model,
    features: { x: { kind: 'continuous' }, y: { kind: 'continuous' } },
    reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-29' },
  });
});

/** Four weeks of hours in which two features rise together, then one in which one rises as the other does `sign` times. */
async function loadRows(sign: number): Promise<void> {
  const normal = normals(uniforms(1));
  const rows = hoursOf({ start: day(1), end: day(36) }).map((eventTime) => {
    const x = normal();
    return {
      version: '1',
      entity: 'station',
      eventTime,
      features: { x, y: (eventTime < day(29) ? 1 : sign) * x + 0.3 * normal() },
      prediction: x,
    };
  });
  await openClient({ database: test.database }).logPredictions(model, rows);
}
const detect = (current?: string) =>
  test.activities.detectDrift({ model, asOf: at(36), act: false, ...(current !== undefined && { current }) });
const events = () =>
  test.database.query<{ event: string; severity: string; facts: readonly { name: string }[] }>(
    'select event, severity, facts from alert_events where alert_key = $1',
    [key],
  );

it('warns, with what was found in words, in the run and in the alert', async () => {
  await loadRows(-1);
  const { verdict, reason, driftedFeatures } = await detect();
  expect({ verdict, driftedFeatures }).toEqual({ verdict: 'warning', driftedFeatures: [] });
  expect(reason).toMatch(
    /^0 of 2 features drifted \(0%, limit 50%\), but together they have changed: .*current rows can be told from reference rows/,
  );
  const [opened] = await events();
  expect(opened).toMatchObject({ event: 'opened', severity: 'warning' });
  expect(opened!.facts.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['all features, told apart', 'correlations of features']),
  );
  const [row] = await test.database.query(
    'select dataset_drift_detected as detected, num_drifted_features as drifted from data_drift_metrics',
  );
  expect(row).toEqual({ detected: true, drifted: 0 });
});

it('says nothing where they go together as they did, nor in a run of the last 24 hours', async () => {
  await loadRows(1);
  expect(await detect()).toMatchObject({ verdict: 'ok', reason: '0 of 2 features drifted (0%, limit 50%)' });
  expect(await detect('24h')).toMatchObject({ process: 'hourly-drift-detection', verdict: 'ok' });
  expect(await events()).toEqual([]);
});
