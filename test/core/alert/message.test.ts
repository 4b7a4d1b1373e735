import { describe, expect, it } from 'vitest';

import { alertStatus, firstFacts, oneLine, shortSummary } from '../../../core/alert/message.ts';

describe('alertStatus', () => {
  it('is the severity while there is trouble', () => {
    expect(alertStatus({ event: 'escalated', severity: 'critical' })).toBe('critical');
  });

  it('is for information when somebody takes it', () => {
    expect(alertStatus({ event: 'acknowledged.2', severity: 'critical' })).toBe('info');
  });

  it('is resolved after a resolve, however severe it was', () => {
    expect(alertStatus({ event: 'resolved', severity: 'critical' })).toBe('resolved');
  });
});

describe('oneLine', () => {
  it('turns every kind of line break into a space', () => {
    expect(oneLine('a\r\nb\nc\u2028d\u2029e\u0085f\vg')).toBe('a b c d e f g');
  });

  it('drops control characters and characters that reorder what is read', () => {
    expect(oneLine('\u0000a\u202Eb\u200Bc\t')).toBe('abc');
  });

  it('leaves letters of every script and emoji', () => {
    expect(oneLine('Fahrräder 自転車 🚲')).toBe('Fahrräder 自転車 🚲');
  });
});

describe('firstFacts', () => {
  it('leaves a few facts as they are', () => {
    const facts = [{ name: 'hum: stuck', value: 'it stood still at 0 for 22 hours' }];
    expect(firstFacts(facts)).toEqual(facts);
  });

  it('counts what comes after the first 20', () => {
    const facts = Array.from({ length: 200 }, (_, i) => ({ name: `f${i}`, value: 'missing' }));
    expect(firstFacts(facts)).toHaveLength(21);
    expect(firstFacts(facts)[19]).toEqual(facts[19]);
    expect(firstFacts(facts)[20]).toEqual({ name: 'More', value: '180 more, see the links below' });
  });

  it('shortens what nobody reads to its end, between characters', () => {
    const [fact] = firstFacts([{ name: 'n'.repeat(300), value: '🚲'.repeat(500) }]);
    expect(fact!.name).toBe(`${'n'.repeat(99)}…`);
    expect(fact!.value.length).toBeLessThanOrEqual(500);
    expect(fact!.value.isWellFormed()).toBe(true);
    expect(shortSummary('s'.repeat(2_000))).toHaveLength(1_000);
  });
});
