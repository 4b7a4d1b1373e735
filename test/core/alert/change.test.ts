import { describe, expect, it } from 'vitest';

import { changeAlert, snoozeProblem } from '../../../core/alert/change.ts';
import { observe } from '../../../core/alert/life.ts';
import type { AlertLife } from '../../../core/alert/life.ts';
import { lifeRules } from '../../../core/alert/rules.ts';
import { alertLifeSchema } from '../../../core/alert/life-settings.ts';
import { dayMs } from '../../../core/window.ts';

const now = Date.UTC(2026, 0, 1);
const rules = lifeRules('drift', alertLifeSchema.parse({}), []);
const open = observe(null, { level: 'critical', asOf: 7 }, rules, now - dayMs).life!;
const changed = (
  life: AlertLife,
  ...[change, by, at]: Parameters<typeof changeAlert> extends [unknown, ...infer Rest] ? Rest : never
) => {
  const step = changeAlert(life, change, by, at);
  if ('refused' in step) throw new Error(step.refused);
  return step;
};

describe('changeAlert', () => {
  it('acknowledges in somebody’s name', () => {
    expect(changed(open, { change: 'acknowledge' }, 'anna', now)).toEqual({
      life: { ...open, state: 'acknowledged', by: 'anna', stateSince: now },
      events: [{ kind: 'acknowledged' }],
    });
  });

  it('acknowledges once: the same person again changes nothing, another takes it over', () => {
    const { life } = changed(open, { change: 'acknowledge' }, 'anna', now);
    expect(changed(life, { change: 'acknowledge' }, 'anna', now + 1)).toEqual({ life, events: [] });
    expect(changed(life, { change: 'acknowledge' }, 'ben', now + 1)).toMatchObject({
      life: { by: 'ben', stateSince: now + 1 },
      events: [{ kind: 'acknowledged' }],
    });
  });

  it('snoozes until an instant', () => {
    const until = now + dayMs;
    expect(changed(open, { change: 'snooze', until }, 'anna', now)).toEqual({
      life: { ...open, state: 'snoozed', by: 'anna', stateSince: now, snoozedUntil: until },
      events: [{ kind: 'snoozed' }],
    });
  });

  it('resolves as of the newest observation', () => {
    expect(changed(open, { change: 'resolve' }, 'anna', now).life).toMatchObject({
      state: 'resolved',
      by: 'anna',
      resolvedAsOf: 7,
    });
  });

  it('takes the later word: who acknowledges ends a snooze', () => {
    const { life } = changed(open, { change: 'snooze', until: now + dayMs }, 'anna', now);
    expect(changed(life, { change: 'acknowledge' }, 'ben', now + 1).life).toMatchObject({
      state: 'acknowledged',
      by: 'ben',
      snoozedUntil: null,
    });
  });

  it('records a comment and leaves the alert as it is, also a resolved one', () => {
    const { life: resolved } = changed(open, { change: 'resolve' }, 'anna', now);
    for (const life of [open, resolved])
      expect(changeAlert(life, { change: 'comment' }, 'ben', now)).toEqual({
        life,
        events: [{ kind: 'commented' }],
      });
  });

  it('refuses anything else of a resolved alert', () => {
    const { life } = changed(open, { change: 'resolve' }, 'anna', now);
    for (const change of [
      { change: 'acknowledge' },
      { change: 'resolve' },
      { change: 'snooze', until: now + dayMs },
    ] as const)
      expect(changeAlert(life, change, 'ben', now)).toEqual({
        refused: 'it is resolved already, and can only be commented',
      });
  });

  it('refuses a snooze that is over already, or that is for ever', () => {
    expect(changeAlert(open, { change: 'snooze', until: now }, 'anna', now)).toEqual({
      refused: '2026-01-01T00:00:00Z is in the past; name a time to come',
    });
    expect(snoozeProblem(now + 366 * dayMs, now)).toBeUndefined();
    expect(snoozeProblem(now + 367 * dayMs, now)).toMatch(/more than a year away/);
  });
});
