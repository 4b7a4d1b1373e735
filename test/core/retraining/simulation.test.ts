import { describe, expect, it } from 'vitest';

import { rulesOf } from '../../../core/degradation/rules.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import { summarizeRegression } from '../../../core/performance/regression-summary.ts';
import type { SimulatedVersion } from '../../../core/retraining/served-history.ts';
import {
  createEvaluator,
  hoursIn,
  pairedBlocks,
  servedHours,
} from '../../../core/retraining/served-history.ts';
import type { SimulatedPolicy } from '../../../core/retraining/simulated-policies.ts';
import { simulatedPolicies } from '../../../core/retraining/simulated-policies.ts';
import type {
  RetrainingHistory,
  SimulatedRun,
  SimulatedTraining,
} from '../../../core/retraining/simulation.ts';
import { simulatePolicy } from '../../../core/retraining/simulation.ts';
import { dayMs, formatDay, hourMs, parseInstant, type Window } from '../../../core/window.ts';

const start = parseInstant('2011-03-01T00:00:00Z');
const day = (n: number): number => start + n * dayMs;
const span: Window = { start, end: day(120) };

const monitor = monitorSchema.parse({
  model: 'aging',
  task: 'regression',
  features: { x: { kind: 'continuous' } },
  reference: { kind: 'fixed', start: '2011-03-01', end: '2011-03-15' },
  degradation: { rules: [{ metric: 'rmse', worseThan: { baseline: 'validation', by: '20%' } }] },
  retraining: { trainer: { url: 'http://127.0.0.1:1' }, trainingWindow: '30d', cooldown: '14d' },
});

/** Its error in an hour is that of the day, a little more or less from hour to hour. */
function versionOf(version: string, errorOf: (day: number) => number): SimulatedVersion {
  return {
    version,
    outcomesIn: ({ start: from, end }) => {
      const hours = [];
      for (let hour = from; hour < Math.min(end, span.end); hour += hourMs) {
        const error = errorOf(Math.floor((hour - start) / dayMs)) * (1 + ((hour / hourMs) % 5) / 20);
        const predictions = Float64Array.of(error, -error);
        hours.push({
          start: hour,
          summary: summarizeRegression({ predictions, actuals: new Float64Array(2) }),
        });
      }
      return hours;
    },
  };
}

/** A model errs by 10, and by 5% more with every day since it was trained. */
const agingSince = (trained: number) => (n: number) => 10 * (1 + 0.05 * Math.max(0, n - trained));
const first = versionOf('first', agingSince(0));
const history: RetrainingHistory = {
  monitor,
  policy: monitor.retraining!,
  rules: rulesOf(monitor),
  span,
  first,
  countOutcomes: ({ start: from, end }) => (2 * (end - from)) / hourMs,
  driftOf: () => undefined,
};
const policyOf = (name: string): SimulatedPolicy =>
  simulatedPolicies(history.policy).find((policy) => policy.name === name)!;

function replay(
  policy: SimulatedPolicy,
  of: RetrainingHistory = history,
  train = ({ holdout }: SimulatedTraining): SimulatedVersion =>
    versionOf(formatDay(holdout.end), agingSince(Math.round((holdout.start - start) / dayMs))),
): { readonly run: SimulatedRun; readonly asked: readonly SimulatedTraining[] } {
  const asked: SimulatedTraining[] = [];
  const simulation = simulatePolicy(policy, of);
  let step = simulation.next();
  while (!step.done) {
    asked.push(step.value);
    step = simulation.next(train(step.value));
  }
  return { run: step.value, asked };
}

const valueOf = ({ value }: SimulatedRun): number => ('value' in value ? value.value : Number.NaN);

describe('simulatePolicy', () => {
  it('never retrains by the first policy, and gives the error of the first model', () => {
    const { run, asked } = replay(policyOf('never'));
    expect(asked).toEqual([]);
    expect(run).toMatchObject({ metric: 'rmse', starts: [] });
    expect(valueOf(run)).toBeGreaterThan(40);
  });

  it('retrains every week, or every four', () => {
    expect(replay(policyOf('weekly')).asked).toHaveLength(17);
    expect(replay(policyOf('four-weekly')).asked.map(({ asOf }) => formatDay(asOf))).toEqual([
      '2011-03-29',
      '2011-04-26',
      '2011-05-24',
      '2011-06-21',
    ]);
  });

  it('asks for the training windows of the policy', () => {
    const [training] = replay(policyOf('four-weekly')).asked;
    expect([training!.training, training!.holdout]).toEqual([
      { start: day(28 - 7 - 30), end: day(28 - 7) },
      { start: day(28 - 7), end: day(28) },
    ]);
  });

  it('is better the younger the model that serves, and says by how much each promotion was', () => {
    const weekly = replay(policyOf('weekly')).run;
    const fourWeekly = replay(policyOf('four-weekly')).run;
    expect(valueOf(weekly)).toBeLessThan(valueOf(fourWeekly));
    expect(valueOf(fourWeekly)).toBeLessThan(valueOf(replay(policyOf('never')).run));
    for (const { end, gain } of fourWeekly.starts) {
      expect(end).toBe('promoted');
      expect(gain).toMatchObject({ interval: { low: expect.any(Number) } });
      expect((gain as { value: number }).value).toBeGreaterThan(0.2);
    }
  });

  it('retrains by the policy when what serves is worse than when it was promoted, and not within the cooldown', () => {
    const { run, asked } = replay(policyOf('ours'));
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.length).toBeLessThan(9);
    for (const [i, { asOf }] of asked.entries())
      if (i > 0) expect(asOf - asked[i - 1]!.asOf).toBeGreaterThanOrEqual(14 * dayMs);
    expect(valueOf(run)).toBeLessThan(valueOf(replay(policyOf('never')).run) / 2);
  });

  it('holds nothing against a reference that is not over yet, although its rows are there', () => {
    const suddenly = versionOf('first', (n) => (n < 10 ? 30 : 10));
    const { asked } = replay(policyOf('ours'), { ...history, first: suddenly });
    expect(asked).toEqual([]);
  });

  it('comes to the same with evaluations that are shared by several policies', () => {
    const shared = { ...history, evaluate: createEvaluator(monitor) };
    for (const name of ['on-degradation', 'ours'])
      expect(replay(policyOf(name), shared).run).toEqual(replay(policyOf(name)).run);
  });

  it('lets a rejected challenger serve nothing', () => {
    const worse = ({ holdout }: SimulatedTraining) => versionOf(formatDay(holdout.end), () => 500);
    const { run } = replay(policyOf('ours'), history, worse);
    expect(run.starts.length).toBeGreaterThan(1);
    expect(new Set(run.starts.map(({ end }) => end))).toEqual(new Set(['rejected']));
    expect(run.starts[0]).not.toHaveProperty('gain');
    expect(valueOf(run)).toBe(valueOf(replay(policyOf('never')).run));
  });

  it('promotes what comes where the policy does not validate, however bad', () => {
    const worse = ({ holdout }: SimulatedTraining) => versionOf(formatDay(holdout.end), () => 500);
    const { run } = replay(policyOf('four-weekly'), history, worse);
    expect(run.starts.map(({ end }) => end)).toEqual(['promoted', 'promoted', 'promoted', 'promoted']);
    expect(valueOf(run)).toBeGreaterThan(400);
  });

  it('retrains at drift alone only where the dataset has drifted', () => {
    expect(replay(policyOf('on-drift-only')).asked).toEqual([]);
    const drifted: RetrainingHistory = {
      ...history,
      driftOf: (asOf) => ({
        window: { start: asOf - 7 * dayMs, end: asOf },
        share: { value: 0.8 },
        verdict: { level: asOf >= day(60) ? 'critical' : 'ok', reason: '4 of 5 features' },
        sampleSize: 168,
        columns: {},
      }),
    };
    const { asked } = replay(policyOf('on-drift-only'), drifted);
    expect(asked[0]!.asOf).toBeGreaterThanOrEqual(day(60));
    expect(asked).toHaveLength(9);
  });

  it('trains on nothing that has fewer outcomes than the policy wants', () => {
    const young = { ...history, countOutcomes: ({ end }: Window) => (end >= day(60) ? 200 : 199) };
    const { asked } = replay(policyOf('weekly'), young);
    expect(formatDay(asked[0]!.training.end)).toBe(formatDay(day(60)));
  });

  it('has no number where there are no outcomes', () => {
    const empty: SimulatedVersion = { version: 'empty', outcomesIn: () => [] };
    expect(replay(policyOf('never'), { ...history, first: empty }).run.value).toEqual({
      notComputable: 'there are no outcomes',
    });
  });
});

describe('hoursIn', () => {
  const hours = first.outcomesIn({ start, end: day(3) }).filter((_, i) => i % 5 !== 0);

  it.each([
    ['all', { start: day(-9), end: day(9) }],
    ['some', { start: day(1), end: day(2) }],
    ['those between hours', { start: day(1) + 5 * hourMs, end: day(1) + 6 * hourMs }],
    ['none before', { start: day(-2), end: start }],
    ['none after', { start: day(3), end: day(4) }],
  ])('gives %s', (_, window) => {
    expect(hoursIn(hours)(window)).toEqual(
      hours.filter((hour) => hour.start >= window.start && hour.start < window.end),
    );
  });
});

describe('servedHours', () => {
  const served = [
    { from: -Infinity, version: first },
    { from: day(3), version: versionOf('second', () => 1) },
  ];

  it('gives each version the hours in which it served', () => {
    const hours = servedHours(served, { start: day(2), end: day(5) });
    expect(hours.map(({ version, hours }) => [version, hours.length])).toEqual([
      ['first', 24],
      ['second', 48],
    ]);
  });

  it('leaves out who did not serve in the window', () => {
    expect(servedHours(served, { start: day(4), end: day(5) }).map(({ version }) => version)).toEqual([
      'second',
    ]);
  });
});

describe('pairedBlocks', () => {
  it('pairs the hours that both have, a block a day', () => {
    const young: SimulatedVersion = {
      version: 'young',
      outcomesIn: ({ start: from, end }) =>
        versionOf('young', () => 1).outcomesIn({ start: Math.max(from, day(1)), end }),
    };
    const blocks = pairedBlocks(young, first, { start: day(0), end: day(3) }, dayMs);
    expect(blocks.map(({ challenger, champion }) => [challenger.rows, champion.rows])).toEqual([
      [48, 48],
      [48, 48],
    ]);
  });
});
