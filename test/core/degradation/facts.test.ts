import { describe, expect, it } from 'vitest';

import type { DegradationEvidence } from '../../../core/degradation/evidence.ts';
import { degradationFacts } from '../../../core/degradation/facts.ts';
import { judgeDegradation } from '../../../core/degradation/judge.ts';
import type { DegradationRule } from '../../../core/degradation/rules.ts';
import { defaultRules } from '../../../core/degradation/rules.ts';
import { daily, drifted, evaluated, evidenceOf } from './evidence.ts';

const facts = (
  rules: readonly DegradationRule[],
  evidence: DegradationEvidence,
  version: string | null = null,
) => degradationFacts(version, judgeDegradation(rules, evidence).findings);
const twoLimits = defaultRules({ rmse: { warning: 65, critical: 80 } });

describe('the facts of a degradation', () => {
  it('name each number once, with its interval and both of its limits', () => {
    const evidence = evidenceOf([evaluated({ value: 80.14, interval: [71.3, 88.5], sampleSize: 148 })]);
    expect(facts(twoLimits, evidence, '7')).toEqual([
      { name: 'Model version', value: '7' },
      {
        name: 'RMSE over 7 days',
        value: '80.14 (95% interval 71.3 to 88.5), limits 80 (critical), 65 (warning)',
      },
      { name: 'Outcomes', value: '148' },
    ]);
  });

  it('say why a number is missing', () => {
    expect(facts(defaultRules({ rmse: 80 }, 0.5), evidenceOf([]))).toEqual([
      {
        name: 'RMSE over 7 days',
        value: 'not judged: there is no evaluation of the last 7 days, limit 80 (critical)',
      },
      { name: 'Drifted features', value: 'not judged: there is no drift run, limit 50% (warning)' },
      { name: 'Outcomes', value: '0' },
    ]);
  });

  it('list the windows of a rule about several, and the parts of a composition', () => {
    const rules: readonly DegradationRule[] = [
      { metric: 'rmse', over: '1d', aggregate: 'pooled', limit: 75, windows: '1 of 2', level: 'critical' },
      { all: [{ drift: 'dataset', share: 0.1 }], level: 'warning' },
    ];
    expect(facts(rules, evidenceOf([daily(15, 80), daily(14, 70)], drifted()))).toEqual([
      { name: 'RMSE over 1 day', value: '14 May 80; 13 May 70, limit 75 (critical)' },
      { name: 'Drifted features', value: '20%, limit 10% (warning)' },
      { name: 'Outcomes', value: '24' },
    ]);
  });
});
