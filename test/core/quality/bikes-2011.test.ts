import { describe, expect, it } from 'vitest';

import { isFailed } from '../../../core/quality/check.ts';
import { formatDay, parseInstant, weekMs } from '../../../core/window.ts';
import { bikeColumns, bikesOf2011 } from './bikes.ts';
import { createJudge } from './hourly-rows.ts';

const rows = bikesOf2011();
// The reference: the first 8 weeks. The weeks: all full ones after it.
const judge = createJudge(rows, bikeColumns, { kind: 'fixed', start: '2011-01-01', end: '2011-02-26' });
const first = parseInstant('2011-02-26T00:00:00Z');
const weeks = Array.from({ length: 44 }, (_, i) => ({
  start: first + i * weekMs,
  end: first + (i + 1) * weekMs,
}));
const judged = weeks.map((week) => ({ week, checks: judge(week) }));

describe('the 44 weeks of the bikes after the reference', () => {
  it('are quiet but for the humidity of 10 March and the hurricane of August', () => {
    const failed = judged.flatMap(({ week, checks }) =>
      checks
        .filter(isFailed)
        .map(({ check, column, verdict }) => `${formatDay(week.start)} ${column} ${check}: ${verdict.level}`),
    );
    expect(failed).toEqual([
      '2011-03-05 hum range: critical',
      '2011-03-05 hum stuck: warning',
      '2011-08-27  volume: warning',
    ]);
  });

  it('show the 22 hours in which the humidity is 0', () => {
    const find = (check: string) =>
      judged[1]!.checks.find((found) => found.check === check && found.column === 'hum')!;
    expect(find('range')).toMatchObject({
      verdict: { reason: '22 of 163 values (13%) are outside 0.08 to 1, far away or reached by a jump' },
      counts: { suspicious: 22, outsideReference: 22 },
    });
    expect(find('stuck').verdict.reason).toBe(
      'it stood still at 0 for 22 hours from 2011-03-10T05:00:00Z, usually for at most 11',
    );
  });

  it('show every missing hour but one, which was usually empty before', () => {
    const total = (name: 'rows' | 'emptyHours'): number =>
      judged
        .map(({ checks }) => Number(checks.find(({ check }) => check === 'volume')!.counts[name]))
        .reduce((sum, count) => sum + count, 0);
    expect(44 * 168 - total('rows')).toBe(39);
    expect(total('emptyHours')).toBe(38);
  });
});
