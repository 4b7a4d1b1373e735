import { describe, expect, it } from 'vitest';

import { alertKinds } from '../../../core/alert/alert.ts';
import { lifeRules } from '../../../core/alert/rules.ts';
import { alertLifeSchema } from '../../../core/alert/life-settings.ts';
import { dayMs, hourMs, minuteMs } from '../../../core/window.ts';

const everybody = [{ severity: ['info', 'warning', 'critical'] }] as const;
const problems = (life: unknown): string[] =>
  (alertLifeSchema.safeParse(life).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('lifeRules', () => {
  it('has a default for everything', () => {
    expect(lifeRules('degradation', alertLifeSchema.parse({}), everybody)).toEqual({
      resolveAfter: 2,
      graceMs: 2 * dayMs,
      repeat: {
        info: null,
        warning: { firstMs: dayMs, factor: 1, longestMs: dayMs },
        critical: { firstMs: hourMs, factor: 2, longestMs: 8 * hourMs },
      },
      unacknowledgedMs: { info: [], warning: [], critical: [] },
    });
  });

  it('ends at once what is seen once, whatever the settings say of the others', () => {
    const settings = alertLifeSchema.parse({ resolveAfter: 5 });
    expect(alertKinds.filter((kind) => lifeRules(kind, settings, []).resolveAfter === 1)).toEqual([
      'freshness',
      'restated',
      'retraining',
      'dead-man',
      'delivery-failing',
    ]);
    expect(lifeRules('drift', settings, []).resolveAfter).toBe(5);
  });

  it('repeats nothing that nobody is told of', () => {
    const { repeat } = lifeRules('drift', alertLifeSchema.parse({}), [{ severity: ['warning'] }]);
    expect(repeat).toMatchObject({ warning: { firstMs: dayMs }, critical: null });
  });

  it('takes from the routes after how long more people are told, by severity', () => {
    const { unacknowledgedMs } = lifeRules('drift', alertLifeSchema.parse({}), [
      ...everybody,
      { severity: ['critical'], unacknowledgedFor: '1h' },
      { severity: ['warning', 'critical'], unacknowledgedFor: '30m' },
      { severity: ['critical'], unacknowledgedFor: '60m' },
    ]);
    expect(unacknowledgedMs).toEqual({
      info: [],
      warning: [30 * minuteMs],
      critical: [30 * minuteMs, hourMs],
    });
  });
});

describe('alertLifeSchema', () => {
  it('takes an interval, a back-off, or never', () => {
    const { repeatInterval } = alertLifeSchema.parse({
      repeatInterval: { info: '7d', warning: 'never', critical: { first: '30m', longest: '4h' } },
    });
    expect(repeatInterval).toEqual({
      info: '7d',
      warning: 'never',
      critical: { first: '30m', factor: 2, longest: '4h' },
    });
  });

  it.each([
    [{ resolveAfter: 0 }, 'resolveAfter: write 1 or more'],
    [{ grace: 'soon' }, 'grace: write a number and m, h, d or w, for example "2d"'],
    [
      { repeatInterval: { warning: 'daily' } },
      'repeatInterval.warning: write "never", or a number above 0 and m, h, d or w, for example "24h"',
    ],
    [
      { repeatInterval: { warning: 24 } },
      'repeatInterval.warning: write "never", an interval such as "24h", or { first: 1h, factor: 2, longest: 8h }',
    ],
    [
      { repeatInterval: { critical: { first: '8h', longest: '1h' } } },
      'repeatInterval.critical.longest: is shorter than first',
    ],
  ])('refuses %o', (life, problem) => {
    expect(problems(life)).toEqual([problem]);
  });
});
