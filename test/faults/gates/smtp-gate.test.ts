import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

import { openEmail, type EmailChannel } from '../../../activities/alerts/email.ts';
import { startSmtpEndpoint, type SmtpEndpoint } from '../../../demo/stack/smtp-endpoint.ts';
import { openSmtpGate, type MailMoment, type SmtpGate } from './smtp-gate.ts';

let smtp: SmtpEndpoint;
let gate: SmtpGate;
let email: EmailChannel;
let before: number;
beforeAll(async () => {
  smtp = await startSmtpEndpoint();
  gate = await openSmtpGate();
  gate.leadTo(Number(new URL(smtp.url).port));
  email = openEmail({ smtpUrl: `smtp://127.0.0.1:${gate.port}`, from: 'tidewatch@example.org' });
});
beforeEach(() => {
  before = smtp.messages().length;
});
afterAll(async () => {
  await gate.stop();
  await smtp.stop();
});

const make = () => ({
  messageId: '<one@example.org>',
  subject: 'A report',
  text: 'text',
  html: '',
  attachments: [],
});
const send = (): Promise<void> => email.sendReport({ model: 'rides', make }, 'ops@example.org');

function cutAt(moment: MailMoment): void {
  gate.arm({ moment, wants: () => true, act: () => 'cut' });
}

it('lets a message through', async () => {
  await send();
  expect(smtp.messages()).toHaveLength(before + 1);
});

// A client may send several commands together, and gets their answers in one piece.
it('cuts in a message: the server has not got it', async () => {
  cutAt('mid-message');
  await expect(send()).rejects.toThrow(/closed/);
  expect(smtp.messages()).toHaveLength(before);
});

it('cuts when the server has taken a message: nobody knows', async () => {
  cutAt('taken');
  await expect(send()).rejects.toThrow(/closed/);
  expect(smtp.messages()).toHaveLength(before + 1);
});
