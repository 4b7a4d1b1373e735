import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PolicyCheck, RetrainingFacts, StartPolicy } from '../../../core/retraining/policy.ts';
import { decideRetraining } from '../../../core/retraining/policy.ts';
import type { RetrainingPolicy } from '../../../core/retraining/settings.ts';
import { retrainingSchema } from '../../../core/retraining/settings.ts';
import { dayMs, hourMs, parseInstant } from '../../../core/window.ts';

const policy: RetrainingPolicy = retrainingSchema.parse({ trainer: { url: 'http://127.0.0.1:8080' } });

const critical = { level: 'critical', ofPerformance: 'critical' } as const;

const degraded: RetrainingFacts = {
  asOf: parseInstant('2011-05-20T03:40:00Z'),
  checks: [critical],
  drift: { level: 'ok', reason: '0 of 4 features' },
  quality: { level: 'ok', reason: 'nothing found' },
  running: null,
  starts: [],
  calendarSince: parseInstant('2011-05-01T00:00:00Z'),
  newOutcomes: 0,
  outcomesInTrainingWindow: 1080,
};

const startedAt = (text: string, cost: number | null = null) => ({ asOf: parseInstant(text), cost });

const decide = (facts: Partial<RetrainingFacts>, change: Partial<StartPolicy> = {}) =>
  decideRetraining({ ...policy, ...change }, { ...degraded, ...facts });

const checkOf = (name: PolicyCheck['name'], ...args: Parameters<typeof decide>) =>
  decide(...args).checks?.find((check) => check.name === name);

describe('decideRetraining', () => {
  it('starts for a verdict that is a trigger, when every check holds', () => {
    const { checks, ...answer } = decide({});
    expect(answer).toEqual({
      decision: 'start',
      triggers: ['verdict'],
      reason: 'the verdict is critical; 1080 outcomes in the training window',
    });
    expect(checks?.map(({ name, holds }) => [name, holds])).toEqual([
      ['enabled', true],
      ['trigger', true],
      ['single-flight', true],
      ['order', true],
      ['cooldown', true],
      ['month', true],
      ['budget', true],
      ['freeze', true],
      ['data-quality', true],
      ['outcomes', true],
      ['new-outcomes', true],
    ]);
  });

  it('says everything that stands against it, and waits for the first', () => {
    const { decision, reason, checks } = decide(
      { checks: [], outcomesInTrainingWindow: 0 },
      { enabled: false },
    );
    expect({ decision, reason }).toEqual({ decision: 'wait', reason: 'retraining is disabled' });
    expect(checks?.filter(({ holds }) => !holds)).toEqual([
      {
        name: 'enabled',
        holds: false,
        reason: 'retraining is disabled',
        remedy: 'write enabled: true',
      },
      {
        name: 'trigger',
        holds: false,
        reason: 'there is no verdict yet',
        remedy: 'wait for a verdict of critical, or start it by hand',
      },
      {
        name: 'outcomes',
        holds: false,
        reason: '0 outcomes in the training window, at least 200 are needed',
        remedy: 'wait for 200 more outcomes, or lengthen trainingWindow',
      },
    ]);
  });

  it('names the triggers that hold', () => {
    const triggers = { ...policy.triggers, calendar: '0 3 15 * *', drift: 'alone' as const };
    expect(decide({}, { triggers })).toMatchObject({
      reason:
        'the verdict is critical, and the calendar was due at 2011-05-15T03:00:00Z; 1080 outcomes in the training window',
      triggers: ['verdict', 'calendar'],
    });
    expect(decide({ checks: [] }, { triggers }).triggers).toEqual(['calendar']);
  });

  it('needs no other trigger when a person asks for it', () => {
    expect(decide({ byHand: true, checks: [] })).toMatchObject({
      decision: 'start',
      reason: 'a person asks for it; 1080 outcomes in the training window',
      triggers: [],
    });
  });

  it('runs one at a time, and says until when', () => {
    const asOf = parseInstant('2011-04-01T03:40:00Z');
    const running = { asOf, state: 'verifying', waitsUntil: parseInstant('2011-05-22T00:00:00Z') } as const;
    expect(decide({ running })).toMatchObject({
      decision: 'wait',
      reason:
        'a retraining, started as of 2011-04-01T03:40:00Z, is still being verified until 2011-05-22T00:00:00Z; one at a time',
    });
    expect(decide({ running: { asOf, state: 'training', waitsUntil: null } }).reason).toBe(
      'a retraining, started as of 2011-04-01T03:40:00Z, is still training; one at a time',
    );
  });

  it('waits when it speaks for a time before the last start', () => {
    expect(decide({ starts: [startedAt('2011-08-01T03:40:00Z')] })).toMatchObject({
      decision: 'wait',
      reason:
        "a retraining was started as of 2011-08-01T03:40:00Z, later than this run's 2011-05-20T03:40:00Z",
    });
  });

  it('waits until the cooldown since the last start is over, and not longer', () => {
    expect(checkOf('cooldown', { starts: [startedAt('2011-05-13T03:40:00Z')] })).toEqual({
      name: 'cooldown',
      holds: false,
      reason:
        'the last retraining was started as of 2011-05-13T03:40:00Z; the cooldown of 14 days ends at 2011-05-27T03:40:00Z',
      remedy: 'wait until 2011-05-27T03:40:00Z, or shorten cooldown',
    });
    expect(decide({ starts: [startedAt('2011-05-06T03:40:00.001Z')] }).decision).toBe('wait');
    expect(decide({ starts: [startedAt('2011-05-06T03:40:00Z')] }).decision).toBe('start');
  });

  it('starts so many times in a month of the calendar, whatever became of them', () => {
    const starts = [startedAt('2011-05-02T03:40:00Z'), startedAt('2011-05-01T00:00:00Z')];
    const change = { maxPerMonth: 2, cooldown: '1d' };
    expect(checkOf('month', { starts }, change)).toMatchObject({
      holds: false,
      reason: '2 retrainings of at most 2 in the month of 2011-05-01T00:00:00Z',
      remedy: 'wait until 2011-06-01T00:00:00Z, or raise maxPerMonth',
    });
    expect(decide({ starts, asOf: parseInstant('2011-06-01T00:00:00Z') }, change).decision).toBe('start');
    expect(decide({ starts: [starts[0]!, startedAt('2011-04-30T23:59:59Z')] }, change).decision).toBe(
      'start',
    );
  });

  describe('keeps to a budget', () => {
    const cooldown = '1d';
    const starts = [startedAt('2011-05-09T03:40:00Z'), startedAt('2011-05-02T03:40:00Z')];

    it('by the assumed cost, while no trainer has reported one', () => {
      expect(decide({ starts }, { cooldown, budget: { perMonth: 30, perTraining: 10 } }).decision).toBe(
        'start',
      );
      expect(
        checkOf('budget', { starts }, { cooldown, budget: { perMonth: 29, perTraining: 10 } }),
      ).toMatchObject({
        holds: false,
        reason: '20 of 29 spent in the month of 2011-05-01T00:00:00Z, the next training costs about 10',
        remedy: 'wait until 2011-06-01T00:00:00Z, or raise budget.perMonth',
      });
    });

    it('by what the last reported one cost, also where it was long ago', () => {
      const reported = [...starts, startedAt('2011-03-02T03:40:00Z', 4)];
      const budget = { perMonth: 12, perTraining: 10 };
      expect(checkOf('budget', { starts: reported }, { cooldown, budget })).toMatchObject({
        holds: true,
        reason: '8 of 12 spent in the month of 2011-05-01T00:00:00Z, the next training costs about 4',
      });
    });
  });

  it('waits in a freeze period, whose end is not part of it', () => {
    const freezePeriods = [{ from: '2011-05-20', to: '2011-05-23T06:00:00Z', reason: 'elections' }];
    expect(checkOf('freeze', {}, { freezePeriods })).toEqual({
      name: 'freeze',
      holds: false,
      reason: 'frozen until 2011-05-23T06:00:00Z: elections',
      remedy: 'wait until 2011-05-23T06:00:00Z, or end the freeze period',
    });
    const at = (text: string) => decide({ asOf: parseInstant(text) }, { freezePeriods }).decision;
    expect([at('2011-05-19T23:59:59Z'), at('2011-05-20T00:00:00Z')]).toEqual(['start', 'wait']);
    expect([at('2011-05-23T05:59:59Z'), at('2011-05-23T06:00:00Z')]).toEqual(['wait', 'start']);
  });

  it('is quiet while the data quality is critical, unless the policy ignores that', () => {
    const quality = { level: 'critical', reason: 'hum: 90% missing' } as const;
    expect(decide({ quality })).toMatchObject({
      decision: 'wait',
      reason: 'the data quality is critical (hum: 90% missing); nothing is trained on broken data',
    });
    expect(decide({ quality }, { quality: 'ignore' }).decision).toBe('start');
    expect(decide({ quality: { level: 'warning', reason: 'some' } }).decision).toBe('start');
    expect(decide({ quality: null }).decision).toBe('start');
  });

  it('waits until there is enough to train on', () => {
    expect(decide({ outcomesInTrainingWindow: 199 })).toMatchObject({
      decision: 'wait',
      reason: '199 outcomes in the training window, at least 200 are needed',
    });
    expect(decide({ outcomesInTrainingWindow: 200 }).decision).toBe('start');
  });

  it('waits until there is enough that is new', () => {
    expect(checkOf('new-outcomes', { newOutcomes: 99 }, { minimumNewOutcomes: 100 })).toMatchObject({
      holds: false,
      reason: '99 outcomes since the last training, at least 100 are needed',
      remedy: 'wait for 1 more outcome',
    });
    expect(decide({ newOutcomes: 100 }, { minimumNewOutcomes: 100 }).decision).toBe('start');
  });
});

describe('a policy', () => {
  const count = fc.nat(500);
  const level = fc.constantFrom('ok', 'warning', 'critical', 'insufficient-data' as const);
  const anyFacts: fc.Arbitrary<RetrainingFacts> = fc.record({
    asOf: fc.integer({ min: 0, max: 100 }).map((days) => degraded.asOf + days * dayMs),
    checks: fc.array(fc.record({ level, ofPerformance: level }), { maxLength: 5 }),
    drift: fc.option(fc.record({ level, reason: fc.constant('said so') })),
    quality: fc.option(fc.record({ level, reason: fc.constant('said so') })),
    running: fc.constant(null),
    starts: fc
      .array(fc.record({ asOf: fc.integer({ min: -60, max: 90 }), cost: fc.option(fc.nat(20)) }), {
        maxLength: 5,
      })
      .map((starts) =>
        starts
          .map(({ asOf, cost }) => ({ asOf: degraded.asOf + asOf * dayMs, cost }))
          .sort((a, b) => b.asOf - a.asOf),
      ),
    calendarSince: fc.constant(degraded.calendarSince),
    newOutcomes: count,
    outcomesInTrainingWindow: count,
  });
  const anyPolicy: fc.Arbitrary<StartPolicy> = fc.record({
    enabled: fc.boolean(),
    triggers: fc.record({
      verdicts: fc.subarray(['warning', 'critical'] as const, { minLength: 1 }),
      of: fc.constantFrom('1 of 1', '2 of 3', '3 of 3'),
      drift: fc.constantFrom('with-degradation', 'alone', 'ignore' as const),
    }),
    cooldown: fc.integer({ min: 0, max: 60 }).map((days) => `${days}d`),
    maxPerMonth: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    budget: fc.option(fc.record({ perMonth: fc.nat(50), perTraining: fc.nat(20) }), { nil: undefined }),
    freezePeriods: fc.constant([]),
    quality: fc.constantFrom('quiet', 'ignore' as const),
    minimumOutcomes: fc.integer({ min: 1, max: 400 }),
    minimumNewOutcomes: fc.nat(400),
  });
  const starts = (of: StartPolicy, facts: RetrainingFacts): boolean =>
    decideRetraining(of, facts).decision === 'start';

  /** Whoever asks for more never starts where the one who asks for less waits. */
  const isStricter = (stricter: (of: StartPolicy, more: number) => StartPolicy): void => {
    fc.assert(
      fc.property(anyPolicy, anyFacts, fc.integer({ min: 1, max: 30 }), (of, facts, more) => {
        expect(starts(stricter(of, more), facts) && !starts(of, facts)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  };

  it.each<[string, (of: StartPolicy, more: number) => StartPolicy]>([
    ['a longer cooldown', (of, more) => ({ ...of, cooldown: `${Number.parseInt(of.cooldown, 10) + more}d` })],
    ['fewer a month', (of) => ({ ...of, maxPerMonth: Math.max(1, (of.maxPerMonth ?? 5) - 1) })],
    [
      'a smaller budget',
      (of, more) => ({
        ...of,
        budget: { perTraining: 10, ...of.budget, perMonth: Math.max(0, (of.budget?.perMonth ?? 50) - more) },
      }),
    ],
    ['more outcomes', (of, more) => ({ ...of, minimumOutcomes: of.minimumOutcomes + more })],
    ['more new outcomes', (of, more) => ({ ...of, minimumNewOutcomes: of.minimumNewOutcomes + more })],
    ['quiet', (of) => ({ ...of, quality: 'quiet' })],
    [
      'a freeze',
      (of) => ({ ...of, freezePeriods: [{ from: '2011-06-01', to: '2011-07-01', reason: 'summer' }] }),
    ],
    ['not counting drift', (of) => ({ ...of, triggers: { ...of.triggers, drift: 'with-degradation' } })],
    [
      'only critical verdicts',
      (of) => ({ ...of, triggers: { ...of.triggers, verdicts: ['critical'], drift: of.triggers.drift } }),
    ],
  ])('with %s never starts earlier', (_, stricter) => {
    // Without verdicts of warning to begin with, "only critical" is another wish, not a stricter one.
    isStricter((of, more) =>
      of.triggers.drift === 'ignore' || !of.triggers.verdicts.includes('critical') ? of : stricter(of, more),
    );
  });

  it('starts exactly when all its checks hold, and otherwise gives the reason of the first that does not', () => {
    fc.assert(
      fc.property(anyPolicy, anyFacts, (of, facts) => {
        const { decision, reason, checks = [] } = decideRetraining(of, facts);
        const obstacle = checks.find(({ holds }) => !holds);
        expect(decision).toBe(obstacle === undefined ? 'start' : 'wait');
        if (obstacle !== undefined) expect(reason).toBe(obstacle.reason);
        for (const { holds, remedy } of checks) expect(remedy === undefined).toBe(holds);
      }),
    );
  });

  it('never has two starts within its cooldown, however bad every day is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 24 }), (days, stepHours) => {
        const made: { asOf: number; cost: null }[] = [];
        for (let hour = 0; hour < 100 * 24; hour += stepHours) {
          const asOf = degraded.asOf + hour * hourMs;
          const { decision } = decide({ asOf, starts: made }, { cooldown: `${days}d` });
          if (decision === 'start') made.unshift({ asOf, cost: null });
        }
        for (const [index, { asOf }] of made.slice(1).entries()) {
          expect(made[index]!.asOf - asOf).toBeGreaterThanOrEqual(days * dayMs);
          expect(made[index]!.asOf - asOf).toBeLessThan(days * dayMs + stepHours * hourMs);
        }
      }),
      { numRuns: 50 },
    );
  });
});
