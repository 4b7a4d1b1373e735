import { describe, expect, it } from 'vitest';

import { alertKey } from '../../../core/alert/alert.ts';
import type { AlertKind } from '../../../core/alert/alert.ts';
import { alertStatus, alertTitle, firstFacts, oneLine, shortSummary } from '../../../core/alert/message.ts';

const title = (kind: AlertKind, subject: string, event: string): string =>
  alertTitle({ kind, model: 'bike-demand', alertKey: alertKey(kind, 'bike-demand', subject) }, event);

describe('alertTitle', () => {
  it.each<[AlertKind, string, string, string]>([
    ['degradation', 'performance', 'opened', 'is degraded'],
    ['degradation', 'performance', 'resolved', 'is no longer degraded'],
    ['retraining', 'retraining-1', 'promoted', 'has a new champion'],
    ['retraining', 'retraining-1', 'rolled-back', 'has its former champion back'],
    ['restated', 'performance', 'restated.2', 'has a restated verdict'],
    ['dead-man', 'drift-detection', 'resolved', 'no longer waits for a process'],
    ['retraining', 'retraining-1', 'failed', 'could not be retrained'],
    ['drift', 'hum', 'opened', 'has drift of hum'],
    ['drift', '24h/hum', 'opened', 'has drift of hum (last 24 hours)'],
    ['drift', 'hum', 'reopened', 'has drift of hum again'],
    ['drift', 'hum', 'resolved', 'has no drift of hum any more'],
    ['dataset-drift', 'dataset', 'repeated', 'still has data drift'],
    ['dataset-drift', 'dataset/season=1', 'opened', 'has data drift in season=1'],
    ['prediction-drift', 'prediction', 'opened', 'has prediction drift'],
    ['prediction-drift', 'confidence', 'opened', 'has drift of its confidence'],
    ['actuals-drift', 'actual', 'opened', 'has drift of its actuals'],
    ['missing-data', 'hum', 'opened', 'has missing values of hum'],
    ['missing-data', 'hum', 'resolved', 'has the values of hum again'],
    ['freshness', 'predictions', 'opened', 'has stale predictions'],
    ['freshness', 'actuals', 'resolved', 'has fresh actuals again'],
  ])('of %s:%s, %s: %s', (kind, subject, event, words) => {
    expect(title(kind, subject, event)).toBe(`bike-demand ${words}`);
  });

  it('takes the words of the trouble for events without words of their own', () => {
    expect(title('degradation', 'performance', 'escalated')).toBe('bike-demand is degraded');
    expect(title('retraining', 'retraining-1', 'started')).toBe('bike-demand is being retrained');
  });
});

describe('alertStatus', () => {
  it('is the severity while there is trouble', () => {
    expect(alertStatus({ event: 'escalated', severity: 'critical' })).toBe('critical');
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
