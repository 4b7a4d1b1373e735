import { describe, expect, it } from 'vitest';

import { defaultRules } from '../../../core/degradation/rules.ts';

const pooledWeek = { over: '7d', aggregate: 'pooled' };

describe('defaultRules', () => {
  it('makes one critical rule over the pooled last 7 days of each limit', () => {
    expect(defaultRules({ rmse: 75, mape: 0.25 })).toEqual([
      { ...pooledWeek, metric: 'rmse', limit: 75, level: 'critical' },
      { ...pooledWeek, metric: 'mape', limit: 0.25, level: 'critical' },
    ]);
  });

  it('makes one rule for each level of a limit', () => {
    expect(defaultRules({ rmse: { warning: 60, critical: 75 }, mae: { warning: 40 } })).toEqual([
      { ...pooledWeek, metric: 'rmse', limit: 75, level: 'critical' },
      { ...pooledWeek, metric: 'rmse', limit: 60, level: 'warning' },
      { ...pooledWeek, metric: 'mae', limit: 40, level: 'warning' },
    ]);
  });

  it('keeps a limit of 0', () => {
    expect(defaultRules({ r2: 0 })).toHaveLength(1);
  });

  it('warns of dataset drift where a share is given', () => {
    expect(defaultRules({}, 0.5)).toEqual([{ drift: 'dataset', share: 0.5, level: 'warning' }]);
    expect(defaultRules({})).toEqual([]);
  });
});
