import { describe, expect, it } from 'vitest';

import { degradationSeries } from '../../../core/degradation/alert-series.ts';
import type { DegradationFinding } from '../../../core/degradation/judgement.ts';
import { dayMs } from '../../../core/window.ts';

const measured = (label: string, value: number | undefined, limit?: string) => ({
  label,
  over: '7d',
  value: value === undefined ? { notComputable: 'no outcomes' } : { value },
  text: '',
  sampleSize: 100,
  ...(limit !== undefined && { limit }),
});
const finding = (
  level: DegradationFinding['level'],
  ...numbers: readonly DegradationFinding['measured'][number][]
): DegradationFinding => ({
  rule: { metric: 'rmse', over: '7d', aggregate: 'pooled', limit: 75, level: 'critical' } as never,
  level,
  reason: '',
  measured: numbers,
});
const day = (n: number, ...findings: readonly DegradationFinding[]) => ({ windowEnd: n * dayMs, findings });

describe('degradationSeries', () => {
  it('follows what the worst rule of the newest day has measured, with its limit', () => {
    const days = [
      day(1, finding('ok', measured('RMSE', 50, '75')), finding('ok', measured('MAE', 5, '9'))),
      day(2, finding('ok', measured('RMSE', 60, '75')), finding('critical', measured('MAE', 10, '9'))),
    ];
    expect(degradationSeries(days)).toEqual({
      label: 'MAE over 7 days',
      limit: 9,
      points: [
        [dayMs, 5],
        [2 * dayMs, 10],
      ],
    });
  });

  it('leaves out days that could not be measured, and is nothing where less than two could', () => {
    const days = [
      day(1, finding('ok', measured('RMSE', 50))),
      day(2, finding('insufficient-data', measured('RMSE', undefined))),
      day(3),
      day(4, finding('warning', measured('RMSE', 80))),
    ];
    expect(degradationSeries(days)!.points.map(([at]) => at / dayMs)).toEqual([1, 4]);
    expect(degradationSeries(days.slice(1))).toBeUndefined();
    expect(degradationSeries([])).toBeUndefined();
  });

  it('has no line for a limit that is a sentence', () => {
    const days = [1, 2].map((n) => day(n, finding('warning', measured('RMSE', n, '10% above the baseline'))));
    expect(degradationSeries(days)).not.toHaveProperty('limit');
  });
});
