import { expect, it } from 'vitest';

import { columnCounts } from '../../../console/drift-report/column-counts.ts';
import type { ReportedColumn } from '../../../console/drift-report/drift-report.ts';
import type { Level } from '../../../core/verdict.ts';

const column = (level: Level, rest: Partial<ReportedColumn> = {}): ReportedColumn => ({
  name: 'hum',
  subject: 'feature',
  counted: true,
  verdict: { level, reason: '' },
  answers: [],
  statistics: [],
  ...rest,
});

it('counts columns where all are features that count', () => {
  expect(columnCounts([column('ok'), column('critical'), column('ok')])).toEqual(['1 critical, 2 OK']);
  expect(columnCounts([])).toEqual(['none']);
});

it('tells features from what is judged for itself and from what does not count', () => {
  expect(
    columnCounts([
      column('warning'),
      column('ok'),
      column('warning', { subject: 'prediction' }),
      column('ok', { subject: 'actual' }),
      column('critical', { counted: false }),
      column('ok', { subject: 'confidence', counted: false }),
    ]),
  ).toEqual([
    '2 features: 1 warning, 1 OK',
    'prediction: 1 warning',
    'actual: 1 OK',
    '2 not counted: 1 critical, 1 OK',
  ]);
});
