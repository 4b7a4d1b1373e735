import { describe, expect, it } from 'vitest';

import { summarizeChecks, type QualityCheck } from '../../../core/quality/check.ts';
import type { Level } from '../../../core/verdict.ts';

const check = (column: string, level: Level): QualityCheck => ({
  check: 'missing',
  column,
  verdict: { level, reason: `said of ${column}` },
  counts: {},
});

describe('summarizeChecks', () => {
  it('counts what passed', () => {
    expect(summarizeChecks([check('a', 'ok'), check('b', 'ok'), check('c', 'insufficient-data')])).toEqual({
      level: 'ok',
      reason: '2 checks passed, 1 could not be judged',
    });
    expect(summarizeChecks([check('a', 'ok')]).reason).toBe('1 check passed');
  });

  it('names up to three that failed, the worst first', () => {
    const checks = [check('a', 'warning'), check('b', 'critical'), check('c', 'ok'), check('d', 'warning')];
    expect(summarizeChecks(checks)).toEqual({
      level: 'critical',
      reason: '3 of 4 checks failed: b missing: said of b; a missing: said of a; d missing: said of d',
    });
    expect(summarizeChecks([...checks, check('', 'warning')]).reason).toMatch(/; and 1 more$/);
  });

  it('cannot judge what no check could', () => {
    expect(summarizeChecks([check('a', 'insufficient-data')]).reason).toBe(
      'no check could be judged: a missing: said of a',
    );
    expect(summarizeChecks([])).toEqual({ level: 'insufficient-data', reason: 'nothing was checked' });
  });
});
