import { describe, expect, it } from 'vitest';

import type { ColumnDrift } from '../../../core/drift/column-drift.ts';
import type { ColumnSettings } from '../../../core/drift/examine-column.ts';
import { judgeDataset } from '../../../core/drift/dataset-drift.ts';
import { humidity, judgeValues, ramp } from './columns.ts';

const still = (column: string, settings: Partial<ColumnSettings> = {}): ColumnDrift =>
  judgeValues({ ...humidity, ...settings, column }, ramp(50, 1), ramp(50, 1));
const moved = (column: string, settings: Partial<ColumnSettings> = {}): ColumnDrift =>
  judgeValues({ ...humidity, ...settings, column }, ramp(50, 1), ramp(50, 1, 40));
const unknown = (column: string): ColumnDrift => judgeValues({ ...humidity, column }, ramp(50, 1), []);

describe('judgeDataset', () => {
  it('is drift when more than half of the features drifted', () => {
    expect(judgeDataset([moved('hum'), moved('temp'), still('hr')])).toEqual({
      drifted: 'yes',
      verdict: { level: 'warning', reason: '2 of 3 features drifted (67%, limit 50%): hum, temp' },
      driftShare: { value: 2 / 3 },
      threshold: 0.5,
      driftedFeatures: ['hum', 'temp'],
      judgedFeatures: ['hum', 'temp', 'hr'],
      unjudgedFeatures: [],
      sharedBy: 'features',
    });
  });

  it('is none at exactly half', () => {
    expect(judgeDataset([moved('hum'), still('hr')])).toMatchObject({
      drifted: 'no',
      verdict: { level: 'ok', reason: '1 of 2 features drifted (50%, limit 50%): hum' },
    });
  });

  it('takes another share', () => {
    expect(judgeDataset([moved('hum'), still('hr'), still('temp')], { share: 0.3 }).drifted).toBe('yes');
    expect(judgeDataset([moved('hum')], { share: 1 }).drifted).toBe('no');
  });

  it('counts features only, not the prediction, its confidence or the actual', () => {
    const others = (['prediction', 'confidence', 'actual'] as const).map((subject) =>
      moved(subject, { subject }),
    );
    expect(judgeDataset([still('hr'), ...others])).toMatchObject({ drifted: 'no', judgedFeatures: ['hr'] });
  });

  it('never counts a disabled feature', () => {
    expect(
      judgeDataset([still('hr'), moved('hum', { enabled: false }), moved('temp', { enabled: false })]),
    ).toMatchObject({ drifted: 'no', driftShare: { value: 0 }, driftedFeatures: [], judgedFeatures: ['hr'] });
  });

  it('takes the share of those that could be judged, and names the others', () => {
    expect(
      judgeDataset([moved('hum'), moved('temp'), still('hr'), unknown('atemp'), unknown('windspeed')]),
    ).toMatchObject({
      drifted: 'yes',
      driftShare: { value: 2 / 3 },
      unjudgedFeatures: ['atemp', 'windspeed'],
      verdict: {
        reason: '2 of 3 features drifted (67%, limit 50%): hum, temp; not judged: atemp, windspeed',
      },
    });
  });

  it('is unknown when no feature could be judged', () => {
    expect(judgeDataset([unknown('hum'), unknown('hr')])).toMatchObject({
      drifted: 'unknown',
      verdict: { level: 'insufficient-data', reason: 'no feature could be judged: hum, hr' },
      driftShare: { notComputable: 'no feature could be judged: hum, hr' },
    });
  });

  it('is unknown without an enabled feature', () => {
    expect(judgeDataset([moved('hum', { enabled: false })]).verdict).toEqual({
      level: 'insufficient-data',
      reason: 'no feature is enabled',
    });
    expect(judgeDataset([]).drifted).toBe('unknown');
  });

  it('counts importance where that of every judged feature is known', () => {
    const columns = [
      moved('hum', { weight: 0.6 }),
      still('hr', { weight: 0.3 }),
      still('temp', { weight: 0.1 }),
    ];
    expect(judgeDataset(columns)).toMatchObject({
      drifted: 'yes',
      driftShare: { value: expect.closeTo(0.6, 12) as number },
      sharedBy: 'importance',
      verdict: {
        level: 'warning',
        reason: '1 of 3 features drifted (60% of the importance of these 3, limit 50%): hum',
      },
    });
    expect(judgeDataset([...columns, still('day')])).toMatchObject({
      drifted: 'no',
      driftShare: { value: 1 / 4 },
    });
    const worthless = [moved('hum', { weight: 0 }), still('hr', { weight: 0 })];
    expect(judgeDataset(worthless)).toMatchObject({ sharedBy: 'features', driftShare: { value: 1 / 2 } });
  });

  it('is no drift at exactly the share of importance', () => {
    expect(judgeDataset([moved('hum', { weight: 0.5 }), still('hr', { weight: 0.5 })]).drifted).toBe('no');
  });

  it('is critical when the critical features make up the share', () => {
    const critical = (column: string): ColumnDrift => {
      const drift = moved(column);
      return { ...drift, verdict: { ...drift.verdict, level: 'critical' } };
    };
    expect(judgeDataset([critical('hum'), critical('temp'), still('hr')]).verdict.level).toBe('critical');
    expect(judgeDataset([critical('hum'), moved('temp'), still('hr')]).verdict.level).toBe('warning');
  });
});
