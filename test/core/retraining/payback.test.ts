import { describe, expect, it } from 'vitest';

import { paybackOf } from '../../../core/retraining/payback.ts';

const facts = { cost: 120, gain: { value: 4, low: 2, high: 6 }, outcomesPerDay: 24, perUnitOfError: 0.25 };

describe('a retraining', () => {
  it('has paid once its lower error was worth its cost', () => {
    expect(paybackOf(facts)).toEqual({ worthPerDay: { value: 24 }, days: { value: 5 } });
  });

  it('that cost nothing has paid at once', () => {
    expect(paybackOf({ ...facts, cost: 0 }).days).toEqual({ value: 0 });
  });

  it('that has not lowered the error never pays', () => {
    expect(paybackOf({ ...facts, gain: { value: -1, low: -2, high: 0 } })).toEqual({
      worthPerDay: { value: -6 },
      days: { notComputable: 'it has not lowered the error' },
    });
  });

  it.each([
    [{ gain: { notComputable: 'no rows' } }, 'what it has gained is not known'],
    [
      { perUnitOfError: undefined },
      'the monitor does not say what an error costs (retraining.value.perUnitOfError)',
    ],
    [{ outcomesPerDay: 0 }, 'there are no outcomes'],
  ])('of which something is not known, %j, says what', (unknown, reason) => {
    expect(paybackOf({ ...facts, ...unknown })).toEqual({
      worthPerDay: { notComputable: reason },
      days: { notComputable: reason },
    });
  });

  it('of unknown cost is worth something each day all the same', () => {
    expect(paybackOf({ ...facts, cost: null })).toEqual({
      worthPerDay: { value: 24 },
      days: { notComputable: 'nobody has said what it cost' },
    });
  });
});
