import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { emailMessage } from '../../../activities/alerts/email-message.ts';
import { openEmail } from '../../../activities/alerts/email.ts';
import { composeMessage } from '../../../core/alert/compose.ts';
import { startSmtpEndpoint } from '../../../demo/stack/smtp-endpoint.ts';
import type { SmtpEndpoint } from '../../../demo/stack/smtp-endpoint.ts';
import { alertEvent, alertMessage, hostileNames } from './alert-messages.ts';
import { failureOf } from './failures.ts';

const domain = 'example.org';

describe('emailMessage', () => {
  it('has the severity, the title and the reason in the subject', () => {
    expect(emailMessage(alertMessage(), domain).subject).toBe(
      '[critical] bike-demand is degraded: RMSE over 7 days 101.2 is above 75',
    );
  });

  it('says resolved when it is over', () => {
    const { subject } = emailMessage(
      alertMessage({ event: 'resolved', title: 'bike-demand is no longer degraded', summary: 'RMSE is 60' }),
      domain,
    );
    expect(subject).toBe('[resolved] bike-demand is no longer degraded: RMSE is 60');
  });

  it('says the same in text and HTML', () => {
    const { text, html } = emailMessage(alertMessage(), domain);
    for (const part of [
      'CRITICAL',
      'bike-demand is degraded',
      'RMSE over 7 days 101.2 is above 75',
      'Version',
      '101.2',
      'degradation-check%3Abike-demand/run-1/history',
      'As of 2011-05-20T03:40:00Z',
      'To take it: tidewatch alerts acknowledge degradation:bike-demand:performance',
      'degradation:bike-demand:performance',
    ]) {
      expect(text).toContain(part);
      expect(html).toContain(part);
    }
  });

  it('says no instant of what a person has done, which is of the moment that it comes', () => {
    const observed = emailMessage(alertMessage({ event: 'resolved' }), 'example.org');
    const done = emailMessage(alertMessage({ event: 'resolved', by: 'ana' }), 'example.org');
    const footer = 'Alert degradation:bike-demand:performance, episode 1.';
    for (const part of ['text', 'html'] as const) {
      expect(observed[part]).toContain(`As of 2011-05-20T03:40:00Z. ${footer}`);
      expect(done[part]).not.toContain('As of');
      expect(done[part]).toContain(footer);
    }
  });

  it('leaves out the table and the buttons where there is nothing to put in', () => {
    const { text, html } = emailMessage(alertMessage({ facts: [], links: [] }), domain);
    expect(html).not.toContain('<a ');
    expect(html.match(/<td style="padding:6px/g)).toBeNull();
    expect(text).not.toMatch(/\n{3}/);
  });

  it.each(hostileNames)('shows the name %j as it is and lets it do nothing', async (name) => {
    const { subject, html } = emailMessage(
      alertMessage({
        title: name,
        summary: name,
        facts: [{ name, value: name }],
        links: [{ label: name, url: `https://example.org/"${name}` }],
        alertKey: name,
      }),
      domain,
    );
    expect(subject).not.toMatch(/[\r\n]/);
    const bare = html.replaceAll(/="[^"]*"/g, '');
    const markup = bare.match(/<\/?[a-z]+/gi) ?? [];
    expect(new Set(markup.map((tag) => tag.replace('/', '')))).toEqual(
      new Set(['<html', '<head', '<meta', '<title', '<body', '<table', '<tr', '<td', '<p', '<h', '<a']),
    );
    expect(bare.match(/<a href style>/g)).toHaveLength(1);
    expect(bare.match(/<[a-z]+ [^>]*=/gi)).toBeNull();
  });

  it('keeps the subject to 200 characters', () => {
    const { subject } = emailMessage(alertMessage({ summary: '🚲'.repeat(200) }), domain);
    expect(subject.length).toBeLessThanOrEqual(200);
    expect(subject.endsWith('…')).toBe(true);
    expect(subject.isWellFormed()).toBe(true);
  });

  it('has one message id for one event, however often it is made', () => {
    expect(emailMessage(alertMessage(), domain).messageId).toBe(
      emailMessage(alertMessage(), domain).messageId,
    );
  });

  it('has the same message id wherever the worker that sends it has its pages', () => {
    const elsewhere = alertMessage({
      links: [{ label: 'Open the drift report', url: 'http://127.0.0.1:2/' }],
    });
    expect(emailMessage(elsewhere, domain).messageId).toBe(emailMessage(alertMessage(), domain).messageId);
  });

  it('has another message id for another event, episode, alert or run, also where the names look alike', () => {
    const ids = [
      alertMessage(),
      alertMessage({ event: 'resolved' }),
      alertMessage({ episode: 2 }),
      alertMessage({ alertKey: 'degradation:bike-demand:other' }),
      alertMessage({ alertKey: 'degradation-bike-demand-performance' }),
      alertMessage({ runId: 'run-2' }),
    ].map((alert) => emailMessage(alert, domain).messageId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^<[A-Za-z0-9.-]+@example\.org>$/);
  });

  it('threads the events of an episode, and only these', () => {
    const { references } = emailMessage(alertMessage(), domain);
    expect(references).toMatch(/^<[A-Za-z0-9.-]+@example\.org>$/);
    expect(emailMessage(alertMessage({ event: 'resolved', links: [] }), domain).references).toBe(references);
    expect(emailMessage(alertMessage({ episode: 2 }), domain).references).not.toBe(references);
  });
});

describe('openEmail', () => {
  let endpoint: SmtpEndpoint;
  beforeAll(async () => {
    endpoint = await startSmtpEndpoint();
  });
  afterAll(() => endpoint.stop());

  const open = () => openEmail({ smtpUrl: endpoint.url, from: 'Tidewatch <tidewatch@example.org>' });

  it('sends text and HTML to every address, with id, thread and a mark that keeps robots from answering', async () => {
    const noted = await open().send(alertMessage(), 'a@example.org, b@example.org');
    const sent = emailMessage(alertMessage(), domain);
    const received = endpoint.messages().at(-1)!;
    expect(noted).toEqual({});
    expect(received.to).toEqual(['a@example.org', 'b@example.org']);
    expect(received.from).toBe('tidewatch@example.org');
    expect(received.subject).toBe(sent.subject);
    expect(received.text.trim()).toBe(sent.text.trim());
    expect(received.html.trim()).toBe(sent.html.trim());
    expect(received.messageId).toBe(sent.messageId);
    expect(received.headers['references']).toBe(sent.references);
    expect(received.headers['auto-submitted']).toBe('auto-generated');
  });

  it('lets no name or address add a header or a recipient', async () => {
    const injected = 'x\r\nBcc: victim@example.org\r\n\r\nbody';
    await open().send(
      alertMessage({ model: injected, title: injected, summary: injected, alertKey: injected }),
      'a@example.org',
    );
    const received = endpoint.messages().at(-1)!;
    expect(received.to).toEqual(['a@example.org']);
    expect(received.headers).not.toHaveProperty('bcc');
    const email = await PostalMime.parse(received.raw);
    expect(email.subject).toBe('[critical] x Bcc: victim@example.org body: x Bcc: victim@example.org body');
  });

  it('fails with the words of the server, so that it is tried again', async () => {
    endpoint.refuseNext({ code: 451, message: 'Greylisted' });
    await expect(open().send(alertMessage(), 'a@example.org')).rejects.toMatchObject({
      code: 'DELIVERY_FAILED',
      retryable: true,
      message: expect.stringMatching(/^The mail server did not accept .*451 Greylisted/),
    });
  });

  it('carries the metric with its limit as a picture inside of it, and says it in words', async () => {
    const points = [58, 60, 72, 101].map((value, n) => [Date.UTC(2011, 4, 17 + n), value] as const);
    const series = { label: 'RMSE over 7 days', limit: 75, points };
    await open().send(composeMessage([alertEvent()], { series }), 'a@example.org');
    const { html, text, attachments } = endpoint.messages().at(-1)!;
    const words = 'RMSE over 7 days: 58 on 2011-05-17, 101 on 2011-05-20, limit 75';
    expect(text).toContain(words);
    const [, contentId, alt] = /<img src="cid:([^"]*)" alt="([^"]*)"/.exec(html)!;
    expect(alt).toBe(words);
    const [picture] = attachments;
    expect(attachments).toHaveLength(1);
    expect(picture).toMatchObject({
      mimeType: 'image/png',
      disposition: 'inline',
      contentId: `<${contentId}>`,
    });
    const png = Buffer.from(picture!.content as ArrayBuffer);
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1_200, 440]);
    expect(png.length).toBeLessThan(100_000);
  });

  it('tells of several events in text and HTML, in one conversation', async () => {
    const names = ['hum', 'temp'];
    const events = names.map((name) =>
      alertEvent({ kind: 'drift', alertKey: `drift:bike-demand:${name}`, summary: `${name} drifted` }),
    );
    await open().send(composeMessage(events, { thread: 'alerts/oncall bikes' }), 'a@example.org');
    const { subject, html, text, headers } = endpoint.messages().at(-1)!;
    expect(subject).toBe('[critical] bike-demand: 2 alerts (drift of hum, temp): 2 critical');
    for (const part of [html, text]) for (const name of names) expect(part).toContain(`${name} drifted`);
    const other = emailMessage(composeMessage(events.slice(1), { thread: 'alerts/oncall bikes' }), domain);
    expect(headers['references']).toBe(other.references);
    expect(headers['in-reply-to']).toBe(other.references);
  });

  it('gives each of several events the links of its own, and those they share once', async () => {
    const shared = { label: 'Open the drift report', url: 'https://tidewatch.example.org/reports/drift/1' };
    const events = ['hum', 'temp'].map((name) =>
      alertEvent({
        alertKey: `drift:bikes:${name}`,
        summary: `${name} drifted`,
        links: [shared, { label: 'Open the run', url: `https://temporal.example.org/${name}?a=1&b` }],
      }),
    );
    await open().send(composeMessage(events), 'a@example.org');
    const { html, text } = endpoint.messages().at(-1)!;
    expect(text).toContain(
      [
        'CRITICAL bike-demand is degraded: hum drifted',
        '  Open the run: https://temporal.example.org/hum?a=1&b',
        'CRITICAL bike-demand is degraded: temp drifted',
        '  Open the run: https://temporal.example.org/temp?a=1&b',
        '',
        `Open the drift report: ${shared.url}`,
      ].join('\n'),
    );
    const hrefs = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    expect(hrefs).toEqual([
      'https://temporal.example.org/hum?a=1&amp;b',
      'https://temporal.example.org/temp?a=1&amp;b',
      shared.url,
    ]);
  });

  it.each([
    [451, 'DELIVERY_FAILED'],
    [550, 'DELIVERY_REFUSED'],
  ])('after a %d of the server ends in %s', async (code, expected) => {
    endpoint.refuseNext({ code, message: 'No' });
    expect(await failureOf(open().send(alertMessage(), 'a@example.org'))).toMatchObject({ code: expected });
  });

  it('tells no password in an error', async () => {
    const gone = await startSmtpEndpoint();
    await gone.stop();
    const smtpUrl = gone.url.replace('smtp://', 'smtp://me:hunter2@');
    const error = await failureOf(
      openEmail({ smtpUrl, from: 'tidewatch@example.org' }).send(alertMessage(), 'a@example.org'),
    );
    expect(JSON.stringify([error.message, error.details, error.cause])).not.toContain('hunter2');
  });

  it('says why it could not connect', async () => {
    const gone = await startSmtpEndpoint();
    await gone.stop();
    const email = openEmail({ smtpUrl: gone.url, from: 'tidewatch@example.org' });
    await expect(email.send(alertMessage(), 'a@example.org')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('names the addresses that were refused when the others have the message', async () => {
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onRcptTo: ({ address }, _session, done) =>
        done(
          address.startsWith('gone') ? Object.assign(new Error('no such user'), { responseCode: 550 }) : null,
        ),
      onData: (stream, _session, done) => {
        stream.resume();
        stream.on('end', () => done());
      },
    });
    const port = await new Promise<number>((resolve) => {
      const listening = server.listen(0, '127.0.0.1', () => {
        const address = listening.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const email = openEmail({ smtpUrl: `smtp://127.0.0.1:${port}`, from: 'tidewatch@example.org' });
    expect(await email.send(alertMessage(), 'a@example.org, gone@example.org')).toEqual({
      notice: 'refused for gone@example.org',
    });
    await new Promise<void>((resolve) => server.close(resolve));
  });
});
