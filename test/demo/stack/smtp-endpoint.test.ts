import { createTransport } from 'nodemailer';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SmtpEndpoint } from '../../../demo/stack/smtp-endpoint.ts';
import { startSmtpEndpoint } from '../../../demo/stack/smtp-endpoint.ts';
import { listens } from './fixtures/remains.ts';

async function endpoint(): Promise<SmtpEndpoint> {
  const smtp = await startSmtpEndpoint();
  onTestFinished(() => smtp.stop());
  return smtp;
}

const MAIL = {
  from: 'Tidewatch <tidewatch@example.com>',
  to: 'anna@example.com',
  subject: 'Änderung in bike-demand',
  text: 'rmse is 41',
};

describe('startSmtpEndpoint', () => {
  it('takes a message and keeps all of it', async () => {
    const smtp = await endpoint();
    await createTransport(smtp.url).sendMail({
      ...MAIL,
      bcc: 'ben@example.com',
      messageId: '<alert-7@tidewatch>',
      html: '<p>rmse is <b>41</b></p>',
      headers: { 'X-Alert-Key': 'degradation:bike-demand' },
      attachments: [{ filename: 'report.csv', content: 'rmse\n41\n' }],
    });
    const [email] = smtp.messages();
    expect(email).toMatchObject({
      receivedAt: expect.any(Date),
      from: 'tidewatch@example.com',
      to: ['anna@example.com', 'ben@example.com'],
      subject: 'Änderung in bike-demand',
      messageId: '<alert-7@tidewatch>',
      text: expect.stringContaining('rmse is 41'),
      html: expect.stringContaining('<b>41</b>'),
      headers: expect.objectContaining({ 'x-alert-key': 'degradation:bike-demand' }),
      attachments: [expect.objectContaining({ filename: 'report.csv', mimeType: 'text/csv' })],
      raw: expect.stringContaining('X-Alert-Key: degradation:bike-demand'),
    });
    expect(email?.raw).not.toContain('ben@example.com');
  });

  it('refuses as it is told, as often as it is told, and takes the next one', async () => {
    const smtp = await endpoint();
    const transport = createTransport(smtp.url);
    smtp.refuseNext({ code: 451, message: '4.3.0 Try again later', times: 2 });
    smtp.refuseNext({ code: 550 });
    for (const responseCode of [451, 451, 550]) {
      await expect(transport.sendMail(MAIL)).rejects.toMatchObject({ responseCode });
    }
    await transport.sendMail(MAIL);
    expect(smtp.messages()).toHaveLength(1);
  });

  it('gives the words of the refusal', async () => {
    const smtp = await endpoint();
    smtp.refuseNext({ code: 552, message: '5.2.2 Mailbox full' });
    await expect(createTransport(smtp.url).sendMail(MAIL)).rejects.toThrow('552 5.2.2 Mailbox full');
  });

  it('stops though a client stays connected', async () => {
    const smtp = await startSmtpEndpoint();
    const pooled = createTransport(smtp.url, { pool: true } as object);
    await pooled.sendMail(MAIL);
    await smtp.stop();
    expect(await listens(Number(new URL(smtp.url).port))).toBe(false);
    pooled.close();
  });
});
