import { describe, expect, it } from 'vitest';

import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import { simulatedPolicies } from '../../../core/retraining/simulated-policies.ts';
import { planSimulation, type KnownHistory } from '../../../core/retraining/simulation-plan.ts';
import { dayMs, parseInstant } from '../../../core/window.ts';

const start = parseInstant('2011-03-01T00:00:00Z');
const day = (n: number): number => start + n * dayMs;

/** 120 days with 24 outcomes each, and those before. */
function planOf(
  retraining: Partial<NonNullable<MonitorInput['retraining']>>,
  more: Partial<KnownHistory> = {},
) {
  const monitor = monitorSchema.parse({
    model: 'planned',
    task: 'regression',
    features: { x: { kind: 'continuous' } },
    reference: { kind: 'rolling' },
    retraining: { trainer: { url: 'http://127.0.0.1:1' }, ...retraining },
  });
  const policy = monitor.retraining!;
  const { policies, trainings } = planSimulation(simulatedPolicies(policy), {
    monitor,
    policy,
    rules: [],
    span: { start, end: day(120) },
    countOutcomes: ({ start: from, end }) => (24 * (end - from)) / dayMs,
    driftOf: () => undefined,
    ...more,
  });
  return { trainings, ...Object.fromEntries(policies.map(({ name, trainings }) => [name, trainings])) };
}

describe('planSimulation', () => {
  it('counts what a calendar asks for, and what the others could ask for at most', () => {
    expect(planOf({ cooldown: '21d' })).toEqual({
      never: 0,
      weekly: 17,
      'four-weekly': 4,
      'on-degradation': 17,
      'on-drift-only': 0,
      ours: 6,
      // Each fourth week is a week, too; nobody knows on which days the other 23 would be.
      trainings: 17 + 17 + 6,
    });
  });

  it.each([
    ['a cooldown', { cooldown: '40d' }, 3],
    ['a month', { cooldown: '1d', maxPerMonth: 1 }, 4],
    ['a budget', { cooldown: '1d', budget: { perMonth: 10, perTraining: 5 } }, 8],
    [
      'a freeze',
      { cooldown: '21d', freezePeriods: [{ from: '2011-03-01', to: '2011-06-01', reason: 'none' }] },
      2,
    ],
    ['being switched off', { enabled: false }, 0],
    ['warnings alone as triggers', { cooldown: '21d', triggers: { verdicts: ['warning'] } }, 6],
    ['no verdict as a trigger', { cooldown: '21d', triggers: { verdicts: [], calendar: '0 3 1 * *' } }, 4],
  ] as const)('heeds %s', (_, settings, ours) => {
    expect(planOf(settings as object)).toMatchObject({ ours });
  });

  it('knows on which days the dataset had drifted', () => {
    const driftOf: KnownHistory['driftOf'] = (asOf) => ({
      window: { start: asOf - 7 * dayMs, end: asOf },
      share: { value: 0.8 },
      verdict: { level: asOf >= day(100) ? 'critical' : 'ok', reason: '4 of 5 features' },
      sampleSize: 168,
      columns: {},
    });
    expect(planOf({}, { driftOf })).toMatchObject({ 'on-drift-only': 3 });
  });

  it('plans nothing before there is enough to train on', () => {
    const since = (first: number): Pick<KnownHistory, 'countOutcomes'> => ({
      countOutcomes: ({ start: from, end }) => (24 * Math.max(0, end - Math.max(from, first))) / dayMs,
    });
    // 200 outcomes are 9 days, and 7 are held out.
    expect(planOf({}, since(start))).toMatchObject({ weekly: 15, 'four-weekly': 4 });
    expect(planOf({}, since(day(110)))).toMatchObject({ weekly: 0, ours: 0, trainings: 0 });
  });

  it('asks for expanding windows from the first outcome on', () => {
    const settings = { trainingWindow: { kind: 'expanding' } } as const;
    const facts = { trainingFactsOf: () => ({ firstOutcome: day(-100), lastChange: null }) };
    expect(planOf(settings, facts)).toMatchObject({ weekly: 17 });
    // A day, where nobody knows of any.
    expect(planOf(settings)).toMatchObject({ weekly: 0 });
  });
});
