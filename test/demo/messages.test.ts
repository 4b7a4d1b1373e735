import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { writeMessages } from '../../demo/messages.ts';
import type { ReceivedEmail } from '../../demo/stack/smtp-endpoint.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-messages-'));
});
afterAll(() => rm(directory, { recursive: true }));

const slack = [{ receivedAt: new Date(0), body: { text: 'CRITICAL bikes is degraded' } }];
const email: ReceivedEmail = {
  receivedAt: new Date(0),
  from: 'tidewatch@example.org',
  to: ['oncall@example.org'],
  subject: '[critical] bikes is degraded',
  messageId: '<1@example.org>',
  text: 'degraded',
  html: '<p>RMSE is above 75</p>',
  headers: {},
  attachments: [],
  raw: '',
};
const read = (file: string) => readFile(join(directory, file), 'utf8');

it('writes each message to a page, and no page of an earlier demo stays', async () => {
  await writeMessages({ slack, emails: [email, email] }, directory);
  await writeMessages({ slack, emails: [email] }, directory);
  expect(await readdir(directory)).toEqual(['email-01.html', 'slack.html']);
  expect(await read('slack.html')).toContain('CRITICAL bikes is degraded');
  expect(await read('email-01.html')).toMatch(/\[critical\] bikes is degraded.*RMSE is above 75/s);
});
