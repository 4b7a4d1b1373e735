import { describe, expect, it } from 'vitest';

import type { DegradationRule } from '../../../core/degradation/rules.ts';
import { retrainingSchema } from '../../../core/retraining/settings.ts';
import type { CheckedDay, TriggerFacts } from '../../../core/retraining/triggers.ts';
import { performanceLevel, triggersOf } from '../../../core/retraining/triggers.ts';
import type { Level } from '../../../core/verdict.ts';
import { parseInstant } from '../../../core/window.ts';

const trainer = { url: 'http://127.0.0.1:8080' };

const facts: TriggerFacts = {
  asOf: parseInstant('2011-05-20T03:40:00Z'),
  checks: [],
  drift: null,
  calendarSince: parseInstant('2011-05-06T03:40:00Z'),
  newOutcomes: 0,
};

const days = (...levels: Level[]): CheckedDay[] => levels.map((level) => ({ level, ofPerformance: level }));

/** What triggers as people write them say. */
const say = (triggers: object | readonly string[], known: Partial<TriggerFacts>) =>
  triggersOf(retrainingSchema.parse({ trainer, triggers }).triggers, { ...facts, ...known }).map(
    ({ holds, reason }) => [holds, reason],
  );

describe('verdicts', () => {
  it.each<[Level, boolean, string]>([
    ['critical', true, 'the verdict is critical'],
    ['warning', false, 'the verdict is warning; retraining starts at critical'],
    ['ok', false, 'the verdict is ok; retraining starts at critical'],
    ['insufficient-data', false, 'the verdict is insufficient-data; retraining starts at critical'],
  ])('by default: %s', (level, holds, reason) => {
    expect(say({}, { checks: days(level, 'critical') })).toEqual([[holds, reason]]);
  });

  it('may be a list alone', () => {
    expect(say(['warning', 'critical'], { checks: days('warning') })).toEqual([
      [true, 'the verdict is warning'],
    ]);
    expect(say(['warning', 'critical'], { checks: days('ok') })).toEqual([
      [false, 'the verdict is ok; retraining starts at warning or critical'],
    ]);
  });

  it('are asked of several checks, the newest among them', () => {
    const two = { of: '2 of 3' };
    const many: [Level[], boolean, string][] = [
      [['critical', 'ok', 'critical'], true, '2 of the 3 newest verdicts are critical'],
      [
        ['critical', 'ok', 'ok', 'critical'],
        false,
        '1 of the 3 newest verdicts is critical; retraining starts at 2',
      ],
      [
        ['ok', 'critical', 'critical'],
        false,
        '2 of the 3 newest verdicts are critical, but the newest is ok',
      ],
      [['critical', 'critical'], true, '2 of the 3 newest verdicts are critical'],
      [[], false, 'there is no verdict yet'],
    ];
    for (const [levels, holds, reason] of many)
      expect(say(two, { checks: days(...levels) })).toEqual([[holds, reason]]);
  });
});

describe('drift', () => {
  const drift = { level: 'warning', reason: '3 of 4 features' } as const;

  it('starts nothing beside the verdict', () => {
    expect(say({}, { drift, checks: days('ok') })).toEqual([
      [false, 'the verdict is ok; retraining starts at critical'],
    ]);
  });

  it('alone is enough where the policy says so, also without verdicts', () => {
    expect(say({ drift: 'alone' }, { drift, checks: days('ok') })).toEqual([
      [false, 'the verdict is ok; retraining starts at critical'],
      [true, 'the dataset has drifted (3 of 4 features)'],
    ]);
    const only = { verdicts: [], drift: 'alone' };
    expect(say(only, { drift: { level: 'ok', reason: '1 of 4 features' } })).toEqual([
      [false, 'the dataset has not drifted (1 of 4 features)'],
    ]);
    expect(say(only, { drift: null })).toEqual([[false, 'there is no drift run yet']]);
  });

  it('is ignored: the verdict of the rules about performance counts alone', () => {
    const checks = [{ level: 'critical', ofPerformance: 'ok' }] as const;
    expect(say({ drift: 'ignore' }, { checks })).toEqual([
      [false, 'the verdict on performance is ok; retraining starts at critical'],
    ]);
  });
});

describe('a calendar', () => {
  const calendar = '0 3 15 * *';
  it('starts one at the first check after each of its times, once', () => {
    expect(say({ verdicts: [], calendar }, {})).toEqual([
      [true, 'the calendar was due at 2011-05-15T03:00:00Z'],
    ]);
    const calendarSince = parseInstant('2011-05-15T03:40:00Z');
    expect(say({ verdicts: [], calendar }, { calendarSince })).toEqual([
      [false, 'the calendar has not been due since 2011-05-15T03:40:00Z'],
    ]);
  });
});

describe('new outcomes', () => {
  it('start one when there are enough', () => {
    const triggers = { verdicts: [], onNewOutcomes: 500 };
    expect(say(triggers, { newOutcomes: 499 })).toEqual([
      [false, '499 outcomes since the last training; retraining starts at 500'],
    ]);
    expect(say(triggers, { newOutcomes: 500 })).toEqual([[true, '500 outcomes since the last training']]);
  });
});

describe('performanceLevel', () => {
  const metric: DegradationRule = {
    metric: 'rmse',
    over: '7d',
    aggregate: 'pooled',
    limit: 1,
    level: 'critical',
  };
  const drift: DegradationRule = { drift: 'dataset', share: 0.5, level: 'critical' };

  it('is the worst of the rules with a metric in them, however deep', () => {
    const nested: DegradationRule = {
      all: [drift, { not: { trend: 'rmse', over: '14d', perDay: 1 } }],
      level: 'critical',
    };
    expect(
      performanceLevel([
        { rule: metric, level: 'ok' },
        { rule: drift, level: 'critical' },
      ]),
    ).toBe('ok');
    expect(
      performanceLevel([
        { rule: metric, level: 'ok' },
        { rule: nested, level: 'critical' },
      ]),
    ).toBe('critical');
    expect(
      performanceLevel([
        { rule: metric, level: 'insufficient-data' },
        { rule: metric, level: 'warning' },
      ]),
    ).toBe('warning');
    expect(performanceLevel([{ rule: drift, level: 'critical' }])).toBe('insufficient-data');
  });
});
