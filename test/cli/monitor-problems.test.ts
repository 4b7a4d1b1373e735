import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { checkMonitor } from '../../cli/monitor-problems.ts';

const whole = {
  model: 'bike',
  task: 'classification',
  classes: ['no', 'yes'],
  positiveClass: 'yes',
  features: { hum: { kind: 'continuous' }, weather: { kind: 'categorical', method: 'chi-squared' } },
  reference: { kind: 'rolling', length: '14d' },
  performance: { windows: ['1d'], limits: { accuracy: 0.9, f1: { warning: 0.8, critical: 0.7 } } },
  degradation: {
    rules: [
      { metric: 'f1', limit: 0.7 },
      { drift: 'dataset' },
      { metric: 'f1', worseThan: { baseline: 'reference', by: '20%' }, certainty: 'point', name: 'worse' },
      { trend: 'f1', perDay: 0.01 },
      { all: [{ drift: 'prediction' }, { not: { any: [{ quality: 'any' }] } }] },
    ],
  },
  retraining: {
    trainer: { url: 'http://127.0.0.1:8080', headers: { authorization: { env: 'TRAINER_TOKEN' } } },
    triggers: { verdicts: ['critical'], of: '2 of 3', calendar: '0 3 1 * *' },
    freezePeriods: [{ from: '2011-12-20', to: '2012-01-02', reason: 'holidays' }],
    budget: { perMonth: 100, perTraining: 10 },
    trainingWindow: { kind: 'since-change', atLeast: '7d', atMost: '90d' },
    gates: [
      { metric: 'f1', better: '2%' },
      { metric: 'f1', worse: 0.05, certainty: 'interval' },
      { latency: 'p95', worse: '0%' },
    ],
    approval: { kind: 'manual-above-risk', risk: { rowsBelow: 100 } },
    rollout: { kind: 'canary', for: '2d', share: 0.2 },
    promotion: { hook: { command: ['./promote.sh'] } },
    registry: { mlflow: { url: 'http://127.0.0.1:5000', registeredModel: 'bike' } },
  },
  alerts: { routes: [{ email: ['someone@example.org'], slack: true }] },
  schedules: { driftDetection: { cron: '0 4 * * *' } },
};

/** Every path of a value, its inner ones included. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [path, ...inner.flatMap(([key, part]) => pathsOf(part, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((part, index) => (String(index) === key ? replaced(part, rest, by) : part));
  const record = value as Record<string, unknown>;
  return { ...record, [key]: replaced(record[key], rest, by) };
}

describe('checkMonitor', () => {
  it('finds nothing wrong with a whole monitor', () => {
    expect(checkMonitor(whole)).toMatchObject({ monitor: { model: 'bike' }, problems: [] });
  });

  it('gives a monitor or a problem in words, whatever stands wherever', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...pathsOf(whole)), fc.jsonValue()), {
          minLength: 1,
          maxLength: 3,
        }),
        (edits) => {
          let data: unknown = whole;
          for (const [path, by] of edits) {
            // An earlier edit may have taken the place away.
            const exists = pathsOf(data).some((other) => other.join('/') === path.join('/'));
            if (exists) data = replaced(data, path, by);
          }
          const { monitor, problems } = checkMonitor(data);
          expect(monitor !== undefined || problems.length > 0).toBe(true);
          for (const { message } of problems) {
            expect(message).not.toMatch(/^Invalid|undefined|\[object|NaN|write ,/);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('looks for the problem of one wrong value nowhere else', () => {
    const wrong = pathsOf(whole).filter((path) => path.length > 0);
    const elsewhere = wrong.filter((path) => {
      const { problems } = checkMonitor(replaced(whole, path, { unheard: 'of' }));
      // A mapping is welcome in place of a mapping; what it then lacks and has too much is said key by key.
      const there = problems.filter((problem) =>
        `${problem.path.join('/')}/`.startsWith(`${path.join('/')}/`),
      );
      return problems.length === 0 || there.length < problems.length;
    });
    expect(elsewhere).toEqual([]);
  });
});
