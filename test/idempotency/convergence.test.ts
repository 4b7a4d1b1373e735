/**
 * Derived state converges: in whatever order rows arrive, with duplicates, corrections and runs in between, after the last
 * run it is what it would be had everything been there from the beginning.
 */

import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Activities } from '../../activities/index.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import type { ActualRow, PredictionRow } from '../../client/tidewatch-client.ts';
import { minuteMs } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';
import { activitiesOn } from '../setup/activities.ts';
import { checksums } from '../setup/checksums.ts';
import { emptyTables } from '../setup/database-snapshot.ts';
import { createTestDatabase } from '../setup/servers.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { actualsOf, at, load, predictionsOf, watch } from '../setup/synthetic.ts';

const model = 'converging';
/** The reference is days 1 and 2; these days are served, and each is run the night after. */
const served = [3, 4, 5, 6, 7] as const;
const nights = served.map((n) => n + 1);
const lastNight = nights.at(-1)!;

let disturbed: TestDatabase;
let calm: TestDatabase;
beforeAll(async () => {
  [disturbed, calm] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});
afterAll(() => Promise.all([disturbed.drop(), calm.drop()]));

async function prepare(database: Database): Promise<Activities> {
  await emptyTables(database);
  await watch(database, {
    model,
    reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-03' },
    current: '2d',
    // What is sampled of a window is sampled again; seconds a night are left out here.
    drift: { multivariate: { enabled: false } },
    performance: { windows: ['1d', '3d'], actualsHorizon: '30d' },
    degradation: { rules: [{ metric: 'rmse', over: '3d', aggregate: 'daily-mean', limit: 2 }] },
  });
  const activities = activitiesOn(database);
  await load(database, model, { from: 1, to: 3 });
  await activities.attachActuals({ model, asOf: at(3) });
  return activities;
}

/** What the schedules run in the night of a day. */
async function runNight(activities: Activities, n: number): Promise<void> {
  const asOf = at(n, 3);
  await activities.attachActuals({ model, asOf });
  await activities.profileHours({ model, asOf });
  await activities.detectDrift({ model, asOf, act: false });
  await activities.summarizeOutcomes({ model, asOf });
  await activities.evaluatePerformance({ model, asOf });
  await activities.checkDegradation({ model, asOf, act: false });
}

/** A month later every window is final. */
async function closeHorizons(activities: Activities): Promise<void> {
  await activities.evaluatePerformance({ model, asOf: at(60, 3) });
}

interface Batch {
  readonly predictions: readonly PredictionRow[];
  readonly actuals: readonly ActualRow[];
}
type Step = Batch | { readonly night: number };

// Each row has an event time of its own: sums are then added in one order, and equal to the last bit.
const moved = <Row extends { readonly eventTime: unknown }>(row: Row, entity: number): Row => ({
  ...row,
  entity: `station ${entity}`,
  eventTime: (row.eventTime as number) + entity * 7 * minuteMs,
});
const [from, to] = [served[0], lastNight];
const predictions = [0, 1].flatMap((entity) =>
  predictionsOf({ from, to, shift: 1 }).map((row) => moved(row, entity)),
);
const actuals = [0, 1].flatMap((entity) =>
  actualsOf({ from, to, error: 3 }).map((row) => moved(row, entity)),
);

/** Nights in random order, and after each some rows: never seen ones, the same again, or corrected ones. */
const steps: fc.Arbitrary<Step[]> = fc
  .record({
    nights: fc.shuffledSubarray([...nights, ...nights], { minLength: 4 }),
    /** In which gap between the nights a row arrives first, and in which one it is written again. */
    first: fc.array(fc.nat(8), { minLength: 2 * predictions.length, maxLength: 2 * predictions.length }),
    again: fc.array(fc.option(fc.tuple(fc.nat(8), fc.constantFrom(0, 8)), { freq: 1 }), {
      minLength: 2 * predictions.length,
      maxLength: 2 * predictions.length,
    }),
  })
  .map(({ nights, first, again }) => {
    const gaps: Batch[] = Array.from({ length: 9 }, (_, gap) => ({
      predictions: predictions.flatMap((row, i) => [
        ...(first[i] === gap ? [row] : []),
        ...(again[i]?.[0] === gap ? [{ ...row, prediction: Number(row.prediction) + again[i][1] }] : []),
      ]),
      actuals: actuals.flatMap((row, i) => {
        const j = predictions.length + i;
        const [at, change] = again[j] ?? [];
        return [
          ...(first[j] === gap ? [row] : []),
          ...(at === gap
            ? [{ ...row, value: Number(row.value) + change!, recordedAt: Number(row.recordedAt) + change! }]
            : []),
        ];
      }),
    }));
    return gaps.flatMap((batch, gap): Step[] => {
      const night = nights[gap];
      return night === undefined ? [batch] : [batch, { night }];
    });
  });

/** The raw rows of one database, logged into another all at once. */
async function copyRows(source: Database, target: Database): Promise<void> {
  const client = openClient({ database: target });
  await client.logPredictions(
    model,
    await source.query<PredictionRow & Record<string, unknown>>(
      `select version, entity, event_time as "eventTime", features, prediction from predictions where event_time >= $1`,
      [at(from)],
    ),
  );
  await client.recordActuals(
    model,
    await source.query<ActualRow & Record<string, unknown>>(
      `select entity, event_time as "eventTime", value, recorded_at as "recordedAt" from actuals where event_time >= $1`,
      [at(from)],
    ),
  );
}

/** What may differ: ids, when a number was first computed, how many revisions it took, and which of them were told. */
const provenance = ['prediction_id', 'as_of', 'built_at'];

async function derived(database: Database): Promise<Record<string, unknown>> {
  const tables = await checksums(database, provenance);
  const evaluations = await database.query(
    `select version, window_start, window_end, segment, state, gate, verdict, reason, metrics, intervals, details, sample_size,
       prediction_count, coverage, content_hash
     from latest_performance_evaluations order by version, segment, window_start, window_end`,
  );
  const checks = await database.query(
    `select window_end, verdict, reason, version, regexp_replace(findings::text, '"revision": \\d+', '', 'g') as findings
     from degradation_checks order by window_end`,
  );
  // Their history is that of the runs: people were told and shown what was known then.
  const history = [
    'performance_evaluations',
    'degradation_checks',
    'alerts',
    'alert_events',
    'alert_deliveries',
    'reports',
  ];
  const rest = Object.entries(tables).filter(([table]) => !history.includes(table));
  return { ...Object.fromEntries(rest), evaluations, checks };
}

it('whatever the order of rows and runs', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const activities = await prepare(disturbed.database);
      const client = openClient({ database: disturbed.database });
      for (const step of steps) {
        if ('night' in step) await runNight(activities, step.night);
        else {
          await client.logPredictions(model, step.predictions);
          await client.recordActuals(model, step.actuals);
        }
      }
      const calmly = await prepare(calm.database);
      await copyRows(disturbed.database, calm.database);

      for (const night of nights) await runNight(calmly, night);
      for (const night of [...nights].reverse()) await runNight(activities, night);
      await runNight(activities, lastNight);
      for (const each of [activities, calmly]) await closeHorizons(each);
      expect(await derived(disturbed.database)).toEqual(await derived(calm.database));
    }),
    { numRuns: 5, seed: 20_240_101, endOnFailure: true },
  );
});

it(
  'evaluations do so by the last night alone: it restates what has changed',
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        const activities = await prepare(disturbed.database);
        const client = openClient({ database: disturbed.database });
        // Predictions are there in time; actuals come, come again and are corrected whenever they like.
        await client.logPredictions(model, predictions);
        for (const night of nights) await runNight(activities, night);
        for (const step of steps) {
          if ('night' in step) await runNight(activities, step.night);
          else await client.recordActuals(model, step.actuals);
        }
        await runNight(activities, lastNight);

        const calmly = await prepare(calm.database);
        await copyRows(disturbed.database, calm.database);
        for (const night of nights) await runNight(calmly, night);
        const evaluations = (await derived(calm.database))['evaluations'];
        expect((await derived(disturbed.database))['evaluations']).toEqual(evaluations);
      }),
      { numRuns: 3, seed: 20_240_102, endOnFailure: true },
    );
  },
);

it(
  'so do those whose horizon had closed, once their range is computed again by hand',
  { timeout: 300_000 },
  async () => {
    const all = { endingAfter: at(1), startingBefore: at(60) };
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        const activities = await prepare(disturbed.database);
        const client = openClient({ database: disturbed.database });
        for (const step of steps) {
          if ('night' in step) {
            await runNight(activities, step.night);
            await closeHorizons(activities);
          } else {
            await client.logPredictions(model, step.predictions);
            await client.recordActuals(model, step.actuals);
          }
        }
        for (const night of nights) await runNight(activities, night);
        const asOf = at(60, 3);
        const window = { start: at(1), end: at(lastNight) };
        await activities.attachActuals({ model, asOf, window });
        await activities.summarizeOutcomes({ model, asOf, window });
        await activities.restateWindows({ model, asOf, ...all });

        const calmly = await prepare(calm.database);
        await copyRows(disturbed.database, calm.database);
        for (const night of nights) await runNight(calmly, night);
        await closeHorizons(calmly);
        const evaluations = (await derived(calm.database))['evaluations'];
        expect((await derived(disturbed.database))['evaluations']).toEqual(evaluations);
      }),
      { numRuns: 3, seed: 20_240_103, endOnFailure: true },
    );
  },
);
