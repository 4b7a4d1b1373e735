/** Whom a drift run tells what: the alerts of datasets and of columns, and the messages that they become. */

import { beforeEach, describe, expect, it } from 'vitest';

import { listPendingAlerts } from '../../../activities/alerts/store.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { alertsOf } from '../../../core/alert/compose.ts';
import type { AlertMessage } from '../../../core/alert/message.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { at, day, load, predictionsOf, watch, type Stretch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'drifting';
/** Reference: days 1 to 7; current window: the day before. No route waits for more. */
const settings = {
  model,
  reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-08' },
  current: '1d',
  drift: { multivariate: { enabled: false } },
  alerts: { routes: [{ webhook: true, groupWait: '0s', groupInterval: '0s' }] },
} as const satisfies Partial<MonitorInput>;
const kinds = ['dataset-drift', 'drift', 'prediction-drift', 'actuals-drift'];

const test = useActivities('empty for each test');
let sent: AlertMessage[];
beforeEach(async () => {
  sent = [];
  await watch(test.database, settings);
  await load(test.database, model, { from: 1, to: 8 });
});

/** What arrives at the webhook when everybody who waits is woken. */
async function told(): Promise<AlertMessage[]> {
  const send = async (message: AlertMessage) => {
    sent.push(message);
    return {};
  };
  const activities = activitiesOn(test.database, { channels: { webhook: { sends: 'message', send } } });
  for (const alertKey of await listPendingAlerts(test.database, model))
    await activities.deliverAlerts({ model, alertKey });
  return sent.splice(0);
}
const toldOf = async (...kinds: string[]) =>
  (await told()).filter(({ events }) => kinds.includes(events[0]!.kind));

const detect = (n: number, input: { readonly current?: string } = {}) =>
  test.activities
    .attachActuals({ model, asOf: at(n, 3) })
    .then(() => test.activities.detectDrift({ model, asOf: at(n, 3), act: false, ...input }));

/** `<subject> <state> <severity>` of each alert of drift. */
async function alerts(...of: string[]): Promise<string[]> {
  const rows = await test.database.query<Record<'key' | 'state' | 'severity', string>>(
    `select alert_key as key, state, severity from alerts where kind = any($1) order by 1`,
    [of.length > 0 ? of : kinds],
  );
  return rows.map(({ key, state, severity }) => `${key.replace(`:${model}`, '')} ${state} ${severity}`);
}
const summaries = async (key: string) =>
  (
    await test.database.query<{ event: string; summary: string }>(
      'select event, summary from alert_events where alert_key = $1 order by recorded_at',
      [key],
    )
  ).map(({ event, summary }) => `${event}: ${summary}`);

/** Day n, with features of its own in the place of x and c. */
async function loadFeatures(
  stretch: Stretch,
  features: (x: number) => Record<string, unknown>,
): Promise<void> {
  const rows = predictionsOf(stretch).map((row) => ({
    ...row,
    features: features(Number(row.features['x'])),
  }));
  await openClient({ database: test.database }).logPredictions(model, rows);
}

describe('each column', () => {
  it('has an alert of its own, of the kind of the column', async () => {
    // x drifts, and so do the predictions and the actuals; half of the features are no dataset.
    await openClient({ database: test.database }).logPredictions(
      model,
      predictionsOf({ from: 8, to: 9, shift: 3 }).map((row) => ({ ...row, prediction: 50 })),
    );
    await openClient({ database: test.database }).recordActuals(
      model,
      predictionsOf({ from: 8, to: 9 }).map(({ entity, eventTime }) => ({
        entity,
        eventTime,
        value: 50,
        recordedAt: eventTime,
      })),
    );
    await detect(9);
    expect(await alerts()).toEqual([
      'actuals-drift:actual open critical',
      'drift:x open critical',
      'prediction-drift:prediction open critical',
    ]);
    const messages = await toldOf(...kinds);
    expect(messages.map(({ title }) => title).sort()).toEqual([
      'drifting has drift of its actuals',
      'drifting has drift of x',
      'drifting has prediction drift',
    ]);
  });

  it('says what somebody needs who is called for it, and where it stands in the report', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await detect(9);
    await load(test.database, model, { from: 9, to: 11, shift: 3 });
    await detect(10);
    const [message] = await toldOf('drift');
    expect(message!.summary).toMatch(/^Wasserstein 2\.\d+ sd from the reference, p \S+ after correction/);
    const facts = Object.fromEntries(message!.facts.map(({ name, value }) => [name, value]));
    expect(facts).toEqual({
      Method: 'Wasserstein, against the reference',
      Statistic: expect.stringMatching(/^2\.\d+$/),
      Effect: expect.stringMatching(/^2\.\d+ sd \(warning from 0\.1 sd, critical from 0\.5 sd\)$/),
      'p-value': expect.stringMatching(/^\S+ after correction \(\S+ before\)$/),
      Mean: expect.stringMatching(/^2\.\d+ \(reference 0\.\d+\)$/),
      Window: '2024-01-09 to 2024-01-10, 24 rows',
      Reference: '2024-01-01 to 2024-01-08 (fixed), 168 rows',
      Drifting: 'new',
      Missing: '0% of the rows',
    });
    expect(message!.links[0]).toEqual({
      label: 'Open the drift report',
      url: `http://127.0.0.1:9464/reports/drift/${model}/${at(9)}/${at(10)}#column-x`,
    });
    // The limit of the metric is where it begins to matter; two windows are known.
    expect(message!.series).toMatchObject({ label: 'Wasserstein of x', unit: 'sd', limit: 0.1 });
    expect(message!.series!.points).toHaveLength(2);
  });

  it('that is not watched any more, or not counted, has no alert for ever', async () => {
    const features = {
      y: { kind: 'continuous' },
      z: { kind: 'continuous' },
      w: { kind: 'continuous' },
    } as const;
    const calm = { a: { kind: 'continuous' }, b: { kind: 'continuous' }, d: { kind: 'continuous' } } as const;
    const all = { ...settings, features: { ...features, ...calm }, drift: { ...settings.drift, share: 0.9 } };
    const alertsOf = (subjects: Record<string, unknown>) => ({ ...all, ...subjects });
    await watch(test.database, { ...all, alerts: { ...all.alerts, life: { resolveAfter: 2 } } });
    const values = (shift: number) => (x: number) => ({
      y: x + shift,
      z: x + shift,
      w: x + shift,
      a: x,
      b: x,
      d: x,
    });
    await loadFeatures({ from: 1, to: 8 }, values(0));
    await loadFeatures({ from: 8, to: 10 }, values(3));
    await detect(9);
    expect(await alerts('drift')).toEqual([
      'drift:w open critical',
      'drift:y open critical',
      'drift:z open critical',
    ]);
    const { y: _, ...others } = all.features;
    await watch(
      test.database,
      alertsOf({
        features: { ...others, z: { kind: 'continuous', enabled: false } },
        alerts: { ...all.alerts, life: { resolveAfter: 2 } },
      }),
    );
    await detect(10);
    expect(await alerts('drift')).toEqual([
      'drift:w open critical',
      'drift:y resolved critical',
      'drift:z resolved critical',
    ]);
    expect((await summaries(`drift:${model}:y`)).at(-1)).toBe('resolved: y is no longer watched');
    expect((await summaries(`drift:${model}:z`)).at(-1)).toBe('resolved: z is disabled in the monitor');
  });

  it('that cannot be judged leaves its alert as it is', async () => {
    await load(test.database, model, { from: 8, to: 9, shift: 3 });
    await detect(9);
    await loadFeatures({ from: 9, to: 10 }, () => ({ c: 'a' }));
    await detect(10);
    expect(await alerts('drift')).toContain('drift:x open critical');
  });
});

describe('twelve drifted features of thirty', () => {
  const names = Array.from({ length: 30 }, (_, i) => `f${String(i + 1).padStart(2, '0')}`);
  const drifted = names.slice(0, 12);
  const values =
    (shift: number) =>
    (x: number): Record<string, number> =>
      Object.fromEntries(names.map((name) => [name, x + (drifted.includes(name) ? shift : 0)]));

  beforeEach(async () => {
    const features = Object.fromEntries(names.map((name) => [name, { kind: 'continuous' as const }]));
    await watch(test.database, { ...settings, features });
    await loadFeatures({ from: 1, to: 8 }, values(0));
    await loadFeatures({ from: 8, to: 10 }, values(3));
  });

  it('are one message that names them all, whoever of them is woken first', async () => {
    await detect(9);
    const messages = await toldOf(...kinds);
    expect(messages).toHaveLength(1);
    const [message] = messages;
    expect(message).toMatchObject({
      title: `${model}: 12 alerts (drift of ${drifted.join(', ')})`,
      summary: '12 critical',
      status: 'critical',
    });
    expect(message!.facts.map(({ name }) => name).sort()).toEqual(
      drifted.map((name) => `CRITICAL ${model} has drift of ${name}`),
    );
    expect(message!.links.map(({ url }) => url)).toContain(
      `http://127.0.0.1:9464/reports/drift/${model}/${at(8)}/${at(9)}`,
    );
    expect(alertsOf(message!)).toBe(`drift:${model}:f01 and 11 more`);
  });

  it('are told once, however often the run is repeated and however long it lasts', async () => {
    await detect(9);
    await toldOf(...kinds);
    await detect(9);
    await detect(10);
    expect(await toldOf(...kinds)).toEqual([]);
  });
});

describe('a feature of a dataset that drifts as a whole', () => {
  beforeEach(async () => {
    await watch(test.database, { ...settings, drift: { ...settings.drift, share: 0.4 } });
    await load(test.database, model, { from: 8, to: 9, shift: 3 });
    await detect(9);
  });

  it('is named in the one message of the dataset', async () => {
    const messages = await toldOf(...kinds);
    expect(messages.map(({ title }) => title)).toEqual(['drifting has data drift']);
    expect(messages[0]!.facts.map(({ name }) => name)).toEqual(['x']);
    expect(await alerts()).toEqual(['dataset-drift:dataset open critical', 'drift:x open critical']);
  });

  it('is told when the dataset is calm and it still drifts', async () => {
    await toldOf(...kinds);
    // One of two features is no dataset any more.
    await watch(test.database, settings);
    await load(test.database, model, { from: 9, to: 10, shift: 3 });
    await detect(10);
    expect((await toldOf(...kinds)).map(({ title }) => title).sort()).toEqual([
      'drifting has drift of x',
      'drifting has no data drift any more',
    ]);
  });

  it('is not told when both are over', async () => {
    await toldOf(...kinds);
    await load(test.database, model, { from: 9, to: 10 });
    await detect(10);
    expect((await toldOf(...kinds)).map(({ title }) => title)).toEqual([
      'drifting has no data drift any more',
    ]);
    expect(await alerts()).toEqual(['dataset-drift:dataset resolved critical', 'drift:x resolved critical']);
  });
});

describe('the last 24 hours', () => {
  it('have alerts of their own, which end when no run looks at them any more', async () => {
    await watch(test.database, { ...settings, current: '7d' });
    await load(test.database, model, { from: 8, to: 11 });
    await load(test.database, model, { from: 11, to: 12, shift: 1.5 });
    await detect(12, { current: '24h' });
    await load(test.database, model, { from: 12, to: 13 });
    await detect(13);
    expect(await alerts('drift', 'dataset-drift')).toEqual(['drift:24h/x open critical']);
    await detect(15);
    expect(await alerts('drift', 'dataset-drift')).toEqual(['drift:24h/x resolved critical']);
    expect((await summaries(`drift:${model}:24h/x`)).at(-1)).toBe(
      `resolved: no run has looked at the last 24 hours since ${at(12, 3)}`,
    );
  });
});

describe('a segment', () => {
  const segmented = {
    ...settings,
    segments: ['c'],
    drift: { ...settings.drift, share: 0.4, minimumRows: 8 },
    alerts: { ...settings.alerts, life: { resolveAfter: 2 } },
  };
  /** Rows with c = a are a third of all. */
  const rowsOf = (n: number, changed: (c: unknown) => Record<string, unknown> | undefined) =>
    openClient({ database: test.database }).logPredictions(
      model,
      predictionsOf({ from: n, to: n + 1 }).flatMap((row) => {
        const features = changed(row.features['c']);
        return features === undefined ? [] : [{ ...row, features: { ...row.features, ...features } }];
      }),
    );

  beforeEach(async () => {
    await watch(test.database, { ...segmented, drift: { ...segmented.drift, share: 0.9 } });
    await rowsOf(8, () => ({}));
  });

  it('that has no row any more, or is not watched any more, has no alert for ever', async () => {
    const insert = (segment: string) =>
      test.database.execute(
        `insert into alerts (model, alert_key, episode, kind, subject, severity, state, summary, opened_as_of, observed_as_of, latest)
         values ($1, $2, 1, 'dataset-drift', $3, 'warning', 'open', '', $4, $4, '{}')`,
        [
          model,
          `dataset-drift:${model}:dataset/${segment}`,
          `dataset/${segment}`,
          new Date(day(8)).toISOString(),
        ],
      );
    await insert('c=gone');
    await insert('d=x');
    await insert('c=a');
    await detect(9);
    expect(await alerts('dataset-drift')).toEqual([
      // One good window of two.
      'dataset-drift:dataset/c=a open warning',
      'dataset-drift:dataset/c=gone resolved warning',
      'dataset-drift:dataset/d=x resolved warning',
    ]);
    expect(await summaries(`dataset-drift:${model}:dataset/c=gone`)).toEqual([
      'resolved: no row of the window has c=gone',
    ]);
    expect(await summaries(`dataset-drift:${model}:dataset/d=x`)).toEqual([
      'resolved: d=x is no longer a segment of the monitor',
    ]);
  });
});
