import { describe, expect, it } from 'vitest';

import { alertFacts } from '../../../core/drift/alert-facts.ts';
import type { ColumnDrift } from '../../../core/drift/column-drift.ts';
import { buildContinuousGrid } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { humidity, judgeColumn } from './columns.ts';

const values = Float64Array.from({ length: 200 }, (_, i) => i / 200);
const grid = buildContinuousGrid(values);
const drift = (column: string, shift: number, settings: Partial<typeof humidity> = {}): ColumnDrift =>
  judgeColumn(
    { ...humidity, ...settings, column },
    buildProfile(grid, values),
    buildProfile(
      grid,
      values.map((value) => value + shift),
    ),
    grid,
  );

describe('alertFacts', () => {
  it('names the enabled columns that have drifted, the critical ones first', () => {
    const critical: ColumnDrift = {
      ...drift('d', 1),
      verdict: { level: 'critical', reason: 'd: moved far' },
    };
    const facts = alertFacts([drift('a', 1), drift('b', 0), drift('c', 1, { enabled: false }), critical]);
    expect(facts.map(({ name }) => name)).toEqual(['d', 'a']);
    expect(facts[0]).toEqual({ name: 'd', value: 'moved far' });
    expect(facts[1]!.value).toMatch(/^Wasserstein/);
  });

  it('adds what all features show together', () => {
    const facts = alertFacts(
      [],
      [
        {
          method: 'domain-classifier',
          statistic: 0.9,
          pValue: 0.01,
          effect: 0.9,
          threshold: 0.55,
          sampleSizes: { reference: 700, current: 168 },
          verdict: { level: 'critical', reason: 'current rows can be told from reference rows' },
          details: null,
        },
      ],
    );
    expect(facts).toEqual([
      { name: 'all features, told apart', value: 'current rows can be told from reference rows' },
    ]);
  });
});
