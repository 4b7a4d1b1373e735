import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  driftText,
  headlineLevel,
  headlineOf,
  type KnownOfModel,
} from '../../../core/degradation/headline.ts';
import type { Level, Verdict } from '../../../core/verdict.ts';

const verdict = (level: Level, reason: string): Verdict => ({ level, reason });
const none = { critical: [], warning: [] } as const;
const known = (part: Partial<KnownOfModel> = {}): KnownOfModel => ({
  check: verdict('ok', 'RMSE is not above 70'),
  drift: {
    dataset: verdict('ok', '0 of 9 features drifted'),
    columns: none,
    quality: verdict('ok', '32 checks passed'),
  },
  untaken: { critical: 0, warning: 0 },
  ...part,
});

describe('the headline', () => {
  it('says what the degradation check says where nobody has to look at anything', () => {
    expect(headlineOf(known())).toEqual({ level: 'ok', reasons: ['RMSE is not above 70'] });
    expect(headlineOf(known({ drift: null }))).toEqual({ level: 'ok', reasons: ['RMSE is not above 70'] });
  });

  it('is critical where one column is, however well the rest stands, and names it', () => {
    const columns = { critical: ['usage'], warning: ['a', 'b'] };
    const drift = { dataset: verdict('ok', '3 of 9 features drifted'), columns, quality: null };
    expect(headlineOf(known({ drift }))).toEqual({
      level: 'critical',
      reasons: ['1 column critical: usage (dataset ok)', '2 columns warning: a, b (dataset ok)'],
    });
  });

  it('is the worst of performance, dataset, quality and alerts that nobody has taken, the worst first', () => {
    const drift = {
      dataset: verdict('warning', '5 of 9 features drifted'),
      columns: none,
      quality: verdict('critical', '2 of 32 checks failed: hum range'),
    };
    const check = verdict('warning', 'RMSE is above 60');
    expect(headlineOf({ check, drift, untaken: { critical: 1, warning: 2 } })).toEqual({
      level: 'critical',
      reasons: [
        'data quality critical: 2 of 32 checks failed: hum range',
        'RMSE is above 60',
        'dataset warning: 5 of 9 features drifted',
      ],
    });
  });

  it('names alerts that nobody has taken where nothing else is as bad', () => {
    expect(headlineOf(known({ untaken: { critical: 1, warning: 2 } }))).toEqual({
      level: 'critical',
      reasons: ['1 critical alert that nobody has taken', '2 warning alerts that nobody has taken'],
    });
    const check = verdict('warning', 'RMSE is above 60');
    expect(headlineOf(known({ check, untaken: { critical: 1, warning: 2 } })).reasons).toEqual([
      '1 critical alert that nobody has taken',
      'RMSE is above 60',
    ]);
  });

  it('is not judged where only the degradation check is not; what else is not judged counts for nothing', () => {
    expect(headlineOf(known({ check: null })).level).toBe('insufficient-data');
    const dataset = verdict('insufficient-data', 'the reference has no rows');
    const drift = { dataset, columns: none, quality: verdict('insufficient-data', 'nothing was checked') };
    expect(headlineOf(known({ drift })).level).toBe('ok');
    const loud = { dataset: verdict('warning', ''), columns: none, quality: null };
    expect(headlineOf(known({ check: null, drift: loud })).level).toBe('warning');
  });

  it('has the level that levels alone give', () => {
    const level = fc.constantFrom<Level>('ok', 'warning', 'critical', 'insufficient-data');
    const judged = level.map((one) => verdict(one, one));
    const names = fc.array(fc.string({ minLength: 1 }), { maxLength: 2 });
    const standing = fc.record({
      check: fc.option(judged),
      drift: fc.option(
        fc.record({
          dataset: judged,
          columns: fc.record({ critical: names, warning: names }),
          quality: fc.option(judged),
        }),
      ),
      untaken: fc.record({ critical: fc.nat({ max: 2 }), warning: fc.nat({ max: 2 }) }),
    });
    const worst = (critical: number, warning: number): Level | null =>
      critical > 0 ? 'critical' : warning > 0 ? 'warning' : null;
    fc.assert(
      fc.property(standing, ({ check, drift, untaken }) => {
        const { critical, warning } = drift?.columns ?? none;
        const levels = [
          drift?.dataset.level ?? null,
          drift?.quality?.level ?? null,
          worst(critical.length, warning.length),
          worst(untaken.critical, untaken.warning),
        ];
        expect(headlineLevel(check?.level ?? null, levels)).toBe(headlineOf({ check, drift, untaken }).level);
      }),
    );
  });
});

it('the words of the drift name single columns, three of many', () => {
  expect(driftText({ dataset: 'ok', columns: none })).toBe('dataset ok');
  expect(
    driftText({ dataset: 'warning', columns: { critical: ['a'], warning: ['b', 'c', 'd', 'e', 'f'] } }),
  ).toBe('dataset warning; 1 column critical: a; 5 columns warning: b, c, d, e and 1 more');
});
