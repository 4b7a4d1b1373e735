import { describe, expect, it } from 'vitest';

import { answerChange, changeable, overText, retrainingChanges } from '../../../core/retraining/change.ts';
import type { ChangeableRetraining } from '../../../core/retraining/change.ts';
import { endStates, runningStates } from '../../../core/retraining/states.ts';

const approved: ChangeableRetraining['decided'] = { decision: 'approved', by: 'anna' };

describe('what people ask of a retraining', () => {
  it('is done where it has a meaning', () => {
    const done = runningStates.flatMap((state) =>
      retrainingChanges
        .filter((change) => answerChange({ state }, change) === 'done')
        .map((change) => `${state}: ${change}`),
    );
    expect(done).toEqual([
      'training: cancel',
      'validating: cancel',
      'awaiting-approval: approve',
      'awaiting-approval: reject',
      'awaiting-approval: cancel',
      'awaiting-approval: extend',
      'shadow: reject',
      'shadow: cancel',
      'shadow: extend',
      'canary: reject',
      'canary: cancel',
      'canary: extend',
      'promoting: cancel',
      'verifying: cancel',
      'verifying: extend',
    ]);
  });

  it('is refused once it is over, whatever it is', () => {
    for (const state of endStates) {
      for (const change of retrainingChanges) {
        expect(answerChange({ state }, change)).toEqual({ refused: `it is over: ${state}` });
      }
    }
  });

  it('that is over was decided by somebody, who is named', () => {
    expect(answerChange({ state: 'rolled-back', decided: approved }, 'cancel')).toEqual({
      refused: 'it is over: rolled-back; anna has approved it',
    });
    const rejected = { decision: 'rejected' } as const;
    expect(overText(changeable({ state: 'rejected', approval: rejected }))).toBe(
      'it is over: rejected; somebody has rejected it',
    );
    expect(overText(changeable({ state: 'failed', approval: null }))).toBe('it is over: failed');
  });

  it('is decided by the first of two people', () => {
    const run = { state: 'awaiting-approval', decided: approved } as const;
    expect(answerChange(run, 'approve')).toBe('agreed');
    expect(answerChange(run, 'reject')).toEqual({ refused: 'anna has approved it already' });
  });

  it('may be cancelled or stopped in its canary after it was approved', () => {
    expect(answerChange({ state: 'verifying', decided: approved }, 'cancel')).toBe('done');
    expect(answerChange({ state: 'canary', decided: approved }, 'reject')).toBe('done');
  });

  it('cannot be approved after it was cancelled', () => {
    const cancelled = { state: 'awaiting-approval', decided: { decision: 'cancelled', by: 'bob' } } as const;
    expect(answerChange(cancelled, 'approve')).toEqual({ refused: 'bob has cancelled it already' });
    expect(answerChange(cancelled, 'cancel')).toBe('agreed');
  });
});
