/** What NannyML itself says of the demo's bikes: see test/oracles/nannyml-drift.py. (Evidently's rule is tested in test/cli.) */

import { readFileSync } from 'node:fs';

import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';

import { nannymlDistance, nannymlRule, type ValueKind } from '../../../bench/false-alarms/peer-rules.ts';
import oracle from '../../oracles/nannyml-drift.json' with { type: 'json' };

const rows = parse<Record<string, string>>(readFileSync('demo/data/bikeshare_2011.csv'), { columns: true });

describe.each(oracle.columns)('NannyML on $column', ({ column, kind, values, alerts }) => {
  const { reference: size, chunk } = oracle;
  const levels = [...new Set(rows.map((row) => row[column]!))];
  const all = Float64Array.from(rows, (row) =>
    kind === 'continuous' ? Number(row[column]) : levels.indexOf(row[column]!),
  );
  const chunksOf = (part: Float64Array): Float64Array[] =>
    Array.from({ length: Math.floor(part.length / chunk) }, (_, i) =>
      part.subarray(i * chunk, (i + 1) * chunk),
    );
  const reference = all.subarray(0, size);
  const analysed = chunksOf(all.subarray(size));

  it('measures the same distances', () => {
    const distance = nannymlDistance(kind as ValueKind, reference);
    const found = analysed.map((current) => distance(current));
    expect(found).toHaveLength(values.length);
    for (const [i, value] of values.entries()) expect(found[i]).toBeCloseTo(value, 9);
  });

  it('alarms in the same chunks', () => {
    const rule = nannymlRule(kind as ValueKind, reference, chunksOf(reference));
    expect(analysed.map((current) => rule(current))).toEqual(alerts);
  });
});
