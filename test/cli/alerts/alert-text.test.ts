import { describe, expect, it } from 'vitest';

import { alertTable } from '../../../cli/alerts/alert-text.ts';
import { paper } from '../../../cli/paint.ts';
import type { ListedAlert } from '../../../sql/read-alerts.ts';

const summary =
  'RMSE over 7 days 102.3 is above 65; MAE over 7 days 71.4 is above 40; worst in season=1, where RMSE is 140.2';
const alert: ListedAlert = {
  model: 'bike-demand',
  alertKey: 'degradation:bike-demand:performance',
  kind: 'degradation',
  episode: 1,
  state: 'acknowledged',
  severity: 'critical',
  summary,
  now: summary,
  observedAsOf: '2011-05-20T03:40:00Z',
  by: 'ben',
  since: '2011-05-20T09:00:00Z',
  openedAsOf: '2011-04-27T03:40:00Z',
};
const list = {
  alerts: [alert, { ...alert, severity: 'warning' as const, held: 'maintenance: the feed moves' }],
  total: 2,
};
const widthsOf = (table: string) => new Set(table.split('\n').map((line) => line.length));
/** The words of a cell, wherever its lines are broken. */
const wordsOf = (table: string, column: number) =>
  table
    .split('\n')
    .map((line) => line.split('│')[column]?.trim() ?? '')
    .join(' ');

describe('alertTable', () => {
  it('breaks no line on paper', () => {
    const text = alertTable(list, paper);
    expect(text).toContain(`│ 2011-04-27 03:40 │ ${summary}`);
    expect(Math.max(...widthsOf(text))).toBeGreaterThan(200);
  });

  it.each([60, 80, 100, 150])('fits on a screen of %i columns, and loses no word', (columns) => {
    const text = alertTable(list, { ...paper, columns });
    const [width, ...others] = widthsOf(text);
    expect(others).toEqual([]);
    expect(width).toBeLessThanOrEqual(columns);
    expect(wordsOf(text, 2)).toContain(`${summary} as of 2011-05-20 03:40 opened 2011-04-27 03:40`);
    expect(wordsOf(text, 1)).toContain('critical, acknowledged by ben, since 2011-05-20 09:00');
    expect(wordsOf(text, 1)).toContain('people are not told: maintenance: the feed moves');
  });

  it('keeps the key of an alert whole from 80 columns on, and breaks what is longer than its column', () => {
    expect(alertTable(list, { ...paper, columns: 80 })).toContain('│ degradation:bike-demand:performance');
    const long = { alerts: [{ ...alert, alertKey: `drift:m:${'x'.repeat(200)}` }], total: 1 };
    expect(wordsOf(alertTable(long, { ...paper, columns: 80 }), 1).match(/x/g)).toHaveLength(200);
  });

  it('colours the severity only', () => {
    const text = alertTable(list, { columns: 100, paint: (color, word) => `<${color}>${word}</>` });
    expect(text).toContain('<red>critical</>, ');
    expect(text).toContain('<yellow>warning</>, ');
  });

  it('says how many more there are', () => {
    expect(alertTable({ ...list, total: 5 }, { ...paper, columns: 80 })).toMatch(
      /\nand 3 more; see --limit$/,
    );
  });
});
