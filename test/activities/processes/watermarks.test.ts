import { describe, expect, it } from 'vitest';

import { advanceWatermark, makesUpThePast } from '../../../activities/processes/watermarks.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { hourMs } from '../../../core/window.ts';
import { day, predictionsOf } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const model = 'marked';
const process = 'drift-detection';

const test = useDatabase('empty for each test');

const advance = (asOf: number, windowEnd = asOf) =>
  advanceWatermark(test.database, { model, process, asOf, windowEnd });
const past = (asOf: number, windowEnd?: number) =>
  makesUpThePast(test.database, { model, process, asOf, ...(windowEnd !== undefined && { windowEnd }) });

describe('advanceWatermark', () => {
  const watermark = async () =>
    (
      await test.database.query('select as_of as "asOf", window_end as "windowEnd" from process_watermarks')
    )[0];

  it('moves forward, never back', async () => {
    await advance(day(5));
    await advance(day(7));
    await advance(day(6));
    expect(await watermark()).toEqual({ asOf: day(7), windowEnd: day(7) });
  });

  it('keeps the newest window end when a later run asks for an old window', async () => {
    await advance(day(5));
    await advance(day(6), day(2));
    expect(await watermark()).toEqual({ asOf: day(6), windowEnd: day(5) });
  });
});

describe('makesUpThePast', () => {
  it('is false for the first run, for a later one, and for the same one again', async () => {
    expect(await past(day(5))).toBe(false);
    await advance(day(5));
    expect(await past(day(6))).toBe(false);
    expect(await past(day(5))).toBe(false);
  });

  it('is true for an instant before the newest one of its process', async () => {
    await advance(day(5));
    expect(await past(day(5) - 1)).toBe(true);
  });

  it('is true for a window that ends before the newest one of its process', async () => {
    await advance(day(5));
    expect(await past(day(6), day(4))).toBe(true);
    expect(await past(day(6), day(5))).toBe(false);
  });

  it('looks at its own process and model only', async () => {
    await advanceWatermark(test.database, { model, process: 'retraining', asOf: day(9), windowEnd: day(9) });
    await advanceWatermark(test.database, { model: 'another', process, asOf: day(9), windowEnd: day(9) });
    expect(await past(day(5))).toBe(false);
  });

  it('is true where predictions made more than a day later are stored: history that was loaded', async () => {
    await openClient({ database: test.database }).logPredictions(model, predictionsOf({ from: 5, to: 6 }));
    expect(await past(day(4) + 22 * hourMs)).toBe(true);
    expect(await past(day(4) + 23 * hourMs)).toBe(false);
  });

  it('is false where later predictions are forecasts that were made in time', async () => {
    const rows = predictionsOf({ from: 8, to: 9 }).map((row) => ({ ...row, issuedAt: day(5) }));
    await openClient({ database: test.database }).logPredictions(model, rows);
    expect(await past(day(5))).toBe(false);
  });

  it('is false where only a shadow has predicted later', async () => {
    await openClient({ database: test.database }).logPredictions(
      model,
      predictionsOf({ from: 8, to: 9, version: '2', role: 'shadow' }),
    );
    expect(await past(day(5))).toBe(false);
  });
});
