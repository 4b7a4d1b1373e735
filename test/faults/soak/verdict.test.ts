import { describe, expect, it } from 'vitest';

import { soakPicture } from './picture.ts';
import { series, type Sample, type SeriesName } from './series.ts';
import { trendOf, trendsOf } from './verdict.ts';

/** An hour with a sample each ten seconds. */
function hourOf(name: SeriesName, value: (share: number) => number | null): Sample[] {
  return Array.from({ length: 360 }, (_, i) => ({
    seconds: i * 10,
    day: 1,
    faults: i,
    values: {
      ...(Object.fromEntries(series.map((one) => [one.name, 0])) as Record<SeriesName, number>),
      [name]: value(i / 360),
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
