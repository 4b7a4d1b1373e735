import { describe, expect, it } from 'vitest';

import { knownKeysAt } from '../../cli/monitor-keys.ts';

describe('knownKeysAt', () => {
  it('knows the keys of the alternative that the data chose', () => {
    expect(knownKeysAt({ reference: { kind: 'rolling' } }, ['reference'])).toEqual(['kind', 'length']);
    expect(knownKeysAt({ reference: { kind: 'fixed' } }, ['reference'])).toEqual(['kind', 'start', 'end']);
  });

  it('knows the keys of a mapping whose keys are free', () => {
    expect(knownKeysAt({ features: { hum: {} } }, ['features', 'hum'])).toEqual([
      'method',
      'threshold',
      'enabled',
      'expect',
      'kind',
    ]);
  });

  it('knows the keys of an item of a list', () => {
    const keys = knownKeysAt({ alerts: { routes: [{}] } }, ['alerts', 'routes', 0]);
    expect(keys).toEqual(expect.arrayContaining(['severity', 'slack', 'email', 'digest']));
  });

  it('knows the metrics that may have a limit', () => {
    expect(knownKeysAt({ performance: { limits: {} } }, ['performance', 'limits'])).toContain('rmse');
  });

  it('knows the keys of a rule by the first of them, also inside another', () => {
    const trend = { trend: 'rmse' };
    const rules = [trend, { all: [{ not: trend }] }];
    const outer = knownKeysAt({ degradation: { rules } }, ['degradation', 'rules', 0]);
    const inner = knownKeysAt({ degradation: { rules } }, ['degradation', 'rules', 1, 'all', 0, 'not']);
    expect(outer).toContain('perDay');
    expect(outer).not.toContain('limit');
    expect(inner).toEqual(outer.filter((key) => key !== 'level'));
  });

  it('knows none below a value', () => {
    expect(knownKeysAt({ model: 'bike' }, ['model', 'x'])).toEqual([]);
  });
});
