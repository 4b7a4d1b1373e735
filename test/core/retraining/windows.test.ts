import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { retrainingSchema } from '../../../core/retraining/settings.ts';
import type { TrainingFacts } from '../../../core/retraining/windows.ts';
import { trainingWindows } from '../../../core/retraining/windows.ts';
import { dayMs, formatWindow, overlaps, parseInstant } from '../../../core/window.ts';

const asOf = parseInstant('2011-05-20T03:40:00Z');

/** The windows of a policy as people write it. */
const windowsOf = (trainingWindow: unknown, facts?: TrainingFacts) => {
  const policy = retrainingSchema.parse({ trainer: { url: 'http://127.0.0.1:8080' }, trainingWindow });
  const { training, holdout, reason } = trainingWindows(asOf, policy, facts);
  return { training: formatWindow(training), holdout: formatWindow(holdout), reason };
};

const holdout = { start: '2011-05-13T00:00:00Z', end: '2011-05-20T00:00:00Z' };
const from = (start: string) => ({ start: `${start}T00:00:00Z`, end: holdout.start });

describe('trainingWindows', () => {
  it('holds out the last full UTC days and trains on the days just before', () => {
    const windows = { training: from('2011-03-29'), holdout, reason: 'the last 45 days' };
    expect(windowsOf('45d')).toEqual(windows);
    expect(windowsOf({ kind: 'trailing', length: '45d' })).toEqual(windows);
    expect(windowsOf(undefined)).toEqual(windows);
  });

  it('expands from the day of the first outcome, or from a day', () => {
    const facts = { firstOutcome: parseInstant('2011-01-03T05:00:00Z'), lastChange: null };
    expect(windowsOf({ kind: 'expanding' }, facts)).toEqual({
      training: from('2011-01-03'),
      holdout,
      reason: 'all outcomes there are',
    });
    expect(windowsOf({ kind: 'expanding', from: '2011-02-01' }, facts)).toEqual({
      training: from('2011-02-01'),
      holdout,
      reason: 'all since 2011-02-01',
    });
  });

  it('is never empty, also before there are outcomes and for a day to come', () => {
    const training = from('2011-05-12');
    expect(windowsOf({ kind: 'expanding' }).training).toEqual(training);
    expect(windowsOf({ kind: 'expanding', from: '2012-01-01' }).training).toEqual(training);
  });

  describe('since a change', () => {
    const settings = { kind: 'since-change', atLeast: '14d', atMost: '90d' };
    const changedAt = (text: string): TrainingFacts => ({
      firstOutcome: null,
      lastChange: { at: parseInstant(text), reason: 'RMSE moved' },
    });

    it('starts at the midnight after it', () => {
      const windows = { training: from('2011-04-03'), holdout, reason: 'since RMSE moved' };
      expect(windowsOf(settings, changedAt('2011-04-03T00:00:00Z'))).toEqual(windows);
      expect(windowsOf(settings, changedAt('2011-04-02T12:00:00Z'))).toEqual(windows);
    });

    it('is never shorter than atLeast nor longer than atMost', () => {
      expect(windowsOf(settings, changedAt('2011-05-10T00:00:00Z'))).toMatchObject({
        training: from('2011-04-29'),
        reason: 'RMSE moved; at least 14 days',
      });
      expect(windowsOf(settings, changedAt('2010-05-10T00:00:00Z'))).toMatchObject({
        training: from('2011-02-12'),
        reason: 'RMSE moved; the last 90 days since then',
      });
    });

    it('has all of atMost while no change is known', () => {
      expect(windowsOf(settings)).toMatchObject({
        training: from('2011-02-12'),
        reason: 'no change is known: the last 90 days',
      });
    });
  });

  it('has no instant in both windows, none after asOf, and no gap, whatever is known', () => {
    const instant = fc.integer({ min: 0, max: 2e12 });
    const days = fc.integer({ min: 1, max: 90 });
    const settings = fc.oneof(
      days.map((length) => ({ kind: 'trailing' as const, length: `${length}d` })),
      fc.constant({ kind: 'expanding' as const }),
      fc
        .tuple(days, days)
        .map(([a, b]) => ({ kind: 'since-change' as const, atLeast: `${a}d`, atMost: `${a + b}d` })),
    );
    const facts = fc.record({
      firstOutcome: fc.option(instant),
      lastChange: fc.option(fc.record({ at: instant, reason: fc.constant('moved') })),
    });
    fc.assert(
      fc.property(instant, settings, facts, (asOf, trainingWindow, known) => {
        const { training, holdout } = trainingWindows(asOf, { trainingWindow, holdout: '7d' }, known);
        expect(overlaps(training, holdout)).toBe(false);
        expect(training.end).toBe(holdout.start);
        expect(training.end - training.start).toBeGreaterThanOrEqual(dayMs);
        expect(Math.abs(training.start % dayMs)).toBe(0);
        expect(holdout.end).toBeLessThanOrEqual(asOf);
        expect(asOf - holdout.end).toBeLessThan(dayMs);
        if (trainingWindow.kind === 'trailing')
          expect(training.end - training.start).toBe(Number.parseInt(trainingWindow.length, 10) * dayMs);
      }),
    );
  });
});
