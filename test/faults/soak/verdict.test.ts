import { describe, expect, it } from 'vitest';

import { soakPicture } from './picture.ts';
import { series, type Sample, type SeriesName } from './series.ts';
import { trendOf, trendsOf } from './verdict.ts';

/** An hour of six weeks with a sample each ten seconds. */
function hourOf(name: SeriesName, value: (share: number, day: number) => number | null): Sample[] {
  const dayOf = (i: number): number => Math.floor((i / 360) * 42) + 1;
  return Array.from({ length: 360 }, (_, i) => ({
    seconds: i * 10,
    day: dayOf(i),
    faults: i,
    values: {
      ...(Object.fromEntries(series.map((one) => [one.name, 0])) as Record<SeriesName, number>),
      [name]: value(i / 360, dayOf(i)),
    },
  }));
}

const memory = series.find(({ name }) => name === 'heap of the worker')!;
const queue = series.find(({ name }) => name === 'messages to deliver')!;
/** Up and down, as a heap that is collected. */
const saw = (share: number): number => 40 * ((share * 30) % 1);

describe('trendOf', () => {
  it('takes a heap that is collected for flat', () => {
    const trend = trendOf(
      memory,
      hourOf(memory.name, (share) => 100 + saw(share)),
    );
    expect(trend.verdict).toBe('flat');
    expect(Math.abs(trend.growth)).toBeLessThan(3);
  });

  it('finds what leaks below what goes up and down', () => {
    const trend = trendOf(
      memory,
      hourOf(memory.name, (share) => 100 + saw(share) + 30 * share),
    );
    expect(trend).toMatchObject({ verdict: 'grows', unit: 'MB' });
    // Two thirds of the 30 MB of the hour.
    expect(trend.growth).toBeCloseTo(20, 0);
  });

  it('leaves the beginning out, in which a process grows', () => {
    const trend = trendOf(
      memory,
      hourOf(memory.name, (share) => Math.min(150, 50 + 400 * share)),
    );
    expect(trend.verdict).toBe('flat');
  });

  it('finds a queue that is never worked off to its end, and none that is', () => {
    expect(
      trendOf(
        queue,
        hourOf(queue.name, (share) => Math.round(saw(share))),
      ).verdict,
    ).toBe('flat');
    expect(
      trendOf(
        queue,
        hourOf(queue.name, (share) => Math.round(9 * share)),
      ).verdict,
    ).toBe('grows');
  });

  it('takes a queue for flat that waits for one day, or for the run after two days without one, also at the end', () => {
    // The workload has no run on the fourth and fifth day of a week.
    const waits = (day: number): boolean => [4, 5].includes(day % 7) || day === 41;
    const waiting = hourOf(queue.name, (share, day) => (waits(day) && share * 42 + 1 < day + 0.8 ? 200 : 0));
    expect(trendOf(queue, waiting)).toMatchObject({ verdict: 'flat', growth: 0, highest: 200 });
    // It ended before that run.
    const cut = hourOf(queue.name, (_, day) => (day >= 39 ? 200 : 0)).filter(({ day }) => day <= 40);
    expect(trendOf(queue, cut)).toMatchObject({ verdict: 'flat', growth: 0 });
  });

  it('goes on without what could not be measured, and says where that was nearly all', () => {
    const gaps = hourOf(queue.name, (share) => (Math.round(share * 360) % 3 === 0 ? 0 : null));
    expect(trendOf(queue, gaps).verdict).toBe('flat');
    const nothing = hourOf(queue.name, () => null);
    expect(trendOf(queue, nothing).verdict).toBe('not measured');
    expect(trendsOf([])).toHaveLength(series.length);
  });
});

it('draws each series, and the faults', () => {
  const picture = soakPicture(
    hourOf(memory.name, (share) => 100 + saw(share)),
    'six weeks',
  );
  for (const { name } of series) expect(picture).toContain(name);
  expect(picture).toContain('six weeks');
  expect(picture).toContain('faults so far');
});
