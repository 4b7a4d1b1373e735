import { inflateSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openEmail } from '../../../activities/alerts/email.ts';
import { reportEmail } from '../../../activities/performance-report/email.ts';
import type { PerformanceReport } from '../../../console/performance-report/performance-report.ts';
import type { SmtpEndpoint } from '../../../demo/stack/smtp-endpoint.ts';
import { startSmtpEndpoint } from '../../../demo/stack/smtp-endpoint.ts';
import { bikes, flights, nothing, wide } from '../../console/performance-report/sample-reports.ts';

const domain = 'example.org';
const address = 'bikes-team@example.org';
const url = 'http://127.0.0.1:9464/reports/performance/bike-demand/2011-05-13T00:00:00Z/2011-05-20T00:00:00Z';
const html = '<!doctype html><h1>the whole report</h1>';
const made = (report: PerformanceReport) => reportEmail({ report, html, url, address }, domain);

describe('the message', () => {
  it('says in its subject which model, what about it, and of which week', () => {
    expect(made(bikes).subject).toBe('bike-demand: degraded since 2011-05-17, week to 2011-05-20');
    expect(made(flights).subject).toBe('flight-delay: not degraded, week to 2011-05-20');
    expect(made(nothing).subject).toBe('new-model: not judged, week to 2024-01-08');
  });

  it('says the same in text and HTML', () => {
    const { text, html: page } = made(bikes);
    for (const part of [
      'bike-demand: degraded since 2011-05-17',
      'RMSE 78.5 (70.7 to 86.4), 22% better than the reference 101.',
      'RMSE over 7 days 80.14 is above 80 (148 outcomes, coverage 88.1%).',
      '168 outcomes of 168 predictions (100%); more may come',
      'workingday=0: 92.4 (81.3 to 103)',
      '3 of 5 features drifted (60%), more than 50%',
      '1 retraining',
      url,
      'Performance of 2011-05-13 to 2011-05-20 (UTC). The whole report is attached.',
    ]) {
      expect(text).toContain(part);
      expect(page).toContain(part);
    }
  });

  it('puts the picture into words for those who do not see it', () => {
    const { text, html: page } = made(bikes);
    const words = 'RMSE over 7 days, 56 windows from 2011-03-26 to 2011-05-20';
    expect(text).toContain(words);
    expect(page).toMatch(new RegExp(`<img src="cid:[^"]+" alt="${words}[^"]*"`));
  });

  it('goes without a picture where there is no trend', () => {
    const { html: page, attachments } = made(nothing);
    expect(page).not.toContain('<img');
    expect(attachments.map(({ contentType }) => contentType)).toEqual(['text/html; charset=utf-8']);
  });

  it('lets a name do nothing', () => {
    const { subject, html: page } = made(wide);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(page).not.toMatch(/<script|onerror=alert\(1\)>(?!&)/);
    expect(page.match(/<img/g)).toHaveLength(1);
  });

  it('has one id a report and address, however often it is made', () => {
    const ids = [
      made(bikes),
      made({ ...bikes, verdict: { level: 'ok', reason: 'restated' } }),
      reportEmail({ report: bikes, html, url, address: 'other@example.org' }, domain),
      made({ ...bikes, model: 'other' }),
      made({ ...bikes, window: { ...bikes.window, end: '2011-05-21T00:00:00Z' } }),
    ].map(({ messageId }) => messageId);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^<[A-Za-z0-9.-]+@example\.org>$/);
  });
});

describe('openEmail', () => {
  let endpoint: SmtpEndpoint;
  beforeAll(async () => {
    endpoint = await startSmtpEndpoint();
  });
  afterAll(() => endpoint.stop());

  const send = (report: PerformanceReport): Promise<void> =>
    openEmail({ smtpUrl: endpoint.url, from: 'Tidewatch <tidewatch@example.org>' }).sendReport(
      {
        model: report.model,
        make: (from) => reportEmail({ report, html, url, address }, from),
      },
      address,
    );

  it('sends the report with the trend inside of it and the whole page beside it', async () => {
    await send(bikes);
    const received = endpoint.messages().at(-1)!;
    expect(received.to).toEqual([address]);
    expect(received.subject).toBe(made(bikes).subject);
    expect(received.messageId).toBe(made(bikes).messageId);
    expect(received.headers['auto-submitted']).toBe('auto-generated');
    expect(received.text.trim()).toBe(made(bikes).text.trim());

    const [picture, page] = received.attachments;
    expect(picture).toMatchObject({ mimeType: 'image/png', disposition: 'inline', related: true });
    const [, contentId] = /src="cid:([^"]*)"/.exec(received.html)!;
    expect(picture!.contentId).toBe(`<${contentId}>`);
    expect(page).toMatchObject({
      filename: 'bike-demand-performance-2011-05-20.html',
      disposition: 'attachment',
    });
    expect(new TextDecoder().decode(page!.content as ArrayBuffer)).toBe(html);
  });

  it('sends a PNG of sane size that holds a picture', async () => {
    await send(flights);
    const [picture] = endpoint.messages().at(-1)!.attachments;
    const png = Buffer.from(picture!.content as ArrayBuffer);
    const { width, height, colors } = decodePng(png);
    expect([width, height]).toEqual([1200, 560]);
    expect(png.length).toBeLessThan(200_000);
    // White, the grid, axes, texts, the line and the band over all of these.
    expect(colors).toBeGreaterThan(50);
  });

  it('fails with the words of the server, so that it is tried again', async () => {
    endpoint.refuseNext({ code: 451, message: 'Greylisted' });
    await expect(send(bikes)).rejects.toMatchObject({
      code: 'REPORT_NOT_SENT',
      retryable: true,
      message: expect.stringMatching(/the report of "bike-demand" .*451 Greylisted/),
    });
  });
});

/** Size of a PNG with 8 bits a channel, and how many different runs of 4 bytes its lines hold. */
function decodePng(png: Buffer): { width: number; height: number; colors: number } {
  expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const lines = inflateSync(Buffer.concat(parts));
  expect(lines.length).toBe(height * (4 * width + 1));
  const seen = new Set<number>();
  for (let at = 1; at + 4 <= lines.length; at += 4) seen.add(lines.readUInt32BE(at));
  return { width, height, colors: seen.size };
}
