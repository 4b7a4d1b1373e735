import { describe, expect, it } from 'vitest';

import { alertKey } from '../../../core/alert/alert.ts';
import type { AlertKind } from '../../../core/alert/alert.ts';
import { alertTitle } from '../../../core/alert/title.ts';

const title = (kind: AlertKind, subject: string, event: string): string =>
  alertTitle({ kind, model: 'bike-demand', alertKey: alertKey(kind, 'bike-demand', subject) }, event);

describe('alertTitle', () => {
  it.each<[AlertKind, string, string, string]>([
    ['degradation', 'performance', 'opened', 'is degraded'],
    ['degradation', 'performance', 'resolved', 'is no longer degraded'],
    ['retraining', 'retraining-1', 'promoted', 'has a new champion'],
    ['retraining', 'retraining-1', 'rolled-back', 'has its former champion back'],
    ['restated', 'performance', 'restated.2', 'has a restated verdict'],
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

  it.each([
    [['hum: stuck'], 'has bad data (hum)'],
    [['hum: stuck', 'hum: out of range'], 'has bad data (hum)'],
    [['a: b: stuck', 'temp: out of range', 'number of rows'], 'has bad data (a: b and 2 more)'],
    [['number of rows'], 'has bad data (number of rows)'],
    [[], 'has bad data'],
  ])('names where data are bad by the checks that failed: %j', (checks, words) => {
    const alert = { kind: 'data-quality', model: 'bike-demand' } as const;
    const facts = checks.map((name) => ({ name, value: '...' }));
    const alertKey = 'data-quality:bike-demand:dataset';
    expect(alertTitle({ ...alert, alertKey, facts }, 'opened')).toBe(`bike-demand ${words}`);
    expect(alertTitle({ ...alert, alertKey, facts, actor: 'ana' }, 'acknowledged')).toBe(
      `bike-demand: ana has acknowledged that it ${words}`,
    );
    expect(alertTitle({ ...alert, alertKey, facts }, 'resolved')).toBe('bike-demand has good data again');
  });

  it('takes the words of the trouble for events without words of their own', () => {
    expect(title('degradation', 'performance', 'escalated')).toBe('bike-demand is degraded');
    expect(title('retraining', 'retraining-1', 'started')).toBe('bike-demand is being retrained');
  });

  it.each<[AlertKind, string, string, string]>([
    ['dead-man', 'drift-detection', 'opened', 'drift-detection does not succeed'],
    ['dead-man', 'drift-detection', 'resolved', 'drift-detection no longer fails'],
    ['delivery-failing', 'slack', 'opened', 'Slack does not take its alerts'],
    ['delivery-failing', 'slack', 'reopened', 'Slack refuses its alerts again'],
    ['delivery-failing', 'slack-on-call', 'resolved', 'Slack (on-call) takes its alerts again'],
    ['delivery-failing', 'email', 'repeated', 'the mail server still does not take its alerts'],
  ])('of %s:%s, %s, is said of what fails: %s', (kind, subject, event, words) => {
    expect(title(kind, subject, event)).toBe(`bike-demand: ${words}`);
  });

  it.each<[AlertKind, string, string]>([
    ['degradation', 'performance', 'it is degraded'],
    ['drift', '24h/hum', 'it has drift of hum (last 24 hours)'],
    ['dead-man', 'drift-detection', 'drift-detection does not succeed'],
  ])('of %s:%s says who has acknowledged or closed it', (kind, subject, trouble) => {
    const alert = { kind, model: 'bike-demand', alertKey: alertKey(kind, 'bike-demand', subject) };
    expect(alertTitle({ ...alert, actor: 'ana' }, 'acknowledged.2')).toBe(
      `bike-demand: ana has acknowledged that ${trouble}`,
    );
    expect(alertTitle({ ...alert, actor: 'ana' }, 'resolved')).toBe(
      `bike-demand: ana has closed the alert that ${trouble}`,
    );
  });
});
