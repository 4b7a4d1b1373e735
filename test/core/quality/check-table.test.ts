import { describe, expect, it } from 'vitest';

import type { CheckName, QualityCheck } from '../../../core/quality/check.ts';
import { limitLevel } from '../../../core/quality/check-table.ts';
import type { Level } from '../../../core/verdict.ts';

const check = (check: CheckName, column: string, level: Level): QualityCheck => ({
  check,
  column,
  verdict: { level, reason: 'said' },
  counts: {},
});

describe('limitLevel', () => {
  it.each<[CheckName, string, Level, Level]>([
    ['missing', 'hum', 'critical', 'critical'],
    ['duplicates', '', 'critical', 'warning'],
    ['freshness', 'prediction', 'critical', 'critical'],
    ['freshness', 'actual', 'critical', 'warning'],
    ['expect-min', 'actual', 'critical', 'critical'],
    ['missing', 'actual', 'ok', 'ok'],
    ['volume', '', 'insufficient-data', 'insufficient-data'],
  ])('of %s of "%s" makes %s %s', (name, column, found, level) => {
    expect(limitLevel(check(name, column, found)).verdict).toEqual({ level, reason: 'said' });
  });
});
