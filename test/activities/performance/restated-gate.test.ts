/** Numbers on which people may have relied count no more, or count after all. */

import { beforeEach, describe, expect, it } from 'vitest';

import { openClient } from '../../../client/tidewatch-client.ts';
import { checksums } from '../../setup/checksums.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'gated';

const test = useActivities('empty for each test');
beforeEach(async () => {
  await watch(test.database, {
    model,
    performance: { windows: ['1d'], actualsHorizon: '3d', minimumOutcomes: 20 },
  });
});

const evaluate = async (asOf: string) => {
  await test.activities.attachActuals({ model, asOf });
  await test.activities.summarizeOutcomes({ model, asOf });
  await test.activities.evaluatePerformance({ model, asOf });
};
/** The first day again, as `reprocessing` does. */
const reprocess = async (asOf: string) => {
  const window = { start: at(1), end: at(2) };
  await test.activities.attachActuals({ model, asOf, window });
  await test.activities.summarizeOutcomes({ model, asOf, window });
  await test.activities.restateWindows({
    model,
    asOf,
    endingAfter: at(1),
    endingBy: at(2),
    startingBefore: at(2),
  });
};
const record = (count: number) =>
  openClient({ database: test.database }).recordActuals(model, actualsOf({ from: 1, to: 2 }).slice(0, count));
/** From an hour of the first day on. */
const forget = async (hour: number) => {
  await test.database.execute(
    `delete from actuals where model = $1 and event_time >= to_timestamp($2::double precision)`,
    [model, day(1) / 1000 + hour * 3600],
  );
};
const told = () =>
  test.database.query(
    'select alert_key as key, event, severity, summary from alert_events order by recorded_at',
  );

const gone = {
  key: `restated:${model}:2024-01-02`,
  event: 'restated',
  severity: 'info',
  summary:
    'the numbers of 1 Jan and the 7 days to 1 Jan (version 1) do not count any more: 12 outcomes, at least 20 are needed',
};
const back = {
  ...gone,
  summary: 'the numbers of 1 Jan and the 7 days to 1 Jan (version 1) count after all: 24 outcomes',
};

describe('a window that counted', () => {
  beforeEach(async () => {
    await load(test.database, model, { from: 1, to: 2 });
    await evaluate(at(2, 3));
    expect(await told()).toEqual([]);
  });

  it('and does not any more is told', async () => {
    await forget(12);
    await evaluate(at(3, 3));
    expect(await told()).toEqual([gone]);
  });

  it('is told of once', async () => {
    await forget(12);
    await evaluate(at(3, 3));
    const before = await checksums(test.database);
    await evaluate(at(3, 3));
    expect(await checksums(test.database)).toEqual(before);
  });

  it('is told of when it is reprocessed after it was final, whichever way', async () => {
    await evaluate(at(6, 3));
    await forget(12);
    await reprocess(at(7, 3));
    expect(await told()).toEqual([gone]);
    await record(24);
    await reprocess(at(7, 4));
    expect(await told()).toEqual([gone, { ...back, event: 'restated.2' }]);
  });

  it('is not told of by a run that makes up the past', async () => {
    await openClient({ database: test.database }).logPredictions(model, predictionsOf({ from: 8, to: 9 }));
    await forget(12);
    await evaluate(at(3, 3));
    await reprocess(at(3, 3));
    expect(await told()).toEqual([]);
  });
});

describe('a window that waits for its actuals', () => {
  beforeEach(async () => {
    await openClient({ database: test.database }).logPredictions(model, predictionsOf({ from: 1, to: 2 }));
    await record(12);
    await evaluate(at(2, 3));
  });

  it('is no news when they come', async () => {
    await record(24);
    await evaluate(at(3, 3));
    expect(await told()).toEqual([]);
  });

  it('is news when they come after it was final', async () => {
    await evaluate(at(6, 3));
    await record(24);
    await reprocess(at(7, 3));
    expect(await told()).toEqual([back]);
  });
});
