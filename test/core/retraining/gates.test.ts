import { describe, expect, it } from 'vitest';

import {
  gatesOf,
  judgeGates,
  summarizeGates,
  type Gate,
  type Trial,
} from '../../../core/retraining/gates.ts';
import type { PairedBlock } from '../../../core/retraining/improvement.ts';
import { errorsOf } from './made-blocks.ts';

/** Seven days of 24 rows each; the errors of a day are all `error` plus what the day adds to it. */
const week = (challenger: number, champion: number, dayEffect = 0, rows = 24): PairedBlock[] =>
  [1, -1, 2, -2, 1, 0, -1].map((effect) => ({
    challenger: errorsOf(Array.from({ length: rows }, () => challenger + effect * dayEffect)),
    champion: errorsOf(Array.from({ length: rows }, () => champion)),
  }));
const trial = (blocks: Readonly<Record<string, PairedBlock[]>>, more: Partial<Trial> = {}): Trial => ({
  blocks: new Map(Object.entries(blocks)),
  length: 'day',
  ...more,
});
const judge = (gate: Gate, on: Trial) => judgeGates([gate], on)[0]!;
const better = (by: number): Gate => ({ metric: 'rmse', better: by, certainty: 'point' });

describe('gatesOf', () => {
  it.each([
    [{ minimumImprovement: 0.02 }, 'regression', 'rmse', 0.02],
    [{ minimumImprovement: 0.1 }, 'classification', 'log_loss', 0.1],
    [{ minimumImprovement: 0.1, metric: 'mae' }, 'regression', 'mae', 0.1],
  ] as const)('asks %j of a %s for the minimum improvement, 80% sure', (policy, task, metric, by) => {
    expect(gatesOf(policy, task)).toEqual([{ metric, better: by, certainty: 0.8 }]);
  });

  it('asks for nothing but the gates where these are written', () => {
    const gates: Gate[] = [{ latency: 'p95', worse: 0 }];
    expect(gatesOf({ gates, metric: 'mae', minimumImprovement: 0.5 }, 'regression')).toEqual(gates);
  });
});

describe('a gate over all rows', () => {
  it('passes what is better by enough, in words and numbers', () => {
    expect(judge(better(0.02), trial({ '': week(58.1, 101.3) }))).toEqual({
      gate: 'RMSE at least 2% better',
      measure: 'rmse',
      segment: '',
      holds: 'yes',
      improvement: expect.closeTo((101.3 - 58.1) / 101.3, 12),
      low: expect.closeTo(0.4265, 4),
      high: expect.closeTo(0.4265, 4),
      challenger: expect.closeTo(58.1, 12),
      champion: expect.closeTo(101.3, 12),
      rows: 168,
      reason:
        'challenger RMSE 58.1 against 101.3 on the same 168 held-out rows: 42.6% better, at least 2% needed',
    });
  });

  it.each([
    ['exactly the minimum', 98, 'yes', '2% better'],
    ['too little better', 99, 'no', '1% better'],
    ['worse', 125, 'no', '25% worse'],
  ] as const)('judges what is %s', (_, challenger, holds, words) => {
    const judgement = judge(better(0.02), trial({ '': week(challenger, 100) }));
    expect(judgement).toMatchObject({
      holds,
      reason: expect.stringContaining(`${words}, at least 2% needed`),
    });
  });

  it.each([
    [104, 'yes'],
    [106, 'no'],
  ] as const)('allows what is at most so much worse: %d against 100 at 5%% is %s', (challenger, holds) => {
    const gate: Gate = { metric: 'rmse', worse: 0.05, certainty: 'point' };
    expect(judge(gate, trial({ '': week(challenger, 100) })).holds).toBe(holds);
  });

  it('stops on too few rows', () => {
    expect(judge(better(0.02), trial({ '': week(50, 100, 0, 7) }))).toMatchObject({
      holds: 'no',
      improvement: null,
      reason: '49 held-out rows, at least 50 are needed',
    });
    expect(judge(better(0.02), trial({}))).toMatchObject({ holds: 'no', rows: 0 });
  });

  it('never passes a challenger and its champion both ways', () => {
    for (const [one, other] of [
      [1, 2],
      [100, 101],
      [3, 3],
    ] as const) {
      const both = [week(one, other), week(other, one)].map(
        (blocks) => judge(better(0.02), trial({ '': blocks })).holds,
      );
      expect(both).toContain('no');
    }
  });
});

describe('a gate by its interval', () => {
  const surelyBetter: Gate = { metric: 'rmse', better: 0.02, certainty: 'interval' };
  const surelyWorse: Gate = { metric: 'rmse', worse: 0.05, certainty: 'interval' };

  it('asks for an improvement that is more than chance', () => {
    expect(judge(surelyBetter, trial({ '': week(90, 100, 1) })).holds).toBe('yes');
    const unsure = judge(surelyBetter, trial({ '': week(90, 100, 20) }));
    expect(unsure.improvement).toBeGreaterThan(0.02);
    expect(unsure).toMatchObject({
      holds: 'no',
      reason: expect.stringMatching(/\(95% .+ worse to .+ better\), at least 2% needed$/),
    });
  });

  it('stops only what is worse by more than chance', () => {
    expect(judge(surelyWorse, trial({ '': week(110, 100, 1) })).holds).toBe('no');
    expect(judge(surelyWorse, trial({ '': week(110, 100, 20) })).holds).toBe('yes');
  });

  it.each([
    [0.5, 'yes', '50% sure of at least 9.53% better'],
    [0.8, 'yes', '80% sure of at least 6.16% better'],
    [0.9, 'yes', '90% sure of at least 4.16% better'],
    [0.975, 'no', '97.5% sure of at least 0.406% better'],
    [0.999, 'no', '99.9% sure of at most 9.89% worse'],
  ] as const)('asks for as much certainty as is written: %d', (certainty, holds, words) => {
    const judged = judge({ ...surelyBetter, certainty }, trial({ '': week(90, 100, 7) }));
    expect(judged).toMatchObject({ holds, reason: expect.stringContaining(words) });
  });

  it('has in interval a certainty of 97.5%', () => {
    const on = trial({ '': week(90, 100, 7) });
    const [asShare, asInterval] = ([0.975, 'interval'] as const).map((certainty) =>
      judge({ ...surelyBetter, certainty }, on),
    );
    expect(asShare!.low).toBeCloseTo(asInterval!.low!, 12);
  });

  it('tells on the other side how much worse it surely is', () => {
    const gate: Gate = { metric: 'rmse', worse: 0.05, certainty: 0.9 };
    expect(judge(gate, trial({ '': week(112, 100, 1) })).reason).toMatch(
      /12% worse \(90% sure of at least 11.\d+% worse\), at most 5% worse allowed$/,
    );
  });

  it('stops where nothing is known of chance', () => {
    expect(judge(surelyBetter, trial({ '': week(50, 100).slice(0, 3) }))).toMatchObject({
      holds: 'no',
      reason: expect.stringContaining('the rows are of 3 days; how sure the difference is takes 4'),
    });
  });
});

describe('a gate of each segment', () => {
  const gate: Gate = { metric: 'rmse', worse: 0.05, segments: 'each', certainty: 'point' };

  it('names the segment that is worse', () => {
    const judgements = judgeGates(
      [gate],
      trial({ '': week(90, 100), 'c=a': week(80, 100), 'c=b': week(120, 100) }),
    );
    expect(judgements.map(({ segment, holds }) => [segment, holds])).toEqual([
      ['c=a', 'yes'],
      ['c=b', 'no'],
    ]);
    expect(summarizeGates(judgements)).toEqual({
      verdict: 'fail',
      reason:
        'c=b: challenger RMSE 120 against 100 on the same 168 held-out rows: 20% worse, at most 5% worse allowed',
    });
  });

  it('does not judge a segment of few rows', () => {
    const judgements = judgeGates(
      [gate],
      trial({ '': week(90, 100), 'c=a': week(80, 100), 'c=b': week(120, 100, 0, 7) }),
    );
    expect(judgements[1]).toMatchObject({
      holds: 'not-judged',
      reason: 'c=b: 49 held-out rows, at least 50 are needed',
    });
    expect(summarizeGates(judgements)).toEqual({
      verdict: 'pass',
      reason: '1 of 2 segments judged, none is worse than allowed',
    });
  });

  it('widens the intervals, the more segments there are', () => {
    const byInterval: Gate = { ...gate, certainty: 'interval' };
    const lowOf = (segments: number): number =>
      judgeGates(
        [byInterval],
        trial(
          Object.fromEntries(
            Array.from({ length: segments }, (_, i) => [`c=${i}`, week(120, 100, 10)]).concat([['', []]]),
          ),
        ),
      )[0]!.low!;
    expect(lowOf(20)).toBeLessThan(lowOf(1));
  });
});

describe('a gate of latency', () => {
  const gate: Gate = { latency: 'p95', worse: 0.1 };
  const on = (challenger?: number, champion?: number) =>
    judge(
      gate,
      trial(
        {},
        {
          latency: {
            challenger: challenger === undefined ? undefined : { p95: challenger },
            champion: champion === undefined ? undefined : { p95: champion },
          },
        },
      ),
    );

  it.each([
    [11, 'yes', 'p95 latency 11 ms against 10 ms: 10% more, at most 10% more allowed'],
    [12, 'no', 'p95 latency 12 ms against 10 ms: 20% more, at most 10% more allowed'],
    [5, 'yes', 'p95 latency 5 ms against 10 ms: 50% less, at most 10% more allowed'],
  ] as const)('judges %d ms against 10', (challenger, holds, reason) => {
    expect(on(challenger, 10)).toMatchObject({ holds, reason });
  });

  it('stops a challenger that does not say, but asks nothing where the champion never did', () => {
    expect(on(undefined, 10)).toMatchObject({
      holds: 'no',
      reason: expect.stringContaining('let the trainer answer latencyMs'),
    });
    expect(on(12)).toMatchObject({ holds: 'not-judged', challenger: 12 });
  });
});

describe('summarizeGates', () => {
  it('tells all that failed', () => {
    const judgements = judgeGates(
      [better(0.02), { latency: 'p50', worse: 0 }, { metric: 'mae', better: 0.5, certainty: 'point' }],
      trial({ '': week(60, 100) }),
    );
    expect(summarizeGates(judgements)).toEqual({
      verdict: 'fail',
      reason:
        'the p50 latency of the challenger is not known; let the trainer answer latencyMs; challenger MAE 60 against 100 on the same 168 held-out rows: 40% better, at least 50% needed',
    });
  });
});
