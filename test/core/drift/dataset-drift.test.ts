import { describe, expect, it } from 'vitest';

import type { ColumnDrift, ColumnSettings } from '../../../core/drift/column-drift.ts';
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
    });
  });

  it('is none at exactly half', () => {
    expect(judgeDataset([moved('hum'), still('hr')])).toMatchObject({
      drifted: 'no',
      verdict: { level: 'ok', reason: '1 of 2 features drifted (50%, limit 50%): hum' },
    });
  });

  it('takes another share', () => {
    expect(judgeDataset([moved('hum'), still('hr'), still('temp')], 0.3).drifted).toBe('yes');
    expect(judgeDataset([moved('hum')], 1).drifted).toBe('no');
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
      verdict: { level: 'insufficient-data', reason: 'none of the 2 features could be judged: hum, hr' },
      driftShare: { notComputable: 'none of the 2 features could be judged: hum, hr' },
    });
  });

  it('is unknown without an enabled feature', () => {
    expect(judgeDataset([moved('hum', { enabled: false })]).verdict).toEqual({
      level: 'insufficient-data',
      reason: 'no feature is enabled',
    });
    expect(judgeDataset([]).drifted).toBe('unknown');
  });
});
