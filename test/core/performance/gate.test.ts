import { describe, expect, it } from 'vitest';

import type { GateFacts } from '../../../core/performance/gate.ts';
import { judgeGate } from '../../../core/performance/gate.ts';
import { hourMs } from '../../../core/window.ts';

const settings = { minimumOutcomes: 10, coverage: 0.8, age: '24h' };
const gateOf = (facts: Partial<GateFacts>) =>
  judgeGate({ outcomes: 100, predictions: 100, ageMs: 3 * hourMs, ...facts }, settings);

describe('the gate', () => {
  it.each([
    ['just at the coverage', { outcomes: 80 }, 'passed'],
    ['just below it', { outcomes: 79 }, 'awaiting-actuals'],
    [
      'below it, a moment before it is old enough',
      { outcomes: 79, ageMs: 24 * hourMs - 1 },
      'awaiting-actuals',
    ],
    ['below it, old enough', { outcomes: 79, ageMs: 24 * hourMs }, 'passed'],
    ['young, with too few and more to come', { outcomes: 5 }, 'awaiting-actuals'],
    ['old, with too few', { outcomes: 9, ageMs: 24 * hourMs }, 'too-few-outcomes'],
    ['complete, with too few', { outcomes: 9, predictions: 9 }, 'too-few-outcomes'],
    ['with enough and just as many', { outcomes: 10, predictions: 10 }, 'passed'],
    ['selective', { outcomes: 90, selective: 'they differ' }, 'selective-actuals'],
    ['selective, and more to come', { outcomes: 50, selective: 'they differ' }, 'awaiting-actuals'],
    [
      'selective, with too few',
      { outcomes: 5, predictions: 6, selective: 'they differ' },
      'too-few-outcomes',
    ],
    ['without predictions', { outcomes: 0, predictions: 0 }, 'too-few-outcomes'],
    ['without outcomes', { outcomes: 0 }, 'awaiting-actuals'],
    ['without outcomes, old', { outcomes: 0, ageMs: 48 * hourMs }, 'too-few-outcomes'],
  ] as const)('%s', (_, facts, gate) => {
    const judged = gateOf(facts);
    expect(judged.gate).toBe(gate);
    expect(judged.verdict.level).toBe(gate === 'passed' ? 'ok' : 'insufficient-data');
  });

  it('says how many actuals are there, and until when it waits', () => {
    expect(gateOf({ outcomes: 61 }).verdict.reason).toBe(
      '61% of 100 predictions have an actual; judged from 80% on, or 24 hours after the end of the window',
    );
    expect(gateOf({ outcomes: 9, predictions: 9 }).verdict.reason).toBe('9 outcomes, at least 10 are needed');
    expect(gateOf({ selective: 'they differ' }).verdict.reason).toBe('they differ');
    expect(gateOf({}).verdict.reason).toBe('100 outcomes');
  });
});
