import { array, assert, boolean, constantFrom, integer, nat, property, record, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isWorse, severities } from '../../../core/alert/alert.ts';
import { changeAlert } from '../../../core/alert/change.ts';
import { announce, nextDue, observe, tick } from '../../../core/alert/life.ts';
import type { AlertLife, LifeEventKind, Observation } from '../../../core/alert/life.ts';
import type { LifeRules } from '../../../core/alert/rules.ts';

const rules: LifeRules = {
  resolveAfter: 2,
  graceMs: 10,
  repeat: {
    info: null,
    warning: { firstMs: 100, factor: 1, longestMs: 100 },
    critical: { firstMs: 100, factor: 2, longestMs: 350 },
  },
  unacknowledgedMs: { info: [], warning: [], critical: [150, 1_000] },
};
const atOnce: LifeRules = { ...rules, resolveAfter: 1 };

const warning = (asOf: number): Observation => ({ level: 'warning', asOf });
const critical = (asOf: number): Observation => ({ level: 'critical', asOf });
const ok = (asOf: number): Observation => ({ level: 'ok', asOf });

/** Observes in turn, one millisecond of the wall clock each; gives where it ends, and what happened on the way. */
function live(observations: readonly Observation[], given: LifeRules = rules) {
  let life: AlertLife | null = null;
  const happened: LifeEventKind[][] = [];
  for (const [now, observation] of observations.entries()) {
    const step = observe(life, observation, given, now);
    life = step.life;
    happened.push(step.events.map(({ kind }) => kind));
  }
  return { life: life!, happened, events: happened.flat() };
}
const lifeOf = (...observations: readonly Observation[]): AlertLife => live(observations).life;
const by = (life: AlertLife, change: 'acknowledge' | 'resolve', now: number): AlertLife => {
  const changed = changeAlert(life, { change }, 'anna', now);
  if ('refused' in changed) throw new Error(changed.refused);
  return changed.life;
};
const snoozed = (life: AlertLife, until: number, now: number): AlertLife => {
  const changed = changeAlert(life, { change: 'snooze', until }, 'anna', now);
  if ('refused' in changed) throw new Error(changed.refused);
  return changed.life;
};

describe('an observation of trouble', () => {
  it('opens an alert', () => {
    expect(live([warning(1)])).toMatchObject({
      life: { episode: 1, state: 'open', severity: 'warning', observedAsOf: 1 },
      events: ['opened'],
    });
  });

  it('does nothing the second time, nor when it is lesser', () => {
    expect(live([critical(1), critical(1), critical(2), warning(3)])).toMatchObject({
      life: { severity: 'critical', observedAsOf: 3 },
      events: ['opened'],
    });
  });

  it('escalates when it is worse', () => {
    expect(live([warning(1), critical(2)])).toMatchObject({
      life: { severity: 'critical' },
      events: ['opened', 'escalated'],
    });
  });

  it('opens again what somebody has acknowledged or snoozed, when it is worse, and only then', () => {
    const quiet = [by(lifeOf(warning(1)), 'acknowledge', 5), snoozed(lifeOf(warning(1)), 99, 5)];
    for (const life of quiet) {
      expect(observe(life, warning(2), rules, 6)).toMatchObject({
        life: { state: life.state, by: 'anna' },
        events: [],
      });
      expect(observe(life, critical(2), rules, 6)).toMatchObject({
        life: { state: 'open', by: null, snoozedUntil: null, stateSince: 6 },
        events: [{ kind: 'escalated' }],
      });
    }
  });
});

describe('an observation that all is well', () => {
  it('leaves no trace of an alert that never was', () => {
    expect(observe(null, ok(1), rules, 1)).toEqual({ life: null, events: [] });
  });

  it('resolves after as many as the rules ask for, of different instants', () => {
    expect(live([warning(1), ok(2), ok(2), ok(2)])).toMatchObject({
      life: { state: 'open', cleanCount: 1 },
      events: ['opened'],
    });
    expect(live([warning(1), ok(2), ok(3)])).toMatchObject({
      life: { state: 'resolved', resolvedAsOf: 3, by: null },
      events: ['opened', 'resolved'],
    });
    expect(live([warning(1), ok(2)], atOnce).events).toEqual(['opened', 'resolved']);
  });

  it('starts anew after trouble in between: what hovers at its limit is told once', () => {
    expect(live([warning(1), ok(2), warning(3), ok(4), warning(5), ok(6)])).toMatchObject({
      life: { state: 'open', cleanCount: 1 },
      events: ['opened'],
    });
  });

  it('resolves what is acknowledged or snoozed, too', () => {
    for (const life of [by(lifeOf(warning(1)), 'acknowledge', 5), snoozed(lifeOf(warning(1)), 99, 5)]) {
      const seen = observe(life, ok(2), rules, 6).life;
      expect(observe(seen, ok(3), rules, 7)).toMatchObject({
        life: { state: 'resolved', by: null, snoozedUntil: null },
        events: [{ kind: 'resolved' }],
      });
    }
  });

  it('of the instant of the trouble itself counts, since a run may be repeated over corrected data', () => {
    expect(live([warning(1), ok(1)], atOnce).events).toEqual(['opened', 'resolved']);
    expect(live([warning(1), ok(1), ok(2)]).events).toEqual(['opened', 'resolved']);
  });
});

describe('trouble after a resolution', () => {
  it('is the same episode within the grace, of whatever severity it is then', () => {
    expect(live([critical(1), ok(2), ok(3), warning(13)])).toMatchObject({
      life: { episode: 1, state: 'open', severity: 'warning', resolvedAsOf: null, cleanCount: 0 },
      events: ['opened', 'resolved', 'reopened'],
    });
  });

  it('is a new episode later', () => {
    expect(live([critical(1), ok(2), ok(3), warning(14)])).toMatchObject({
      life: { episode: 2, state: 'open' },
      events: ['opened', 'resolved', 'opened'],
    });
  });

  it('does not reopen what a person has resolved when it is only seen again, but when it goes on', () => {
    const life = by(lifeOf(warning(5)), 'resolve', 9);
    expect(observe(life, warning(5), rules, 10)).toEqual({ life, events: [] });
    expect(observe(life, warning(6), rules, 10)).toMatchObject({ events: [{ kind: 'reopened' }] });
  });
});

describe('an observation older than the newest', () => {
  it('does nothing', () => {
    const all = [lifeOf(warning(10)), lifeOf(warning(10), ok(11), ok(12)), lifeOf(warning(10), ok(12))];
    for (const life of all) {
      for (const older of [warning(9), critical(9), ok(9)])
        expect(observe(life, older, rules, 20)).toEqual({ life, events: [] });
    }
  });
});

describe('news', () => {
  it('is over as soon as it is told, and has nothing due', () => {
    const { life, events } = announce(null, { severity: 'critical', asOf: 5 }, 7);
    expect(life).toMatchObject({
      episode: 1,
      state: 'resolved',
      severity: 'critical',
      resolvedAsOf: 5,
      by: null,
    });
    expect(events).toEqual([{ kind: 'announced' }]);
    expect(nextDue(life, rules)).toBeNull();
    expect(tick(life, rules, 1_000_000).events).toEqual([]);
  });

  it('goes on in the episode of the last, whatever instant it speaks for', () => {
    const first = announce(null, { severity: 'info', asOf: 5 }, 7).life;
    expect(announce(first, { severity: 'warning', asOf: 3 }, 8)).toMatchObject({
      life: { episode: 1, severity: 'warning', observedAsOf: 5 },
      events: [{ kind: 'announced' }],
    });
  });

  it('ends what is under way', () => {
    const acknowledged = by(lifeOf(warning(1)), 'acknowledge', 2);
    expect(announce(acknowledged, { severity: 'info', asOf: 3 }, 4).life).toMatchObject({
      episode: 1,
      state: 'resolved',
      by: null,
    });
  });
});

describe('the clock', () => {
  it('repeats by the interval of the severity, less and less often up to the longest', () => {
    const told: number[] = [];
    let life = { ...lifeOf(critical(1)), unacknowledgedMs: 1_000 };
    for (let now = 0; now <= 1_500; now += 1) {
      const step = tick(life, rules, now);
      life = step.life;
      if (step.events.length > 0) told.push(now);
    }
    expect(told).toEqual([100, 300, 650, 1_000, 1_350]);
  });

  it('does not repeat what is acknowledged, snoozed or resolved, nor what is to be told once', () => {
    const open = lifeOf(critical(1));
    const quiet = [
      by(open, 'acknowledge', 1),
      snoozed(open, 10_000, 1),
      by(open, 'resolve', 1),
      lifeOf({ level: 'info', asOf: 1 }),
    ];
    for (const life of quiet) expect(tick(life, rules, 9_999)).toEqual({ life, events: [] });
  });

  it('starts the intervals anew when there is news', () => {
    const repeated = tick(lifeOf(warning(1)), rules, 100).life;
    const { life } = observe(repeated, critical(2), rules, 150);
    expect(life).toMatchObject({ toldAt: 150, repeats: 0 });
    expect(nextDue(life!, rules)).toBe(250);
  });

  it('tells once of what was due while nobody looked', () => {
    const { life, events } = tick(lifeOf(critical(1)), rules, 100_000);
    expect(events).toEqual([
      { kind: 'unacknowledged', unacknowledgedMs: 150 },
      { kind: 'unacknowledged', unacknowledgedMs: 1_000 },
      { kind: 'repeated' },
    ]);
    expect(life.toldAt).toBe(100_000);
  });

  it('tells more people of what nobody acknowledges, each time once', () => {
    const never = { ...rules, repeat: { info: null, warning: null, critical: null } };
    const open = lifeOf(critical(1));
    expect(nextDue(open, never)).toBe(150);
    const first = tick(open, never, 150);
    expect(first.events).toEqual([{ kind: 'unacknowledged', unacknowledgedMs: 150 }]);
    expect(nextDue(first.life, never)).toBe(1_000);
    expect(tick(by(first.life, 'acknowledge', 200), never, 5_000).events).toEqual([]);
    expect(nextDue(tick(first.life, never, 1_000).life, never)).toBeNull();
  });

  it('ends a snooze, and says that the trouble is still there', () => {
    const life = snoozed(lifeOf(critical(1)), 500, 5);
    expect(nextDue(life, rules)).toBe(500);
    expect(tick(life, rules, 500)).toMatchObject({
      life: { state: 'open', by: null, snoozedUntil: null, toldAt: 500, stateSince: 500 },
      events: [{ kind: 'snooze-ended' }],
    });
  });
});

describe('any life', () => {
  const observation = record({ level: constantFrom(...severities, 'ok' as const), asOf: nat(30) });
  const observations = array(observation, { maxLength: 40 });

  it('is that of its observations without those that come too late', () => {
    assert(
      property(observations, (all) => {
        const inTime = all.filter(({ level, asOf }, i) => {
          const begun = all.slice(0, i).findIndex((earlier) => earlier.level !== 'ok');
          // Good news before the first trouble leaves no trace.
          if (begun === -1) return level !== 'ok';
          return all.slice(begun, i).every((earlier) => earlier.asOf <= asOf);
        });
        expect(live(inTime).events).toEqual(live(all).events);
        expect(strip(live(inTime).life)).toEqual(strip(live(all).life));
      }),
    );
    // When it happened by the wall clock differs with how many there were.
    function strip(life: AlertLife | null): unknown {
      return life === null ? null : { ...life, stateSince: 0, toldAt: 0 };
    }
  });

  it('is told of nothing when an observation is made again', () => {
    assert(
      property(observations, observation, (before, twice) => {
        const once = live([...before, twice]);
        const again = live([...before, twice, twice]);
        expect(again.happened.at(-1)).toEqual([]);
        expect(again.life).toEqual(once.life);
      }),
    );
  });

  it('opens before anything else, resolves what is under way, reopens what is resolved', () => {
    const may: Record<string, readonly string[]> = {
      '': ['opened'],
      opened: ['escalated', 'resolved'],
      escalated: ['escalated', 'resolved'],
      resolved: ['reopened', 'opened'],
      reopened: ['escalated', 'resolved'],
    };
    assert(
      property(observations, (all) => {
        const { events } = live(all);
        for (const [i, event] of events.entries()) expect(may[events[i - 1] ?? '']).toContain(event);
      }),
    );
  });

  it('never becomes less severe while it is under way', () => {
    assert(
      property(observations, observation, (before, next) => {
        const life = live(before).life as AlertLife | null;
        const after = observe(life, next, rules, 100).life;
        if (life === null || life.state === 'resolved' || after === null) return;
        expect(isWorse(life.severity, after.severity)).toBe(false);
      }),
    );
  });

  it('has something due exactly when it says so, and then once', () => {
    const moments = tuple(
      array(observation, { minLength: 1, maxLength: 10 }),
      boolean(),
      integer({ min: 1, max: 2_000 }),
    );
    assert(
      property(moments, ([before, isSnoozed, wait]) => {
        const { life: stands } = live([warning(0), ...before]);
        const under = isSnoozed && stands.state !== 'resolved' ? snoozed(stands, 20 + wait, 20) : stands;
        const due = nextDue(under, rules);
        if (due === null) {
          expect(tick(under, rules, 1e9).events).toEqual([]);
          return;
        }
        expect(tick(under, rules, due - 1)).toEqual({ life: under, events: [] });
        const ticked = tick(under, rules, due);
        expect(ticked.events).not.toEqual([]);
        expect(tick(ticked.life, rules, due)).toEqual({ life: ticked.life, events: [] });
      }),
    );
  });
});
