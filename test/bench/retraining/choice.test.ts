import { describe, expect, it } from 'vitest';

import { choose, gridAround, roomOf, type Tried } from '../../../bench/retraining/choice.ts';
import type { Parameters } from '../../../bench/retraining/replay.ts';

const start: Parameters = {
  by: 20,
  certainty: 'interval',
  overDays: 7,
  cooldownDays: 21,
  refreshDays: 42,
  holdoutDays: 7,
  gate: { better: '2%', certainty: 'point' },
};
const tried = (parameters: Parameters, error: number, trainings = 0.35): Tried => ({
  parameters,
  error: { mean: error, least: error, most: error },
  trainings,
  promotions: 10,
  sure: 10,
  reached: 4,
});

describe('roomOf', () => {
  it('is that to the nearest limit, as a share of it', () => {
    expect(roomOf(tried(start, 0.02))).toBeCloseTo(0.5, 12);
    expect(roomOf(tried(start, 0.09))).toBeCloseTo(0.1, 12);
    expect(roomOf({ ...tried(start, 0), sure: 9 })).toBeCloseTo(0.5, 12);
  });

  it('is below 0 where a limit is not kept', () => {
    expect(roomOf(tried(start, 0.12))).toBeCloseTo(-0.2, 12);
    expect(roomOf({ ...tried(start, 0), sure: 7 })).toBeCloseTo(-0.5, 12);
  });

  it('is none without a promotion: nothing is shown', () => {
    expect(roomOf({ ...tried(start, 0), promotions: 0, sure: 0 })).toBe(0);
  });
});

describe('choose', () => {
  const grid = gridAround(start);

  it('tries every combination once', () => {
    expect(new Set(grid.map((each) => JSON.stringify(each))).size).toBe(72);
  });

  it('takes from where there is most room', () => {
    const isThere = ({ overDays, gate }: Parameters): boolean => overDays === 14 && gate.certainty === '80%';
    const all = grid.map((each) => tried(each, isThere(each) ? 0.03 : 0.08));
    expect(isThere(choose(all).parameters)).toBe(true);
  });

  it('does not take a lucky one whose neighbours fail', () => {
    const lucky = grid[0]!;
    const all = grid.map((each) => tried(each, each === lucky ? 0.05 : each.overDays === 14 ? 0.06 : 0.2));
    expect(choose(all).parameters.overDays).toBe(14);
  });
});
