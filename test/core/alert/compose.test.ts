import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { severities } from '../../../core/alert/alert.ts';
import { alertsOf, commandToTake, composeMessage, linksOfFacts } from '../../../core/alert/compose.ts';
import { alertStatus } from '../../../core/alert/message.ts';
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
      title: 'bike-demand: 3 alerts (drift of temp, hum, wind)',
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

  it('reads of several events of one alert as the newest of them', () => {
    const over = { title: 'bike-demand has no data drift any more', summary: 'hum is as it was' };
    const events = [
      drift('hum', { severity: 'critical' }),
      drift('hum', { severity: 'critical', event: 'resolved', ...over }),
    ];
    expect(composeMessage(events)).toMatchObject({
      status: 'resolved',
      ...over,
      facts: [
        { name: 'CRITICAL bike-demand has data drift', value: 'hum drifted' },
        { name: 'RESOLVED bike-demand has no data drift any more', value: 'hum is as it was' },
      ],
    });
  });

  it('counts an alert that has opened and is over again as resolved', () => {
    const events = [
      drift('hum', { severity: 'critical' }),
      drift('temp'),
      drift('hum', { severity: 'critical', event: 'resolved' }),
    ];
    expect(composeMessage(events)).toMatchObject({
      status: 'warning',
      title: 'bike-demand: 2 alerts (drift of temp, hum)',
      summary: '1 warning, 1 resolved',
    });
  });

  it('is as bad as the worst of the alerts, each by its newest event', () => {
    const anyEvent = fc.record({
      feature: fc.constantFrom('hum', 'temp', 'wind'),
      event: fc.constantFrom('opened', 'escalated', 'repeated.2', 'acknowledged', 'resolved', 'resolved.2'),
      severity: fc.constantFrom(...severities),
    });
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 12 }), (given) => {
        const events = given.map(({ feature, ...event }) => drift(feature, event));
        const order = ['resolved', ...severities];
        const newest = events.filter(
          ({ alertKey }, i) => !events.slice(i + 1).some((later) => later.alertKey === alertKey),
        );
        const ranks = newest.map((event) => order.indexOf(alertStatus(event)));
        expect(composeMessage(events).status).toBe(order[Math.max(...ranks)]);
      }),
    );
  });

  it('tells several alerts from one, and one model from several', () => {
    expect(composeMessage([drift('hum'), drift('hum', { episode: 2 })]).title).toBe(
      'bike-demand: 2 alerts (drift of hum)',
    );
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

  it('links to the page where events lead to several places of it', () => {
    const place = (anchor: string) => ({ ...report, url: `${report.url}#${anchor}` });
    const message = composeMessage([
      drift('hum', { links: [place('hum')] }),
      drift('temp', { links: [place('temp')] }),
    ]);
    expect(message.links).toEqual([report]);
    expect(linksOfFacts(message)).toEqual([[place('hum')], [place('temp')]]);
  });

  it('cuts 100 kB of detail to what a person reads, and keeps the links that lead to the rest', () => {
    const long = 'x'.repeat(100_000);
    const event = drift('hum', {
      title: long,
      summary: long,
      facts: Array.from({ length: 100 }, () => ({ name: long, value: long })),
    });
    for (const message of [composeMessage([event]), composeMessage([event, { ...event, episode: 2 }])]) {
      expect(JSON.stringify(message).length).toBeLessThan(40_000);
      expect(message.links).toEqual([report, run('hum')]);
      expect(message.events[0]!.summary).toMatch(/^x{999}…$/);
    }
  });

  it('refuses to make a message of nothing', () => {
    expect(() => composeMessage([])).toThrow('at least one event');
  });
});

describe('linksOfFacts', () => {
  it('are those of each event that not all share, as far as events are listed', () => {
    const events = Array.from({ length: 22 }, (_, n) => drift(`f${n}`));
    const links = linksOfFacts(composeMessage(events));
    expect(links).toHaveLength(21);
    expect(links[0]).toEqual([run('f0')]);
    expect(links[19]).toEqual([run('f19')]);
    expect(links[20]).toEqual([]);
  });

  it('are none of the facts of a single event, whose links stand below', () => {
    const facts = [{ name: 'Version', value: '3' }];
    expect(linksOfFacts(composeMessage([drift('hum', { facts })]))).toEqual([[]]);
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

describe('commandToTake', () => {
  const commandOf = (...events: Parameters<typeof composeMessage>[0]) =>
    commandToTake(composeMessage(events));

  it('is that of the one alert', () => {
    expect(commandOf(drift('hum'), drift('hum', { event: 'escalated', severity: 'critical' }))).toBe(
      'tidewatch alerts acknowledge drift:bike-demand:hum',
    );
  });

  it('quotes what a shell would read otherwise, and leaves out what it could not quote', () => {
    expect(commandOf(drift('wind speed'))).toBe(
      "tidewatch alerts acknowledge 'drift:bike-demand:wind speed'",
    );
    expect(commandOf(drift('$(reboot)'))).toBe("tidewatch alerts acknowledge 'drift:bike-demand:$(reboot)'");
    expect(commandOf(drift("x'; reboot '"))).toBeUndefined();
    expect(commandOf(drift('x\nreboot'))).toBeUndefined();
  });

  it('is none where there are several alerts, or nothing to take', () => {
    expect(commandOf(drift('hum'), drift('temp'))).toBeUndefined();
    expect(commandOf(drift('hum', { severity: 'info' }))).toBeUndefined();
    for (const event of ['acknowledged', 'resolved', 'restated'])
      expect(commandOf(drift('hum', { event }))).toBeUndefined();
  });
});
