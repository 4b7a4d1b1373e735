import { describe, expect, it } from 'vitest';

import { maintenanceLines } from '../../../cli/run/maintenance-lines.ts';

const asOf = '2024-04-01T00:00:00Z';
const partitions = { width: 'month', made: 0, preparedUntil: '2024-06-01T00:00:00Z', moved: [] } as const;
const retention = {
  tables: [],
  rolledUp: { models: 1, rows: 240, bytes: 5_000 },
  rolledUpDays: { models: 2, rows: 14, bytes: 300 },
  models: [],
  waiting: [],
  more: 0,
};

describe('what a storage maintenance has done', () => {
  it('says what became days and what became weeks', () => {
    const lines = maintenanceLines({ asOf, partitions, retention, databaseBytes: null, metrics: 'pushed' });
    expect(lines).toContain('rolled up 240 hourly profiles of 1 model to days: 4.9 kB of contents');
    expect(lines).toContain('rolled up 14 daily sums of 2 models to weeks: 300 bytes of contents');
  });

  it('says what would', () => {
    const lines = maintenanceLines({
      asOf,
      partitions,
      retention,
      databaseBytes: null,
      metrics: 'planned only',
    });
    expect(lines).toContain('would roll up 14 daily sums of 2 models to weeks: 300 bytes of contents');
  });

  it('says nothing of what there was none of, nor of a run before there were weeks', () => {
    const { rolledUpDays: _, ...before } = retention;
    for (const one of [before, { ...retention, rolledUpDays: { models: 0, rows: 0, bytes: 0 } }])
      expect(
        maintenanceLines({ asOf, partitions, retention: one, databaseBytes: null, metrics: 'pushed' }).filter(
          (line) => line.includes('week'),
        ),
      ).toEqual([]);
  });
});
