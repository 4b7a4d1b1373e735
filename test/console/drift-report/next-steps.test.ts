import { expect, it } from 'vitest';

import type { DriftReport, ReportedColumn } from '../../../console/drift-report/drift-report.ts';
import { nextSteps } from '../../../console/drift-report/next-steps.ts';
import { html, toMarkup } from '../../../console/html.ts';
import type { Level } from '../../../core/verdict.ts';

const side = { description: '', rows: 1 };
const verdictOf = (level: Level) => ({ level, reason: '' });

const column = (name: string, level: Level, rest: Partial<ReportedColumn> = {}): ReportedColumn => ({
  name,
  subject: 'feature',
  counted: true,
  verdict: verdictOf(level),
  answers: [
    {
      question: 'reference',
      level,
      statistic: { method: 'KS', statistic: 0.2, effect: 0.2, pValue: null },
      floor: 0.1,
    },
  ],
  statistics: [],
  ...rest,
});
const prediction = (level: Level) => column('prediction', level, { subject: 'prediction' });

/** The steps without their tags. */
function stepsOf(columns: readonly ReportedColumn[], rest: Partial<DriftReport> = {}): string[] {
  const report = { title: '', reference: side, current: side, verdict: verdictOf('ok'), columns, ...rest };
  const placed = columns.map((column, i) => ({ id: `c${i}`, column }));
  const markup = toMarkup(html`${nextSteps(report, placed)}`);
  return [...markup.matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([, step = '']) =>
    step.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' '),
  );
}

it('says nothing where nothing has drifted', () => {
  expect(stepsOf([column('temp', 'ok'), column('hum', 'insufficient-data'), prediction('ok')])).toEqual([]);
  expect(stepsOf([column('hr', 'critical', { counted: false })])).toEqual([]);
});

it('names the few features that drifted, or the first of many and why', () => {
  expect(stepsOf([column('temp', 'warning')])).toEqual(['The feature that drifted: temp.']);
  expect(stepsOf([column('temp', 'warning'), column('hum', 'warning')])).toEqual([
    'The features that drifted: temp and hum.',
  ]);
  const many = ['a', 'b', 'c', 'd'];
  expect(stepsOf(many.map((name) => column(name, 'critical')))).toEqual([
    'Begin with a, b and c: of the 4 columns that drifted, they are the worst and furthest beyond what matters.',
  ]);
  expect(stepsOf(many.map((name) => column(name, 'critical', { weight: 0.1 })))[0]).toMatch(
    /the worst and most important to the model\.$/,
  );
  expect(stepsOf(many.map((name) => column(name, 'warning', { answers: [] })))).toEqual([
    '4 columns have drifted, a, b and c among them.',
  ]);
});

it('suspects the data first where a drifted column failed a check', () => {
  const quality = {
    verdict: verdictOf('critical'),
    checks: [{ check: 'missing', column: 'hum', level: 'critical', reason: '' } as const],
  };
  expect(stepsOf([column('hum', 'warning')], { quality })[0]).toBe(
    'hum drifted and failed data-quality checks too: one fault in the data may explain both.',
  );
  expect(stepsOf([column('hum', 'ok')], { quality })).toEqual(['See what the data-quality checks found.']);
});

it('says how far the drift reaches', () => {
  const temp = column('temp', 'warning');
  expect(stepsOf([temp, prediction('warning')])[1]).toMatch(/^The predictions have moved with the features/);
  expect(stepsOf([temp, prediction('ok')])[1]).toMatch(/^The predictions have not moved/);
  expect(stepsOf([temp, prediction('insufficient-data')])).toHaveLength(1);
  expect(stepsOf([column('temp', 'ok'), prediction('critical')])[0]).toMatch(
    /^The predictions have moved, and no feature has/,
  );
  expect(stepsOf([column('actual', 'warning', { subject: 'actual' })])).toEqual([
    'The actuals have moved: what the model has learned may not hold any more.',
  ]);
});

it('sets segments apart', () => {
  const segment = (level: Level) => ({ name: '', rows: 1, verdict: verdictOf(level), drifted: [] });
  const segments = [segment('warning'), segment('ok'), segment('ok')];
  expect(stepsOf([], { segments })).toEqual(['1 of 3 segments has drifted, which the whole hides.']);
  expect(stepsOf([], { segments, verdict: verdictOf('warning') })).toEqual([
    '2 of 3 segments have not drifted: what sets them apart may be the cause.',
  ]);
  expect(stepsOf([], { segments: [segment('warning')], verdict: verdictOf('warning') })).toEqual([]);
});

it('points to what only all features together show', () => {
  const together = [{ method: 'correlation', verdict: verdictOf('warning') } as const];
  expect(stepsOf([column('temp', 'ok')], { together })).toEqual([
    'No feature has drifted for itself, but all of them together have.',
  ]);
  expect(stepsOf([column('temp', 'warning')], { together })).toHaveLength(1);
});
