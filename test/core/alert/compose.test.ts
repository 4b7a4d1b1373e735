import { describe, expect, it } from 'vitest';

import { alertsOf, composeMessage } from '../../../core/alert/compose.ts';
import { alertEvent } from '../../activities/alerts/alert-messages.ts';

const report = { label: 'Open the drift report', url: 'https://tidewatch.example.org/reports/drift/1' };
const run = (id: string) => ({ label: 'Open the run', url: `https://temporal.example.org/${id}` });
const drift = (feature: string, given: Parameters<typeof alertEvent>[0] = {}) =>
  alertEvent({
    alertKey: `drift:bike-demand:${feature}`,
    kind: 'drift',
    severity: 'warning',
    title: 'bike-demand has data drift',
    summary: `${feature} drifted`,
    links: [report, run(feature)],
    ...given,
  });

describe('composeMessage', () => {
  it('reads as the event where there is one', () => {
    const event = alertEvent();
    const { title, summary, facts, asOf, links } = event;
    expect(composeMessage([event])).toEqual({
      thread: 'degradation:bike-demand:performance#1',
      status: 'critical',
      title,
      summary,
      facts,
      asOf,
      links,
      events: [event],
    });
  });

  it('counts alerts by how bad they are, the worst first', () => {
    const events = [
      drift('hum'),
      drift('temp', { severity: 'critical' }),
      drift('wind', { event: 'resolved' }),
    ];
    expect(composeMessage(events)).toMatchObject({
      status: 'critical',
      title: 'bike-demand: 3 alerts',
      summary: '1 critical, 1 warning, 1 resolved',
      facts: [
        { name: 'WARNING bike-demand has data drift', value: 'hum drifted' },
        { name: 'CRITICAL bike-demand has data drift', value: 'temp drifted' },
        { name: 'RESOLVED bike-demand has data drift', value: 'wind drifted' },
      ],
      events,
    });
  });

  it('is good news only where all events are', () => {
    const over = drift('hum', { event: 'resolved', severity: 'critical' });
    expect(composeMessage([over, over]).status).toBe('resolved');
    expect(composeMessage([over, drift('temp', { severity: 'info' })]).status).toBe('info');
  });

  it('tells several events of one alert from several alerts, and one model from several', () => {
    expect(composeMessage([drift('hum'), drift('hum', { event: 'escalated' })]).title).toBe(
      'bike-demand: 2 events of one alert',
    );
    expect(composeMessage([drift('hum'), drift('hum', { episode: 2 })]).title).toBe('bike-demand: 2 alerts');
    expect(composeMessage([drift('hum'), alertEvent({ model: 'flights' })]).title).toBe(
      '2 alerts of 2 models',
    );
  });

  it('speaks for the newest instant and links to what all events share', () => {
    const message = composeMessage([drift('hum', { asOf: 2 }), drift('temp', { asOf: 1 })]);
    expect(message.asOf).toBe(2);
    expect(message.links).toEqual([report]);
  });

  it('is one conversation with other messages of its group', () => {
    expect(composeMessage([drift('hum')], { thread: 'route 1: bike-demand' }).thread).toBe(
      'route 1: bike-demand',
    );
  });

  it('cuts 100 kB of detail to what a person reads, and keeps the links that lead to the rest', () => {
    const long = 'x'.repeat(100_000);
    const event = drift('hum', {
      title: long,
      summary: long,
      facts: Array.from({ length: 100 }, () => ({ name: long, value: long })),
    });
    for (const message of [composeMessage([event]), composeMessage([event, event])]) {
      expect(JSON.stringify(message).length).toBeLessThan(40_000);
      expect(message.links).toEqual([report, run('hum')]);
      expect(message.events[0]!.summary).toMatch(/^x{999}…$/);
    }
  });

  it('refuses to make a message of nothing', () => {
    expect(() => composeMessage([])).toThrow('at least one event');
  });
});

describe('alertsOf', () => {
  it('names one alert, and counts the others', () => {
    expect(alertsOf(composeMessage([drift('hum')]))).toBe('drift:bike-demand:hum');
    expect(alertsOf(composeMessage([drift('hum'), drift('hum'), drift('temp'), drift('wind')]))).toBe(
      'drift:bike-demand:hum and 2 more',
    );
  });
});
