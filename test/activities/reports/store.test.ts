import { describe, expect, it } from 'vitest';

import {
  findReport,
  findReportContent,
  listReportGroups,
  listReports,
  parseReportListPath,
  parseReportPath,
  reportListPath,
  reportPath,
  storeReport,
} from '../../../activities/reports/store.ts';
import type { ReportKey } from '../../../activities/reports/store.ts';
import { day } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const week = (n: number): ReportKey => ({
  kind: 'drift',
  model: 'bike-demand',
  window: { start: day(n), end: day(n + 7) },
});

const test = useDatabase('shared by all tests');

describe('a report', () => {
  it('is found by its model and window, the newest version of it', async () => {
    await storeReport(test.database, week(1), '<p>first</p>');
    await storeReport(test.database, week(1), '<p>second</p>');
    expect(await findReport(test.database, week(1))).toBe('<p>second</p>');
    expect(await findReport(test.database, week(2))).toBeUndefined();
  });

  it('that says the same leaves the row as it is', async () => {
    const storedAt = () => test.database.query('select stored_at as at from reports');
    const before = await storedAt();
    await storeReport(test.database, week(1), '<p>second</p>');
    expect(await storedAt()).toEqual(before);
  });

  it('is listed, the newest window first', async () => {
    await storeReport(test.database, week(8), '<p>later</p>');
    expect(await listReports(test.database)).toEqual([week(8), week(1)]);
  });

  it('is listed with those of its model', async () => {
    const other = { ...week(1), model: 'flight-delay' };
    await storeReport(test.database, other, '<p>other</p>');
    expect(await listReports(test.database, { kind: 'drift', model: 'flight-delay' })).toEqual([other]);
    expect(await listReports(test.database, { kind: 'drift', model: 'no-model' })).toEqual([]);
  });

  it('stands beside the one of another kind, which says its own verdict', async () => {
    const performance: ReportKey = { ...week(1), kind: 'performance' };
    const content = { verdict: { level: 'critical', reason: 'RMSE is above 80' } };
    await storeReport(test.database, performance, '<p>performance</p>', content);
    expect(await findReport(test.database, week(1))).toBe('<p>second</p>');
    expect(await findReportContent(test.database, performance)).toEqual(content);
    expect(await findReportContent(test.database, week(1))).toBeUndefined();
    const { kind, model } = performance;
    expect(await listReports(test.database, { kind, model })).toEqual([{ ...performance, ...content }]);
    expect(await listReports(test.database, { kind })).toEqual([{ ...performance, ...content }]);
    expect(await listReportGroups(test.database)).toEqual([
      { kind: 'drift', model: 'bike-demand', count: 2 },
      { kind: 'drift', model: 'flight-delay', count: 1 },
      { kind: 'performance', model: 'bike-demand', count: 1 },
    ]);
  });
});

describe('reportPath', () => {
  it('is read back by parseReportPath, whatever the model is called', () => {
    const path = '/reports/drift/bike-demand/2024-01-01T00:00:00Z/2024-01-08T00:00:00Z';
    expect(reportPath(week(1))).toBe(path);
    expect(parseReportPath(path)).toEqual(week(1));
    const odd: ReportKey = { ...week(1), kind: 'performance', model: 'a/b?c <d>' };
    expect(parseReportPath(reportPath(odd))).toEqual(odd);
  });

  it('is not the path of a list', () => {
    for (const list of [{}, { kind: 'performance' }] as const)
      expect(parseReportListPath(reportListPath(list))).toEqual(list);
    const odd = { kind: 'performance', model: 'a/b?c <d>' } as const;
    expect(parseReportListPath(reportListPath(odd))).toEqual(odd);
    expect(parseReportListPath(reportPath(week(1)))).toBeUndefined();
    expect(parseReportListPath('/reports/drift/%')).toBeUndefined();
    expect(parseReportListPath('/reports/weather/bike-demand')).toBeUndefined();
  });

  it.each([
    '/reports',
    '/reports/weather/x/2024-01-01T00:00:00Z/2024-01-02T00:00:00Z',
    '/reports/drift/x/2024-01-01T00:00:00Z',
    '/reports/drift/x/today/tomorrow',
    '/reports/drift/%/a/b',
  ])('%s names no report', (path) => {
    expect(parseReportPath(path)).toBeUndefined();
  });
});
