import { describe, expect, it } from 'vitest';

import type { Episode } from '../../../core/degradation/replay.ts';
import { compareEpisodes, episodesOf, replayRules } from '../../../core/degradation/replay.ts';
import type { DegradationRule } from '../../../core/degradation/rules.ts';
import { dayMs } from '../../../core/window.ts';
import { daily, evidenceOf, may } from './evidence.ts';

const rule: DegradationRule = {
  metric: 'rmse',
  over: '1d',
  aggregate: 'pooled',
  limit: 75,
  level: 'critical',
};

describe('a replay', () => {
  const values = [70, 80, null, 90, 60];
  const evidence = values.map((value, i) =>
    evidenceOf(value === null ? [] : [daily(10 + i, value)], { day: may(10 + i), oldest: may(10 + i) }),
  );
  const replay = replayRules([rule, { ...rule, limit: 85, level: 'warning' }], evidence);

  it('judges each day, and counts for each rule', () => {
    expect(replay.days.map(({ level }) => level)).toEqual([
      'ok',
      'critical',
      'insufficient-data',
      'critical',
      'ok',
    ]);
    expect(replay.rules).toMatchObject([
      { rule, fired: [may(11), may(13)], fine: 2, unjudgeable: 1 },
      {
        fired: [may(13)],
        fine: 3,
        unjudgeable: 1,
        unjudgeableReason: expect.stringContaining('no evaluation'),
      },
    ]);
  });

  it('joins what a day that cannot be judged interrupts', () => {
    expect(replay.episodes).toEqual([{ from: may(11), to: may(13), level: 'critical' }]);
  });
});

it('a replay goes on while a day is not surely fine', () => {
  const evidence = (
    [
      [80, 78],
      [80, 70],
      [80, 79],
      [60, 55],
      [90, 70],
    ] as const
  ).map(([value, low], i) =>
    evidenceOf([daily(10 + i, value, { interval: [low, 100] })], { day: may(10 + i), oldest: may(10 + i) }),
  );
  const { days, episodes } = replayRules([rule], evidence);
  expect(days.map(({ level }) => level)).toEqual(['critical', 'ok', 'critical', 'ok', 'ok']);
  expect(episodes).toEqual([{ from: may(10), to: may(12), level: 'critical' }]);
});

describe('episodes', () => {
  it('begin again after a day that is fine, and may be open at the end', () => {
    const days = (['warning', 'ok', 'ok', 'warning', 'critical', 'warning'] as const).map((level, day) => ({
      day,
      level,
    }));
    expect(episodesOf(days)).toEqual([
      { from: 0, to: 0, level: 'warning' },
      { from: 3, to: 5, level: 'critical' },
    ]);
  });

  it('are none where nothing was', () => {
    expect(episodesOf([{ day: 0, level: 'insufficient-data' }])).toEqual([]);
  });
});

describe('tried rules against applied ones', () => {
  const episode = (from: number, to: number): Episode => ({
    from: from * dayMs,
    to: to * dayMs,
    level: 'warning',
  });
  const cases: readonly (readonly [string, Episode[], Episode[], unknown])[] = [
    ['sooner', [episode(5, 9)], [episode(3, 6)], { matched: [{ daysEarlier: 2 }], extra: [] }],
    ['later', [episode(5, 9)], [episode(8, 12)], { matched: [{ daysEarlier: -3 }], extra: [] }],
    ['not at all', [episode(5, 9)], [], { matched: [{ applied: episode(5, 9) }], extra: [] }],
    ['alone', [], [episode(1, 2)], { matched: [], extra: [episode(1, 2)] }],
    [
      'once for two',
      [episode(1, 3), episode(5, 9)],
      [episode(2, 6)],
      { matched: [{ daysEarlier: -1 }, { daysEarlier: 3 }], extra: [] },
    ],
    [
      'before, and over by then',
      [episode(5, 9)],
      [episode(1, 4)],
      { matched: [{ applied: episode(5, 9) }], extra: [episode(1, 4)] },
    ],
  ];
  it.each(cases)('fire %s', (_, applied, tried, expected) => {
    const against = compareEpisodes(applied, tried);
    expect(against).toMatchObject(expected as object);
    expect(
      against.matched.every(
        ({ tried }, i) => (tried === undefined) === !('daysEarlier' in against.matched[i]!),
      ),
    ).toBe(true);
  });
});
