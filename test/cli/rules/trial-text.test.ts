import { expect, it } from 'vitest';

import { paper } from '../../../cli/paint.ts';
import { trialText } from '../../../cli/rules/trial-text.ts';
import type { Trial } from '../../../cli/rules/try-rules.ts';
import type { Replay } from '../../../core/degradation/replay.ts';
import { dayMs } from '../../../core/window.ts';

const day = (n: number): number => Date.parse('2011-05-01T00:00:00Z') + (n - 1) * dayMs;
/** Fires on every other of 20 days. */
const replay: Replay = {
  days: Array.from({ length: 20 }, (_, i) => ({
    day: day(i + 1),
    level: i % 2 ? 'ok' : 'warning',
    reason: '',
  })),
  rules: [
    {
      rule: { metric: 'rmse', over: '7d', aggregate: 'pooled', limit: 75, level: 'warning', name: 'a name' },
      fired: Array.from({ length: 10 }, (_, i) => day(2 * i + 1)),
      fine: 10,
      unjudgeable: 0,
    },
  ],
  episodes: [],
};
const trial: Trial = {
  model: 'bike',
  span: { start: day(1), end: day(21) },
  known: 'now',
  computed: 1,
  applied: replay,
};
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

it('lists the first days on which a rule fired, and counts the others', () => {
  const text = trialText(trial, paper);
  expect(text).toContain('bike: the checks of 20 days, 2011-05-01 to 2011-05-20, as known now');
  expect(text).toContain('1 window that no run has evaluated, computed for this');
  expect(text).toContain('2011-05-01; 2011-05-03; 2011-05-05; 2011-05-07; 2011-05-09; 2011-05-11; 4 more');
});

it('breaks lines where the screen is too narrow', () => {
  expect(widest(trialText(trial, paper))).toBeGreaterThan(120);
  const text = trialText(trial, { ...paper, columns: 100 });
  expect(widest(text)).toBeLessThanOrEqual(100);
  for (const word of ['a name:', 'RMSE', 'above 75', '2011-05-11']) expect(text).toContain(word);
});
