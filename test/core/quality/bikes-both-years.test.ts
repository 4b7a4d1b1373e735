import { beforeAll, describe, expect, it } from 'vitest';

import { isFailed } from '../../../core/quality/check.ts';
import { durationMs, parseInstant } from '../../../core/window.ts';
import { bikeColumns, bikesOfBothYears } from './bikes.ts';
import { createJudge } from './hourly-rows.ts';

const directory = process.env['TIDEWATCH_DATA'];
if (directory === undefined) {
  console.log(
    'TIDEWATCH_DATA names no directory with bike_hourly_2011_2012.csv: what needs both years is skipped',
  );
}

describe.skipIf(directory === undefined)('the bikes of 2012', () => {
  let judge: ReturnType<typeof createJudge>;
  beforeAll(() => {
    const reference = { kind: 'fixed', start: '2011-01-01', end: '2011-02-26' } as const;
    judge = createJudge(bikesOfBothYears(directory!), bikeColumns, reference);
  });
  const failedIn = (day: string, length: string): string[] => {
    const start = parseInstant(`${day}T00:00:00Z`);
    return judge({ start, end: start + durationMs(length) })
      .filter(isFailed)
      .map(({ check, column, verdict: { level, reason } }) => `${column} ${check} ${level}: ${reason}`);
  };

  it('stand still on 17 August: the felt temperature', () => {
    expect(failedIn('2012-08-11', '7d')).toEqual([
      'atemp stuck warning: it stood still at 0.2424 for 24 hours from 2012-08-17T00:00:00Z, usually for at most 16',
    ]);
    expect(failedIn('2012-08-17', '1d')).toEqual([
      'atemp constant critical: it is 0.2424 in all 24 hours, usually in at most 16 on end',
    ]);
  });

  it('are away while the hurricane of October passes', () => {
    expect(failedIn('2012-10-27', '7d')).toEqual([
      ' volume warning: 132 rows, usually 168; 36 of 168 hours that usually have rows are empty, the first 2012-10-29T01:00:00Z',
    ]);
  });

  it('are quiet in an ordinary week', () => {
    expect(failedIn('2012-06-02', '7d')).toEqual([]);
  });
});
