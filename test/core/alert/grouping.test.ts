import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { dueAt, planGroup, timingText } from '../../../core/alert/grouping.ts';
import type { DeliveryTerms } from '../../../core/alert/grouping.ts';
import { floorToHour, hourMs, minuteMs, parseInstant } from '../../../core/window.ts';

const usual: DeliveryTerms = { waitMs: 30_000, intervalMs: 300_000, fallback: [] };
const at = parseInstant;

describe('a group of deliveries', () => {
  it('waits for more before its first message', () => {
    expect(dueAt(usual, { since: 0, lastSentAt: null })).toBe(30_000);
  });

  it('goes at once without a wait', () => {
    const terms = { ...usual, waitMs: 0 };
    expect(planGroup(terms, { since: 5, lastSentAt: null }, 0, 5)).toEqual({ action: 'send' });
  });

  it('is told every interval at most', () => {
    expect(dueAt(usual, { since: 100_000, lastSentAt: 0 })).toBe(300_000);
  });

  it('of a digest is told at its time of day, once', () => {
    const terms = { ...usual, digest: { at: '08:00', timeZone: 'Europe/Berlin' } };
    const eight = at('2026-11-29T07:00:00Z');
    expect(dueAt(terms, { since: eight - hourMs, lastSentAt: null })).toBe(eight);
    expect(dueAt(terms, { since: eight - 1, lastSentAt: eight + 500 })).toBe(eight + 24 * hourMs);
  });

  it('waits outside of the hours of its route, also when it is due since long', () => {
    const hours = {
      days: ['mon', 'tue', 'wed', 'thu', 'fri'],
      from: '09:00',
      to: '17:00',
      timeZone: 'Europe/Berlin',
      otherwise: 'hold',
    } as const;
    const terms = { ...usual, hours: { ...hours, days: [...hours.days] } };
    const friday = at('2026-11-27T12:00:00Z');
    const saturday = at('2026-11-28T12:00:00Z');
    const monday = at('2026-11-30T08:00:00Z');
    expect(dueAt(terms, { since: saturday, lastSentAt: null })).toBe(monday);
    expect(planGroup(terms, { since: friday, lastSentAt: null }, 0, saturday)).toEqual({
      action: 'wait',
      until: monday,
    });
  });

  it('has waited long enough where the clock was set back since it was recorded', () => {
    const now = at('2026-11-29T08:20:00Z');
    const ahead = now + 3 * hourMs;
    expect(planGroup(usual, { since: ahead, lastSentAt: null }, 0, now)).toEqual({ action: 'send' });
    expect(planGroup(usual, { since: now - hourMs, lastSentAt: ahead }, 0, now)).toEqual({ action: 'send' });
    const digest = { ...usual, digest: { at: '08:30', timeZone: 'UTC' } };
    expect(planGroup(digest, { since: ahead, lastSentAt: null }, 0, now)).toEqual({
      action: 'wait',
      until: at('2026-11-29T08:30:00Z'),
    });
  });

  it('belongs to the summary of the hour when the budget is spent', () => {
    const terms = { ...usual, budget: 3 };
    const now = at('2026-11-29T08:20:00Z');
    const group = { since: now - hourMs, lastSentAt: null };
    expect(planGroup(terms, group, 2, now)).toEqual({ action: 'send' });
    const end = at('2026-11-29T09:00:00Z');
    expect(planGroup(terms, group, 3, now)).toEqual({ action: 'summarise', at: end });
    expect(planGroup({ ...terms, summaryAt: end }, group, 3, now)).toEqual({ action: 'wait', until: end });
    expect(planGroup({ ...terms, summaryAt: end }, group, 3, end)).toEqual({ action: 'send' });
  });

  it('says in words when it goes', () => {
    expect(timingText({ ...usual, budget: 20 })).toBe(
      'waits 30 s for more; then every 300 s at most; at most 20 messages an hour, then a summary',
    );
  });
});

interface Pending {
  readonly id: number;
  readonly group: string;
  readonly recordedAt: number;
  readonly summaryAt?: number;
}
interface Message {
  readonly at: number;
  readonly group: string;
  readonly isSummary: boolean;
  readonly told: readonly Pending[];
}

/** A queue in memory that asks `planGroup` every ten seconds, for so long that all has been told. */
function run(events: readonly Pending[], terms: DeliveryTerms): readonly Message[] {
  const step = 10_000;
  const messages: Message[] = [];
  let pending: Pending[] = [];
  const end = Math.max(...events.map(({ recordedAt }) => recordedAt)) + 4 * hourMs;
  for (let now = 0; now <= end; now += step) {
    pending.push(...events.filter(({ recordedAt }) => recordedAt > now - step && recordedAt <= now));
    for (const group of new Set(pending.map((event) => event.group))) {
      const told = pending.filter((event) => event.group === group);
      const since = Math.min(...told.map(({ recordedAt }) => recordedAt));
      const lastSentAt = messages.findLast((message) => message.group === group)?.at ?? null;
      const sent = messages.filter((message) => !message.isSummary && message.at >= floorToHour(now)).length;
      const { summaryAt } = told[0]!;
      const plan = planGroup(
        { ...terms, ...(summaryAt !== undefined && { summaryAt }) },
        { since, lastSentAt },
        sent,
        now,
      );
      if (plan.action === 'wait') continue;
      pending = pending.filter((event) => event.group !== group);
      if (plan.action === 'send') messages.push({ at: now, group, isSummary: summaryAt !== undefined, told });
      else {
        pending.push(...told.map((event) => ({ ...event, group: `summary ${plan.at}`, summaryAt: plan.at })));
      }
    }
  }
  return messages;
}

describe('whatever happens when', () => {
  const events = fc
    .array(
      fc.record({ minute: fc.integer({ min: 0, max: 180 }), group: fc.constantFrom('a', 'b', 'c', 'd') }),
      {
        minLength: 1,
        maxLength: 60,
      },
    )
    .map((drawn) =>
      drawn.map(({ minute, group }, id): Pending => ({ id, group, recordedAt: minute * minuteMs })),
    );
  const terms = fc.record({
    waitMs: fc.constantFrom(0, 30_000, 10 * minuteMs),
    intervalMs: fc.constantFrom(0, 5 * minuteMs, hourMs),
    budget: fc.integer({ min: 1, max: 5 }),
    fallback: fc.constant([]),
  });
  const holds = (
    property: (messages: readonly Message[], terms: DeliveryTerms, events: readonly Pending[]) => void,
  ) =>
    fc.assert(
      fc.property(events, terms, (events, terms) => property(run(events, terms), terms, events)),
      { seed: 20_261_129, numRuns: 150 },
    );

  it('each event is told once', () => {
    holds((messages, _, events) => {
      const told = messages.flatMap((message) => message.told.map(({ id }) => id)).sort((a, b) => a - b);
      expect(told).toEqual(events.map(({ id }) => id));
    });
  });

  it('nothing goes out before the wait of the oldest it tells of', () => {
    holds((messages, { waitMs }) => {
      for (const { at, told } of messages) {
        expect(at).toBeGreaterThanOrEqual(Math.min(...told.map(({ recordedAt }) => recordedAt)) + waitMs);
      }
    });
  });

  it('a group has one message an interval', () => {
    holds((messages, { intervalMs }) => {
      const grouped = messages.filter(({ isSummary }) => !isSummary);
      for (const group of ['a', 'b', 'c', 'd']) {
        const times = grouped.filter((message) => message.group === group).map(({ at }) => at);
        for (const [index, time] of times.entries()) {
          if (index > 0) expect(time - times[index - 1]!).toBeGreaterThanOrEqual(intervalMs);
        }
      }
    });
  });

  it('an hour has no more messages than its budget, and one summary', () => {
    holds((messages, { budget }) => {
      for (const hour of new Set(messages.map(({ at }) => floorToHour(at)))) {
        const inHour = messages.filter(({ at }) => floorToHour(at) === hour);
        expect(inHour.filter(({ isSummary }) => !isSummary).length).toBeLessThanOrEqual(budget!);
        expect(inHour.filter(({ isSummary }) => isSummary).length).toBeLessThanOrEqual(1);
      }
    });
  });
});
