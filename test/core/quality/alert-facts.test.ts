import { describe, expect, it } from 'vitest';

import { qualityFacts, qualitySummary } from '../../../core/quality/alert-facts.ts';
import type { CheckName, QualityCheck } from '../../../core/quality/check.ts';
import type { Level } from '../../../core/verdict.ts';

const check = (column: string, check: CheckName, level: Level): QualityCheck => ({
  check,
  column,
  verdict: { level, reason: `said of ${column}` },
  counts: {},
});
const checks = [
  check('hum', 'stuck', 'warning'),
  check('hum', 'range', 'critical'),
  check('temp', 'range', 'ok'),
  check('', 'volume', 'insufficient-data'),
  check('', 'duplicates', 'warning'),
];

describe('qualitySummary', () => {
  it('counts and names what failed, the worst first', () => {
    expect(qualitySummary(checks, checks)).toBe(
      '3 of 4 checks failed: hum out of range, hum stuck, repeated rows',
    );
  });

  it('counts all of the run, and says of how many another alert tells', () => {
    const missing = [check('a', 'missing', 'warning'), check('b', 'missing', 'warning')];
    expect(qualitySummary(checks, [...checks, ...missing])).toBe(
      '5 of 6 checks failed: hum out of range, hum stuck, repeated rows; 2 more have alerts of their own',
    );
  });

  it('names no more than five', () => {
    const many = Array.from({ length: 200 }, (_, i) => check(`f${i}`, 'missing', 'critical'));
    expect(qualitySummary(many, many)).toBe(
      '200 of 200 checks failed: f0 missing values, f1 missing values, f2 missing values, f3 missing values, f4 missing values and 195 more',
    );
  });
});

describe('qualityFacts', () => {
  it('says of each failed check which column, and why', () => {
    expect(qualityFacts(checks)).toEqual([
      { name: 'hum: out of range', value: 'said of hum' },
      { name: 'hum: stuck', value: 'said of hum' },
      { name: 'repeated rows', value: 'said of ' },
    ]);
  });

  it('has nothing to say of checks that passed', () => {
    expect(qualityFacts([checks[2]!])).toEqual([]);
  });
});
