import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { AttachActualsInput, AttachActualsResult } from '../../../activities/actuals/attach-actuals.ts';
import { createAttachActuals } from '../../../activities/actuals/attach-actuals.ts';
import { slicesOf } from '../../../activities/actuals/attach-hours.ts';
import { attachPairs } from '../../../activities/actuals/store.ts';
import type { ActivityContext } from '../../../activities/activity-context.ts';
import { listMarkedHours, takeMarks } from '../../../activities/processes/dirty-hours.ts';
import type { ActualRow, PredictionRow, TidewatchClient } from '../../../client/tidewatch-client.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import { formatInstant, hourMs } from '../../../core/window.ts';
import { lockUntilCommit } from '../../../sql/database.ts';
import { noSources } from '../../setup/dependencies.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { createTestDatabase } from '../../setup/servers.ts';

const monitor = {
  task: 'regression',
  features: { temp: { kind: 'continuous' } },
  reference: { kind: 'rolling' },
} as const;
const asOf = '2011-06-01T00:05:00Z';
const start = Date.UTC(2011, 4, 20);
const hour = (index: number): number => start + index * hourMs;

const prediction = (part: Partial<PredictionRow> = {}): PredictionRow => ({
  version: '1',
  entity: 'a',
  eventTime: start,
  features: {},
  prediction: 10,
  ...part,
});
const actual = (part: Partial<ActualRow> = {}): ActualRow => ({
  entity: 'a',
  eventTime: start,
  value: 12,
  recordedAt: start + 24 * hourMs,
  ...part,
});

let test: TestDatabase;
let client: TidewatchClient;

const context = (part: Partial<ActivityContext> = {}): ActivityContext => ({
  workflowId: 'w',
  runId: 'r',
  heartbeat: () => {},
  resumePoint: undefined,
  cancelled: new AbortController().signal,
  ...part,
});
async function attach(
  input: Partial<AttachActualsInput> = {},
  part: Partial<ActivityContext> = {},
): Promise<AttachActualsResult> {
  const { model } = { model: 'm', ...input };
  await test.database.execute(
    `insert into monitors (model, configuration, configuration_hash) values ($1, $2, 'hash') on conflict do nothing`,
    [model, JSON.stringify(monitorSchema.parse({ ...monitor, model }))],
  );
  const attachActuals = createAttachActuals({
    database: test.database,
    sources: noSources,
    context: () => context(part),
  });
  return attachActuals({ model, asOf, ...input });
}

const select = (query: string, values?: unknown[]): Promise<Record<string, unknown>[]> =>
  test.database.query(query, values);
/** The outcomes of a model without their ids. */
const outcomes = (model = 'm'): Promise<Record<string, unknown>[]> =>
  select(
    `select entity, event_time, outcome.version, issued_at, outcome.role, outcome.prediction, outcome.predicted_class,
       outcome.probabilities, actual, actual_class, recorded_at
     from outcomes outcome join predictions using (model, event_time, prediction_id)
     where model = $1 order by event_time, entity, version, issued_at`,
    [model],
  );
const actualsOf = async (): Promise<unknown[]> => (await outcomes()).map((row) => row.actual);

describe('attachActuals', () => {
  beforeEach(async () => {
    test = await createTestDatabase();
    client = openClient({ database: test.database });
  });
  afterEach(() => test.drop());

  it('joins an actual to its prediction by entity and event time', async () => {
    await client.logPredictions('m', [prediction(), prediction({ entity: 'b' })]);
    await client.recordActuals('m', [actual()]);
    await client.recordActuals('other', [actual({ entity: 'b' })]);
    const result = await attach();
    expect(result).toEqual({
      hours: 1,
      attached: 1,
      changed: 0,
      unmatchedActuals: 0,
      hint: null,
      predictions: 2,
      outcomes: 1,
      coverage: 0.5,
      newestPrediction: '2011-05-20T00:00:00Z',
      newestActual: '2011-05-20T00:00:00Z',
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(await outcomes()).toEqual([
      {
        entity: 'a',
        event_time: start,
        version: '1',
        issued_at: start,
        role: 'serving',
        prediction: 10,
        predicted_class: null,
        probabilities: null,
        actual: 12,
        actual_class: null,
        recorded_at: start + 24 * hourMs,
      },
    ]);
  });

  it('gives the actual to every version, role and issue time, and counts the serving ones', async () => {
    await client.logPredictions('m', [
      prediction(),
      prediction({ issuedAt: start - hourMs }),
      prediction({ version: '2', role: 'shadow', prediction: 11 }),
    ]);
    await client.recordActuals('m', [actual()]);
    expect(await attach()).toMatchObject({ attached: 3, predictions: 2, outcomes: 2, coverage: 1 });
    expect((await outcomes()).map(({ version, role, actual }) => [version, role, actual])).toEqual([
      ['1', 'serving', 12],
      ['1', 'serving', 12],
      ['2', 'shadow', 12],
    ]);
  });

  it('joins classes, with their probabilities', async () => {
    await client.logPredictions('m', [
      prediction({ prediction: 'yes', probabilities: { yes: 0.75, no: 0.25 } }),
    ]);
    await client.recordActuals('m', [actual({ value: 'no' })]);
    await attach();
    expect(await outcomes()).toMatchObject([
      {
        prediction: null,
        predicted_class: 'yes',
        probabilities: { yes: 0.75, no: 0.25 },
        actual: null,
        actual_class: 'no',
      },
    ]);
  });

  it('attaches an actual that comes three weeks late, without being told where to look', async () => {
    await client.logPredictions('m', [prediction(), prediction({ eventTime: hour(21 * 24) })]);
    await attach();
    await client.recordActuals('m', [actual({ recordedAt: hour(21 * 24) })]);
    expect(await attach()).toMatchObject({ hours: 1, attached: 1 });
  });

  it('keeps an actual that comes before its prediction, and matches it then', async () => {
    await client.recordActuals('m', [actual()]);
    expect(await attach()).toMatchObject({ attached: 0, unmatchedActuals: 1, hint: null, coverage: null });
    await client.logPredictions('m', [prediction()]);
    expect(await attach()).toMatchObject({ attached: 1, unmatchedActuals: 0, coverage: 1 });
  });

  it('finds nothing to do the second time', async () => {
    await client.logPredictions('m', [prediction()]);
    await client.recordActuals('m', [actual()]);
    await attach();
    await test.database.execute('delete from dirty_windows');
    const before = await select('select ctid, * from outcomes');
    await client.logPredictions('m', [prediction()]);
    await client.recordActuals('m', [actual()]);
    expect(await attach()).toMatchObject({ hours: 0, attached: 0, changed: 0 });
    expect(
      await attach({ window: { start: '2011-05-20T00:00:00Z', end: '2011-05-21T00:00:00Z' } }),
    ).toMatchObject({
      hours: 24,
      attached: 0,
      changed: 0,
    });
    expect(await select('select ctid, * from outcomes')).toEqual(before);
    expect(await select('select * from dirty_windows')).toEqual([]);
  });

  it('corrects an outcome whose actual is corrected or whose prediction is logged again, and marks its hour', async () => {
    await client.logPredictions('m', [prediction(), prediction({ entity: 'b', eventTime: hour(1) })]);
    await client.recordActuals('m', [actual(), actual({ entity: 'b', eventTime: hour(1) })]);
    await attach();
    await test.database.execute('delete from dirty_windows');
    await client.recordActuals('m', [actual({ value: 13, recordedAt: hour(48) })]);
    expect(await attach()).toMatchObject({ hours: 1, attached: 0, changed: 1 });
    expect(await outcomes()).toMatchObject([{ actual: 13, recorded_at: hour(48) }, { actual: 12 }]);
    expect(await select('select stage, window_start from dirty_windows order by stage')).toEqual([
      { stage: 'actual-profiles', window_start: start },
      { stage: 'summaries', window_start: start },
    ]);
    await client.logPredictions('m', [prediction({ prediction: 11, role: 'shadow' })]);
    expect(await attach()).toMatchObject({ hours: 1, attached: 0, changed: 1 });
    expect((await outcomes())[0]).toMatchObject({ prediction: 11, role: 'shadow' });
  });

  it('takes over when the same value was recorded again later', async () => {
    await client.logPredictions('m', [prediction()]);
    await client.recordActuals('m', [actual()]);
    await attach();
    await client.recordActuals('m', [actual({ recordedAt: hour(48) })]);
    expect(await attach()).toMatchObject({ changed: 1 });
    expect(await outcomes()).toMatchObject([{ actual: 12, recorded_at: hour(48) }]);
  });

  it('removes the outcome of a prediction that was deleted', async () => {
    await client.logPredictions('m', [prediction(), prediction({ entity: 'b' })]);
    await client.recordActuals('m', [actual(), actual({ entity: 'b' })]);
    await attach();
    await test.database.execute(`delete from predictions where entity = 'a'`);
    expect(await attach()).toMatchObject({
      changed: 1,
      unmatchedActuals: 1,
      predictions: 1,
      outcomes: 1,
      coverage: 1,
    });
    expect(await select('select count(*) as rows from outcomes')).toEqual([{ rows: 1 }]);
  });

  it('keeps the outcomes of predictions whose retention has ended', async () => {
    await client.logPredictions('m', [prediction()]);
    await client.recordActuals('m', [actual()]);
    await attach();
    await test.database.execute('drop table predictions_2011_05');
    const window = { start: '2011-05-01T00:00:00Z', end: '2011-06-01T00:00:00Z' };
    expect(await attach({ window })).toMatchObject({
      changed: 0,
      predictions: 0,
      outcomes: 1,
      coverage: null,
    });
    expect(await select('select actual from outcomes')).toEqual([{ actual: 12 }]);
  });

  it('does not join a number to a class, and says so', async () => {
    await client.logPredictions('m', [prediction({ prediction: 'yes' }), prediction({ entity: 'b' })]);
    await client.recordActuals('m', [
      actual({ value: 1 }),
      actual({ entity: 'b' }),
      actual({ entity: 'nobody' }),
    ]);
    const result = await attach();
    expect(result).toMatchObject({ attached: 1, unmatchedActuals: 2 });
    expect(result.hint).toMatch(
      /^1 of the unmatched actuals are numbers where the prediction is a class, or the other/,
    );
  });

  it('removes an outcome whose actual becomes one of the other kind', async () => {
    await client.logPredictions('m', [prediction()]);
    await client.recordActuals('m', [actual()]);
    await attach();
    await test.database.execute(`update actuals set value = null, class = 'yes'`);
    expect(await attach()).toMatchObject({ changed: 1, unmatchedActuals: 1, outcomes: 0 });
  });

  it('looks at all hours of a given window and at no other', async () => {
    await client.logPredictions(
      'm',
      [0, 1, 2, 3].map((index) => prediction({ eventTime: hour(index) })),
    );
    await client.recordActuals(
      'm',
      [0, 1, 2, 3].map((index) => actual({ eventTime: hour(index) })),
    );
    const window = { start: formatInstant(hour(1)), end: formatInstant(hour(3)) };
    expect(await attach({ window })).toMatchObject({ hours: 2, attached: 2, predictions: 2, outcomes: 2 });
    expect((await outcomes()).map((row) => row.event_time)).toEqual([hour(1), hour(2)]);
    expect(await listMarkedHours(test.database, 'm', 'outcomes')).toEqual([hour(0), hour(3)]);
  });

  it('joins in UTC hours on the days when clocks change', async () => {
    const eventTimes = [
      '2011-03-13T06:59:59Z',
      '2011-03-13T07:00:00Z',
      '2011-11-06T05:30:00Z',
      '2011-11-06T06:30:00Z',
    ];
    const zone = process.env['TZ'];
    process.env['TZ'] = 'America/New_York';
    try {
      await client.logPredictions(
        'm',
        eventTimes.map((eventTime) => prediction({ eventTime })),
      );
      await client.recordActuals(
        'm',
        eventTimes.map((eventTime, value) => actual({ eventTime, value })),
      );
      for (const day of ['2011-03-13', '2011-11-06']) {
        const next = formatInstant(Date.parse(`${day}T00:00:00Z`) + 24 * hourMs);
        const window = { start: `${day}T00:00:00Z`, end: next };
        expect(await attach({ window })).toMatchObject({ hours: 24, attached: 2, coverage: 1 });
      }
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
    expect(await actualsOf()).toEqual([0, 1, 2, 3]);
  });

  it('notes the newest asOf that it has spoken for', async () => {
    await attach({ asOf: '2011-06-01T00:05:00Z' });
    await attach({ asOf: '2011-05-01T00:05:00Z' });
    expect(await select('select model, process, as_of, window_end from process_watermarks')).toEqual([
      {
        model: 'm',
        process: 'actuals-backfill',
        as_of: Date.UTC(2011, 5, 1, 0, 5),
        window_end: Date.UTC(2011, 5, 1),
      },
    ]);
  });

  it('gives nulls where the model has no rows', async () => {
    expect(await attach()).toMatchObject({
      hours: 0,
      predictions: 0,
      coverage: null,
      newestPrediction: null,
      newestActual: null,
    });
  });

  it('names the newest serving prediction, not a shadow', async () => {
    await client.logPredictions('m', [prediction(), prediction({ eventTime: hour(5), role: 'shadow' })]);
    expect((await attach()).newestPrediction).toBe('2011-05-20T00:00:00Z');
  });

  it('refuses a model that nobody watches', async () => {
    const attachActuals = createAttachActuals({
      database: test.database,
      sources: noSources,
      context: () => context(),
    });
    await expect(attachActuals({ model: 'm', asOf })).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' });
  });

  it.each([
    [{ asOf: 'yesterday' }, 'INVALID_INSTANT'],
    [{ window: { start: '2011-05-21T00:00:00Z', end: '2011-05-20T00:00:00Z' } }, 'REVERSED_WINDOW'],
    [{ window: { start: '2011-05-20T00:30:00Z', end: '2011-05-21T00:00:00Z' } }, 'UNALIGNED_WINDOW'],
  ])('refuses %o', async (input, code) => {
    await expect(attach(input)).rejects.toMatchObject({ code });
  });
});

describe('attachActuals, interrupted', () => {
  const hours = Array.from({ length: 60 }, (_, index) => index);
  const window = { start: formatInstant(hour(0)), end: formatInstant(hour(60)) };
  beforeEach(async () => {
    test = await createTestDatabase();
    client = openClient({ database: test.database });
    await client.logPredictions(
      'm',
      hours.map((index) => prediction({ eventTime: hour(index) })),
    );
    await client.recordActuals(
      'm',
      hours.map((index) => actual({ eventTime: hour(index), value: index })),
    );
  });
  afterEach(() => test.drop());

  it('keeps the batches that were committed and does the rest when it is run again', async () => {
    const heartbeat = (): void => {
      throw new Error('killed');
    };
    await expect(attach({}, { heartbeat })).rejects.toThrow('killed');
    expect(await actualsOf()).toEqual([0]);
    expect(await attach()).toMatchObject({ hours: 59, attached: 59 });
    expect(await actualsOf()).toEqual(hours);
  });

  it.each([{}, { window }])(
    'resumes with its counts from what the lost attempt had heartbeat (%o)',
    async (input) => {
      let resumePoint: unknown;
      let beats = 0;
      const heartbeat = (point: unknown): void => {
        resumePoint = JSON.parse(JSON.stringify(point));
        beats += 1;
        if (beats === 2) throw new Error('killed');
      };
      await expect(attach(input, { heartbeat })).rejects.toThrow('killed');
      expect(await attach(input, { resumePoint })).toMatchObject({
        hours: 60,
        attached: 60,
        predictions: 60,
        coverage: 1,
      });
      expect(await actualsOf()).toEqual(hours);
    },
  );

  it('starts over when the resume point is of another kind', async () => {
    expect(await attach({ window }, { resumePoint: 'page 7' })).toMatchObject({ hours: 60, attached: 60 });
  });

  it('does nothing of a batch that fails, and leaves its marks', async () => {
    await test.database.execute('alter table outcomes add constraint small check (actual < 3)');
    await expect(attach()).rejects.toThrow('violates check constraint "small"');
    expect(await actualsOf()).toEqual([0]);
    expect(await listMarkedHours(test.database, 'm', 'outcomes')).toHaveLength(59);
  });

  it('stops between batches when it is cancelled', async () => {
    const controller = new AbortController();
    const stop = attach(
      {},
      { cancelled: controller.signal, heartbeat: () => controller.abort(new Error('cancelled')) },
    );
    await expect(stop).rejects.toThrow('cancelled');
    expect(await actualsOf()).toEqual([0]);
  });

  it('attaches each actual once when several runs do it at the same time', async () => {
    const results = await Promise.all([attach(), attach({ window }), attach(), attach({ window }), attach()]);
    expect(results.reduce((sum, { attached }) => sum + attached, 0)).toBe(60);
    expect(await actualsOf()).toEqual(hours);
    expect(await listMarkedHours(test.database, 'm', 'outcomes')).toEqual([]);
  });

  it('leaves a mark that is made while a batch is joined', async () => {
    await test.database.transaction(async (connection) => {
      expect(await takeMarks(connection, 'm', 'outcomes', [hour(0)])).toEqual([hour(0)]);
      // Another session commits a row after the marks were taken.
      await client.logPredictions('m', [prediction({ entity: 'late' })]);
      await client.recordActuals('m', [actual({ entity: 'late' })]);
    });
    expect((await listMarkedHours(test.database, 'm', 'outcomes'))[0]).toBe(hour(0));
    await attach();
    expect(await select(`select count(*) as rows from outcomes`)).toEqual([{ rows: 61 }]);
  });

  /** Waits until a session of this database waits for a lock. */
  const untilOneWaits = async (): Promise<void> => {
    while (
      (
        await select(
          'select from pg_stat_activity where wait_event_type = $1 and datname = current_database()',
          ['Lock'],
        )
      ).length === 0
    );
  };

  it('waits for another run of the model that has not committed yet', async () => {
    let run: Promise<unknown> = Promise.resolve();
    await test.database.transaction(async (connection) => {
      await lockUntilCommit(connection, 'outcomes:m');
      await attachPairs(connection, 'm', { start: hour(0), end: hour(60) });
      run = attach({ window });
      await untilOneWaits();
    });
    expect(await run).toMatchObject({ attached: 0, outcomes: 60 });
  });

  it('does not deadlock with a new partition, which locks predictions first and outcomes last', async () => {
    let run: Promise<unknown> = Promise.resolve();
    await test.database.transaction(async (connection) => {
      await connection.execute('lock table predictions in access exclusive mode');
      run = attach();
      await untilOneWaits();
      await connection.execute('lock table outcomes in access exclusive mode');
    });
    expect(await run).toMatchObject({ attached: 60 });
  });
});

describe('outcomes', () => {
  beforeAll(async () => {
    test = await createTestDatabase();
    client = openClient({ database: test.database });
  });
  afterAll(() => test.drop());

  const entity = fc.constantFrom('a', 'b');
  const eventTime = fc.integer({ min: 0, max: 5 }).map((index) => start + index * (hourMs / 2));
  const predictionArrival = fc
    .record({
      entity,
      eventTime,
      version: fc.constantFrom('1', '2'),
      prediction: fc.integer({ min: 0, max: 9 }),
    })
    .map((row) => ({ stream: 'predictions' as const, row: prediction(row) }));
  const actualArrival = fc
    .record({ entity, eventTime, value: fc.integer({ min: 0, max: 2 }) })
    .map((row) => ({ stream: 'actuals' as const, row: actual(row) }));
  type Arrival =
    | { readonly stream: 'predictions'; readonly row: PredictionRow }
    | { readonly stream: 'actuals'; readonly row: ActualRow };

  async function store(model: string, arrivals: readonly Arrival[]): Promise<void> {
    for (const arrival of arrivals) {
      if (arrival.stream === 'predictions') await client.logPredictions(model, [arrival.row]);
      else await client.recordActuals(model, [arrival.row]);
    }
  }

  it('are the same in whatever order rows arrive, however often, and whenever they are attached', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc
          .tuple(
            // Of predictions the last written wins, so each key occurs once; of actuals the newest recorded.
            fc.uniqueArray(predictionArrival, {
              maxLength: 8,
              selector: ({ row }) => `${row.entity} ${String(row.eventTime)} ${row.version}`,
            }),
            fc.array(actualArrival, { maxLength: 12 }),
          )
          .chain(([predictions, actuals]) => {
            const recorded = actuals.map(({ row, stream }, index) => ({
              stream,
              row: { ...row, recordedAt: start + index * hourMs },
            }));
            const arrivals: Arrival[] = [...predictions, ...recorded];
            const shuffled = fc.shuffledSubarray(arrivals, { minLength: arrivals.length });
            return fc.tuple(
              fc.constant(arrivals),
              shuffled,
              fc.subarray(arrivals),
              fc.array(fc.nat({ max: arrivals.length }), { maxLength: 4 }),
            );
          }),
        async ([arrivals, shuffled, repeated, attachedAfter]) => {
          run += 1;
          await store(`once-${run}`, arrivals);
          await attach({ model: `once-${run}` });
          const piecewise = [...shuffled, ...repeated];
          for (const [index, arrival] of piecewise.entries()) {
            await store(`piecewise-${run}`, [arrival]);
            if (attachedAfter.includes(index)) await attach({ model: `piecewise-${run}` });
          }
          await attach({ model: `piecewise-${run}` });
          expect(await outcomes(`piecewise-${run}`)).toEqual(await outcomes(`once-${run}`));
        },
      ),
      { numRuns: 25, seed: 42 },
    );
  });
});

describe('slicesOf', () => {
  it('cuts an hour of many actuals into parts without a gap, and one of few not at all', () => {
    const window = { start: 0, end: hourMs };
    expect(slicesOf(window, 100_000)).toEqual([window]);
    expect(slicesOf(window, 0)).toEqual([window]);
    const slices = slicesOf(window, 700_001);
    expect(slices).toHaveLength(8);
    expect([slices[0]!.start, slices.at(-1)!.end]).toEqual([0, hourMs]);
    for (const [index, { start, end }] of slices.entries()) {
      expect(end - start).toBeCloseTo(hourMs / 8, -1);
      expect(start).toBe(slices[index - 1]?.end ?? 0);
      expect(Number.isInteger(end)).toBe(true);
    }
  });
});
