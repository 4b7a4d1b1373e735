import { describe, expect, it } from 'vitest';

import type { RetrainingState } from '../../../core/retraining/policy.ts';
import { decideRetraining } from '../../../core/retraining/policy.ts';
import { parseInstant } from '../../../core/window.ts';

const policy: Parameters<typeof decideRetraining>[0] = {
  enabled: true,
  cooldown: '14d',
  minimumOutcomes: 200,
  triggers: { verdicts: ['critical'] },
};

const degraded: RetrainingState = {
  asOf: parseInstant('2011-05-20T03:40:00Z'),
  level: 'critical',
  running: false,
  lastStartedAsOf: null,
  outcomesInTrainingWindow: 1080,
};

const decide = (change: Partial<RetrainingState>, policyChange: Partial<typeof policy> = {}) =>
  decideRetraining({ ...policy, ...policyChange }, { ...degraded, ...change });

describe('decideRetraining', () => {
  it('starts for a verdict that is a trigger', () => {
    expect(decide({})).toEqual({
      decision: 'start',
      reason: 'the verdict is critical; 1080 outcomes in the training window',
    });
  });

  it.each(['ok', 'warning', 'insufficient-data'] as const)('waits when the verdict is %s', (level) => {
    expect(decide({ level })).toEqual({
      decision: 'wait',
      reason: `the verdict is ${level}; retraining starts at critical`,
    });
  });

  it('waits when it is disabled', () => {
    expect(decide({}, { enabled: false })).toEqual({ decision: 'wait', reason: 'retraining is disabled' });
  });

  it('runs one at a time, however long ago that one started', () => {
    expect(decide({ running: true, lastStartedAsOf: parseInstant('2011-04-01T03:40:00Z') })).toEqual({
      decision: 'wait',
      reason: 'a retraining, started as of 2011-04-01T03:40:00Z, is still running; one at a time',
    });
    expect(decide({ running: true }).decision).toBe('wait');
  });

  it('waits until the cooldown since the last start is over', () => {
    const lastStartedAsOf = parseInstant('2011-05-06T03:40:00.001Z');
    expect(decide({ lastStartedAsOf })).toMatchObject({ decision: 'wait' });
    expect(decide({ lastStartedAsOf: parseInstant('2011-05-13T03:40:00Z') })).toEqual({
      decision: 'wait',
      reason:
        'the last retraining was started as of 2011-05-13T03:40:00Z; the cooldown of 14 days ends at 2011-05-27T03:40:00Z',
    });
  });

  it('starts at the very end of the cooldown', () => {
    expect(decide({ lastStartedAsOf: parseInstant('2011-05-06T03:40:00Z') }).decision).toBe('start');
  });

  it('waits when it speaks for a time before the last start', () => {
    expect(decide({ lastStartedAsOf: parseInstant('2011-08-01T03:40:00Z') })).toEqual({
      decision: 'wait',
      reason:
        "a retraining was started as of 2011-08-01T03:40:00Z, later than this run's 2011-05-20T03:40:00Z",
    });
  });

  it('waits until there is enough to train on', () => {
    expect(decide({ outcomesInTrainingWindow: 199 })).toEqual({
      decision: 'wait',
      reason: '199 outcomes in the training window, at least 200 are needed',
    });
    expect(decide({ outcomesInTrainingWindow: 200 }).decision).toBe('start');
  });
});
