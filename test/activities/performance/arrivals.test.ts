/** Actuals that arrive in random order, twice and corrected, with evaluations in between, end in the same numbers. */

import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { openClient } from '../../../client/tidewatch-client.ts';
import type { ActualRow, PredictionRow } from '../../../client/tidewatch-client.ts';
import { hourMs } from '../../../core/window.ts';
import type { Database } from '../../../sql/database.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { emptyTables } from '../../setup/database-snapshot.ts';
import { createTestDatabase } from '../../setup/servers.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { at, day, watch } from '../../setup/synthetic.ts';

const model = 'arriving';
const nights = [3, 4, 5] as const;

let piecewise: TestDatabase;
let atOnce: TestDatabase;
beforeAll(async () => {
  [piecewise, atOnce] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});
afterAll(() => Promise.all([piecewise.drop(), atOnce.drop()]));

/** Two stations, two versions, every third hour of three days; numbers whose sums round differently in another order. */
const predictions: readonly PredictionRow[] = Array.from({ length: 3 * 8 * 4 }, (_, i) => ({
  version: i % 4 < 2 ? '1' : '2',
  entity: i % 2 === 0 ? 'a' : 'b',
  eventTime: day(2) + Math.floor(i / 4) * 3 * hourMs,
  issuedAt: day(2) + Math.floor(i / 4) * 3 * hourMs - (i % 5) * hourMs,
  features: { x: Math.sin(i), c: i % 3 === 0 ? 'a' : 'b' },
  prediction: Math.sin(i) * 1e3,
  interval: { low: -1e3, high: Math.cos(i) * 1e3 },
}));

const actualOf = (slot: number, entity: string, recording: number): ActualRow => ({
  entity,
  eventTime: day(2) + slot * 3 * hourMs,
  value: Math.cos(slot + recording * 7) * 1e3 + (entity === 'a' ? 0.1 : 0.7),
  recordedAt: day(2) + slot * 3 * hourMs + recording * hourMs,
});

/** Some recordings of each actual (the newest counts), all of them in a random order, some twice; and nights in between. */
const arrivals = fc
  .array(fc.record({ slot: fc.nat(23), entity: fc.constantFrom('a', 'b'), recording: fc.nat(2) }), {
    minLength: 60,
    maxLength: 120,
  })
  .map((drawn) => drawn.map(({ slot, entity, recording }) => actualOf(slot, entity, recording)))
  .chain((actuals) =>
    fc.record({
      actuals: fc.shuffledSubarray([...actuals, ...actuals], { minLength: actuals.length }),
      batch: fc.integer({ min: 5, max: 30 }),
      order: fc.array(fc.constantFrom(...nights), { minLength: 12, maxLength: 12 }),
    }),
  );

async function prepare(database: Database): Promise<void> {
  await emptyTables(database);
  await watch(database, {
    model,
    segments: ['c'],
    performance: {
      windows: ['1d', '3d'],
      minimumOutcomes: 3,
      horizons: { now: { max: '2h' }, later: { min: '2h' } },
    },
  });
  await openClient({ database }).logPredictions(model, predictions);
}

async function runNight(database: Database, night: number): Promise<void> {
  const activities = activitiesOn(database);
  const request = { model, asOf: at(night, 3) };
  await activities.attachActuals(request);
  await activities.summarizeOutcomes(request);
  await activities.evaluatePerformance(request);
}

/** All that was computed, to the last bit; not when, and by which revision. */
const computed = async (database: Database) => ({
  summaries: await database.query(
    `select hour, segment, version, prediction_count, outcome_count, encode(content, 'hex') as content
     from outcome_summaries order by hour, segment, version`,
  ),
  evaluations: await database.query(
    `select version, segment, window_start, window_end, state, gate, verdict, reason, metrics, intervals, details,
       sample_size, prediction_count, coverage, content_hash
     from latest_performance_evaluations order by version, segment, window_start, window_end`,
  ),
  flat: await database.query(
    `select to_jsonb(model_performance) - 'revision' as row from model_performance order by model_version, window_start, window_end`,
  ),
  marks: await database.query('select stage from dirty_windows where stage <> all($1)', [
    ['profiles', 'actual-profiles'],
  ]),
});

it('whatever the order, the repetitions and the corrections', { timeout: 240_000 }, async () => {
  let restated = 0;
  await fc.assert(
    fc.asyncProperty(arrivals, async ({ actuals, batch, order }) => {
      await prepare(piecewise.database);
      const client = openClient({ database: piecewise.database });
      for (let first = 0, i = 0; first < actuals.length; first += batch, i += 1) {
        await client.recordActuals(model, actuals.slice(first, first + batch));
        await runNight(piecewise.database, order[i % order.length]!);
      }
      for (const night of nights) await runNight(piecewise.database, night);

      await prepare(atOnce.database);
      await openClient({ database: atOnce.database }).recordActuals(model, actuals.toReversed());
      for (const night of nights) await runNight(atOnce.database, night);

      const expected = await computed(atOnce.database);
      expect(await computed(piecewise.database)).toEqual(expected);
      expect(expected.evaluations.length).toBeGreaterThan(20);
      const [row] = await piecewise.database.query<{ most: number }>(
        'select max(revision) as most from performance_evaluations',
      );
      restated = Math.max(restated, row!.most);
    }),
    { numRuns: 5, seed: 20_260_101, endOnFailure: true },
  );
  expect(restated).toBeGreaterThan(2);
});
