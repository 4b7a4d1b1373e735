import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { alertmanagerAlerts, openAlertmanager } from '../../../activities/alerts/alertmanager.ts';
import { runbookLabel } from '../../../core/alert/runbooks.ts';
import { hourMs } from '../../../core/window.ts';
import { until } from '../../../demo/stack/until.ts';
import {
  alertmanagerCommand,
  startTestAlertmanager,
  type TestAlertmanager,
} from '../../setup/alertmanager.ts';
import { startHttpEndpoint } from '../../setup/http-endpoint.ts';
import { alertEvent, alertMessage, hostileNames } from './alert-messages.ts';
import { failureOf } from './failures.ts';

const now = Date.UTC(2011, 4, 20, 4);
const firing = (given: Parameters<typeof alertEvent>[0] = {}) =>
  alertmanagerAlerts(alertEvent(given), now).filter(({ endsAt }) => Date.parse(endsAt) > now);

describe('alertmanagerAlerts', () => {
  it('fires with labels to route by, words to read and a link, for far longer than repetitions wait', () => {
    const [link] = alertEvent().links;
    expect(firing({ labels: { team: 'bikes', kind: 'own' } })).toEqual([
      {
        labels: {
          alertname: 'TidewatchDegradation',
          team: 'bikes',
          kind: 'degradation',
          model: 'bike-demand',
          subject: 'performance',
          severity: 'critical',
          source: 'tidewatch',
        },
        annotations: {
          summary: 'bike-demand is degraded',
          description: 'RMSE over 7 days 101.2 is above 75',
          open_the_run_in_temporal: link!.url,
        },
        startsAt: '2011-05-20T03:40:00.000Z',
        endsAt: '2011-06-19T04:00:00.000Z',
        generatorURL: link!.url,
      },
    ]);
  });

  it('names its runbook as rules of Prometheus do', () => {
    const link = { label: runbookLabel, url: 'https://wiki.example.org/ModelDegradation.md' };
    const [{ annotations } = { annotations: {} }] = firing({ links: [link] });
    expect(annotations).toMatchObject({ runbook_url: link.url });
  });

  it('fires in one severity and ends in the others, so that one that got worse is not there twice', () => {
    const severitiesOf = (event: string): string[] =>
      firing({ event, severity: 'critical' }).map(({ labels }) => labels['severity']!);
    expect(severitiesOf('escalated')).toEqual(['critical']);
    expect(severitiesOf('acknowledged.1')).toEqual(['critical']);
    expect(severitiesOf('resolved')).toEqual([]);
    expect(alertmanagerAlerts(alertEvent(), now)).toHaveLength(3);
  });

  it('ends in every severity what fires with labels that the monitor had before', () => {
    const formerLabels = [{ team: 'bikes' }];
    const alerts = alertmanagerAlerts(alertEvent({ labels: { team: 'rides' }, formerLabels }), now);
    const told = alerts.map(({ labels, endsAt }) => [labels['team'], Date.parse(endsAt) > now]);
    expect(told.filter(([, fires]) => fires)).toEqual([['rides', true]]);
    expect(told.filter(([team]) => team === 'bikes')).toHaveLength(3);
  });

  it('does not begin in the future, whatever an alert speaks for', () => {
    expect(firing({ asOf: now + 86_400_000 })[0]!.startsAt).toBe('2011-05-20T04:00:00.000Z');
  });
});

describe.skipIf(alertmanagerCommand === undefined)(
  'a real Alertmanager (skipped without one on the PATH: apt-get install prometheus-alertmanager)',
  () => {
    let alertmanager: TestAlertmanager;
    beforeAll(async () => {
      alertmanager = await startTestAlertmanager(alertmanagerCommand!);
    }, 60_000);
    afterAll(() => alertmanager.stop());

    const send = (
      given: Parameters<typeof alertEvent>[0],
      { url = alertmanager.url, skewMs = 0 }: { readonly url?: string; readonly skewMs?: number } = {},
    ) =>
      openAlertmanager({ urls: [url], now: () => Date.now() + skewMs }).send(alertMessage(given), 'default');
    const activeOf = async (subject: string) =>
      (await alertmanager.active()).filter(({ labels }) => labels['subject'] === subject);
    const toldOf = (subject: string) =>
      alertmanager
        .told()
        .filter(({ labels }) => labels['subject'] === subject)
        .map(({ status, labels }) => `${status} ${labels['severity']}`);
    const untilTold = (subject: string, count: number) =>
      until(async () => toldOf(subject).length >= count, 20_000, new AbortController().signal);
    const about = (subject: string) => ({ alertKey: `degradation:bike-demand:${subject}` });

    it('fires from the opening on, tells once however often it is repeated, and moves its end', async () => {
      await send(about('kept'));
      await untilTold('kept', 1);
      const [first] = await activeOf('kept');
      await send({ ...about('kept'), event: 'repeated.1' });
      const [second] = await activeOf('kept');
      expect(second!.startsAt).toBe(first!.startsAt);
      expect(Date.parse(second!.endsAt)).toBeGreaterThan(Date.parse(first!.endsAt));
      expect(toldOf('kept')).toEqual(['firing critical']);
    });

    it('follows an alert through its severities to its end', async () => {
      await send({ ...about('life'), severity: 'warning' });
      await untilTold('life', 1);
      await send({ ...about('life'), severity: 'critical', event: 'escalated' });
      await untilTold('life', 3);
      expect((await activeOf('life')).map(({ labels }) => labels['severity'])).toEqual(['critical']);
      await send({ ...about('life'), severity: 'critical', event: 'resolved' });
      await untilTold('life', 4);
      expect(await activeOf('life')).toEqual([]);
      expect(toldOf('life').toSorted()).toEqual([
        'firing critical',
        'firing warning',
        'resolved critical',
        'resolved warning',
      ]);
    });

    it('fires once where the labels of its monitor have changed, and ends by both', async () => {
      const [bikes, rides] = [{ team: 'bikes' }, { team: 'rides' }];
      await send({ ...about('relabelled'), labels: bikes });
      await untilTold('relabelled', 1);
      await send({ ...about('relabelled'), labels: rides, formerLabels: [bikes], event: 'repeated.1' });
      await untilTold('relabelled', 3);
      expect((await activeOf('relabelled')).map(({ labels }) => labels['team'])).toEqual(['rides']);
      await send({ ...about('relabelled'), labels: rides, formerLabels: [bikes], event: 'resolved' });
      await untilTold('relabelled', 4);
      expect(await activeOf('relabelled')).toEqual([]);
      const teams = alertmanager.told().filter(({ labels }) => labels['subject'] === 'relabelled');
      expect(teams.map(({ status, labels }) => `${status} ${labels['team']}`).toSorted()).toEqual([
        'firing bikes',
        'firing rides',
        'resolved bikes',
        'resolved rides',
      ]);
    });

    it.each([
      ['ahead', hourMs],
      ['behind', -hourMs],
    ])('fires and ends at once where the clock of the worker is %s by an hour', async (subject, skewMs) => {
      const asOf = Date.now() + Math.min(0, skewMs) - 60_000;
      await send({ ...about(subject), asOf }, { skewMs });
      await untilTold(subject, 1);
      await send({ ...about(subject), asOf: asOf + 1_000, event: 'resolved' }, { skewMs });
      await untilTold(subject, 2);
      expect(toldOf(subject)).toEqual(['firing critical', 'resolved critical']);
      expect(await activeOf(subject)).toEqual([]);
    });

    it('is taken with any name and with 100 kB of detail', async () => {
      for (const name of hostileNames) {
        await send({ model: name, alertKey: `degradation:${name}:x`, title: name, summary: name });
      }
      await send({ ...about('long'), summary: 'x'.repeat(100_000) });
      expect((await activeOf('long'))[0]!.annotations['description']!.length).toBeLessThanOrEqual(1_000);
    });

    it('refuses what it cannot read, which is not tried again', async () => {
      const error = await failureOf(send({ labels: { 'not a label': 'x' } }));
      expect(error).toMatchObject({ code: 'DELIVERY_REFUSED' });
      expect(error.message).toMatch(/HTTP 400.*correct ALERTMANAGER_URL/);
    });

    it('is not found behind a path that it does not have', async () => {
      expect(await failureOf(send({}, { url: `${alertmanager.url}/elsewhere/` }))).toMatchObject({
        code: 'DELIVERY_REFUSED',
      });
    });
  },
);

describe('openAlertmanager', () => {
  it('keeps the path in front of the API, and the password out of the address', async () => {
    const proxy = await startHttpEndpoint(() => ({ status: 200 }));
    const url = `${proxy.origin}/alertmanager/`.replace('http://', 'http://me:hunter2@');
    await openAlertmanager({ urls: [url] }).send(alertMessage(), 'default');
    const [request] = proxy.requests();
    await proxy.stop();
    expect(request!.path).toBe('/alertmanager/api/v2/alerts');
    expect(request!.headers.authorization).toBe(`Basic ${btoa('me:hunter2')}`);
  });

  it('tells every instance of a cluster, is content with one, and says which was away', async () => {
    const [one, other] = await Promise.all([
      startHttpEndpoint(() => ({ status: 200 })),
      startHttpEndpoint(() => ({ status: 200 })),
    ]);
    const channel = openAlertmanager({ urls: [one.origin, other.origin] });
    expect(await channel.send(alertMessage(), 'default')).toEqual({});
    expect([one.requests().length, other.requests().length]).toEqual([1, 1]);
    await one.stop();
    expect(await channel.send(alertMessage(), 'default')).toEqual({
      notice: expect.stringMatching(/^1 of 2 instances did not take it: .*ECONNREFUSED/),
    });
    other.answerNext({ status: 400 });
    // The one that is away may take it later.
    expect(await failureOf(channel.send(alertMessage(), 'default'))).toMatchObject({
      code: 'DELIVERY_FAILED',
    });
    await other.stop();
  });

  it('is tried again where it is away', async () => {
    const gone = await startHttpEndpoint(() => ({ status: 200 }));
    await gone.stop();
    const error = await failureOf(openAlertmanager({ urls: [gone.origin] }).send(alertMessage(), 'default'));
    expect(error).toMatchObject({ code: 'DELIVERY_FAILED' });
    expect(error.message).toMatch(/^Alertmanager did not accept .*ECONNREFUSED/);
  });
});
