import { expect, it } from 'vitest';

import type { JudgedAnswer } from '../../../core/drift/column-drift.ts';
import { driftReportOf } from '../../../console/drift-report/from-column-drift.ts';
import { humidity, judgeValues, ramp } from '../../core/drift/columns.ts';
import { bikeReport } from './bike-report.ts';

const side = { description: '', rows: 0 };
const rest = {
  title: 'bike-demand',
  reference: side,
  current: side,
  verdict: { level: 'ok', reason: '' },
  alpha: 0.05,
} as const;

it('calls methods by their labels and leaves out the name that stands above a reason', () => {
  const [hum] = bikeReport([{ source: 'hum', compared: 'drifted', settings: { weight: 0.2 } }]).columns;
  expect(hum).toMatchObject({
    name: 'hum',
    subject: 'feature',
    kind: 'continuous',
    counted: true,
    weight: 0.2,
  });
  expect(hum!.verdict.reason).toMatch(/^Wasserstein 0\.262 sd from the reference/);
  expect(hum!.answers).toMatchObject([
    {
      question: 'reference',
      level: 'warning',
      statistic: { method: 'Wasserstein', unit: ' sd' },
      floor: 0.1,
      alpha: 0.05,
    },
  ]);
  const others = hum!.statistics.map(({ method }) => method);
  expect(others).toContain('KS');
  expect(others).not.toContain('Wasserstein');
});

it('holds a frozen rule against its own threshold, and against no p-value where the effect decides', () => {
  const drift = judgeValues(humidity, ramp(200, 0.01), ramp(100, 0.02, 0.5));
  const [answer] = driftReportOf({ ...rest, columns: [{ drift }] }).columns[0]!.answers;
  expect(answer).toMatchObject({ floor: 0.2, level: 'warning' });
  expect(answer).not.toHaveProperty('alpha');
});

it('gives the answer that speaks first, and the history to it', () => {
  const drift = judgeValues(humidity, ramp(200, 0.01), ramp(100, 0.02, 0.5));
  const answerTo = (question: 'reference' | 'recent', level: JudgedAnswer['level']): JudgedAnswer => ({
    question,
    level,
    effect: 0.5,
    pValue: 0.001,
    adjustedPValue: 0.002,
    heldAgainst: { null: 'empirical', usual: 0.1, largest: 0.3, independentWindows: 20 },
  });
  const { threshold: _, ...calibrated } = drift;
  const history = [{ windowEnd: '2011-08-01T00:00:00Z', value: 0.5, level: 'warning' } as const];
  const past = { verdicts: history, answers: { reference: [], recent: history } };
  const [column] = driftReportOf({
    ...rest,
    columns: [
      {
        drift: {
          ...calibrated,
          question: 'recent',
          answers: [answerTo('reference', 'ok'), answerTo('recent', 'warning')],
        },
        past,
      },
    ],
  }).columns;
  expect(column!.answers).toMatchObject([
    { question: 'recent', level: 'warning', adjustedPValue: 0.002, usual: { low: 0, high: 0.3 }, history },
    { question: 'reference', level: 'ok' },
  ]);
  expect(column!.answers[1]).not.toHaveProperty('history');
  expect(column!.since).toMatchObject({ windows: 1, before: 'unknown' });
});
