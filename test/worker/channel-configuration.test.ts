import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readConfiguration } from '../../worker/configuration.ts';

const DATABASE_URL = 'postgres://tidewatch@127.0.0.1:5432/tidewatch';
const key = '0123456789abcdef0123456789abcdef';
const secret = `whsec_${Buffer.from('a secret of twenty-five bytes').toString('base64')}`;

/** Each refused, and each with the secret `hunter2`. */
const refusedWithSecrets = {
  DATABASE_URL: 'mysql://me:hunter2@db',
  SLACK_WEBHOOK_URL: 'http://hooks.example/hunter2',
  PAGERDUTY_ROUTING_KEY: 'hunter2',
  WEBHOOK_URL: 'http://x.example/hunter2',
  WEBHOOK_SECRET: 'hunter2',
  ALERTMANAGER_URL: 'http://me:hunter2@x.example',
  SMTP_URL: 'mail://me:hunter2@mail',
};

const channelsOf = (environment: Readonly<Record<string, string>>) =>
  readConfiguration({ DATABASE_URL, ...environment }).channels;
const problemOf = (environment: Readonly<Record<string, string>>): string => {
  try {
    channelsOf(environment);
  } catch (error) {
    return String(error);
  }
  throw new Error('the environment was taken');
};

describe('the channels of an environment', () => {
  it('are those that it names, each with its recipients', () => {
    expect(
      channelsOf({
        SLACK_WEBHOOK_URL: 'https://hooks.slack.example/a',
        SLACK_WEBHOOK_URL_ON_CALL: 'https://hooks.slack.example/b',
        PAGERDUTY_ROUTING_KEY_BIKES: key,
        PAGERDUTY_EVENTS_URL: 'https://events.eu.pagerduty.com/v2/enqueue',
        WEBHOOK_URL: 'http://127.0.0.1:8080/',
        WEBHOOK_URL_SMS: 'https://sms.example.org/',
        WEBHOOK_SECRET: secret,
        WEBHOOK_SECRET_SMS: `${secret} ${secret}`,
        ALERTMANAGER_URL: 'http://alertmanager-1:9093, http://alertmanager-2:9093',
        SMTP_URL: 'smtp://mail.example.org:587',
        SLACK_WEBHOOK_URL_UNUSED: '',
      }),
    ).toEqual({
      slack: {
        default: { webhookUrl: 'https://hooks.slack.example/a' },
        'on-call': { webhookUrl: 'https://hooks.slack.example/b' },
      },
      pagerduty: {
        bikes: { routingKey: key, eventsUrl: 'https://events.eu.pagerduty.com/v2/enqueue' },
      },
      webhook: {
        default: { url: 'http://127.0.0.1:8080/', secrets: [secret] },
        sms: { url: 'https://sms.example.org/', secrets: [secret, secret] },
      },
      alertmanager: { default: { urls: ['http://alertmanager-1:9093', 'http://alertmanager-2:9093'] } },
      email: { smtpUrl: 'smtp://mail.example.org:587', from: 'Tidewatch <tidewatch@localhost>' },
    });
  });

  it('sign for a recipient with the common secret where it has none of its own', () => {
    const { webhook } = channelsOf({ WEBHOOK_URL_SMS: 'https://sms.example.org/', WEBHOOK_SECRET: secret });
    expect(webhook).toEqual({ sms: { url: 'https://sms.example.org/', secrets: [secret] } });
  });

  it.each([
    [{ SLACK_WEBHOOK_URL: 'hooks' }, 'SLACK_WEBHOOK_URL: write a URL that begins with https://'],
    [{ SLACK_WEBHOOK_URL: 'ftp://x.example/' }, 'SLACK_WEBHOOK_URL: write a URL that begins with https://'],
    [
      { SLACK_WEBHOOK_URL_A: 'http://x.example/' },
      'SLACK_WEBHOOK_URL_A: write https:// in the place of http://',
    ],
    [{ SLACK_WEBHOOK_URL: 'http://127.0.0.1.x.example/' }, 'SLACK_WEBHOOK_URL: write https://'],
    [{ PAGERDUTY_EVENTS_URL: 'http://x.example/' }, 'PAGERDUTY_EVENTS_URL: write https://'],
    [{ PAGERDUTY_ROUTING_KEY: 'short' }, 'PAGERDUTY_ROUTING_KEY: write the integration key'],
    [{ WEBHOOK_URL: 'http://x.example/', WEBHOOK_SECRET: secret }, 'WEBHOOK_URL: write https://'],
    [{ WEBHOOK_URL: 'https://x.example/' }, 'WEBHOOK_SECRET: is missing; write whsec_ and 24 to 64 bytes'],
    [{ WEBHOOK_URL_B: 'https://x.example/', WEBHOOK_SECRET_B: 'plain' }, 'WEBHOOK_SECRET_B: write whsec_'],
    [{ WEBHOOK_URL: 'https://x.example/', WEBHOOK_SECRET: 'whsec_c2hvcnQ=' }, 'WEBHOOK_SECRET: write whsec_'],
    [{ ALERTMANAGER_URL: 'alertmanager' }, 'ALERTMANAGER_URL: write a URL'],
    [
      { ALERTMANAGER_URL: 'http://me:pass@x.example/' },
      'ALERTMANAGER_URL: write https:// in the place of http:// with a password',
    ],
    [{ SMTP_URL: 'https://mail.example.org' }, 'SMTP_URL: write for example smtp://'],
  ])('are refused as in %j, with what to write', (environment, problem) => {
    expect(problemOf(environment)).toContain(`  ${problem}`);
  });

  it.each(['http://localhost:1/', 'http://127.1.2.3:1/', 'http://[::1]:1/', 'https://x.example/'])(
    'may be at %s',
    (url) => {
      expect(channelsOf({ SLACK_WEBHOOK_URL: url }).slack['default']).toEqual({ webhookUrl: url });
    },
  );

  it('keep every secret out of what is wrong with it', () => {
    const problems = problemOf(refusedWithSecrets);
    for (const name of Object.keys(refusedWithSecrets)) expect(problems).toContain(`  ${name}: `);
    expect(problems).not.toContain('hunter2');
  });
});

describe('secrets in files', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidewatch-secrets-'));
    await writeFile(join(directory, 'slack'), 'https://hooks.slack.example/a\n');
    await writeFile(join(directory, 'database'), `${DATABASE_URL}\r\n`);
    await writeFile(join(directory, 'empty'), '\n');
  });
  afterAll(() => rm(directory, { recursive: true }));
  const file = (name: string): string => join(directory, name);

  it('are read from where the variable that ends in _FILE says', () => {
    const configuration = readConfiguration({
      DATABASE_URL_FILE: file('database'),
      SLACK_WEBHOOK_URL_ON_CALL_FILE: file('slack'),
      SLACK_WEBHOOK_URL_FILE: '',
    });
    expect(configuration.databaseUrl).toBe(DATABASE_URL);
    expect(configuration.channels.slack).toEqual({
      'on-call': { webhookUrl: 'https://hooks.slack.example/a' },
    });
  });

  it.each([
    ['gone', {}, /SLACK_WEBHOOK_URL_FILE: the file cannot be read \(ENOENT/],
    ['empty', {}, /SLACK_WEBHOOK_URL_FILE: the file .*empty is empty/],
    [
      'slack',
      { SLACK_WEBHOOK_URL: 'https://x.example' },
      /SLACK_WEBHOOK_URL_FILE: SLACK_WEBHOOK_URL is set as well/,
    ],
  ])('are asked for anew where the file is %s', (name, environment, problem) => {
    expect(problemOf({ ...environment, SLACK_WEBHOOK_URL_FILE: file(name) })).toMatch(problem);
  });

  it('are kept out of what is wrong with them', async () => {
    const environment: Record<string, string> = {};
    for (const [variable, content] of Object.entries(refusedWithSecrets)) {
      environment[`${variable}_FILE`] = file(variable);
      await writeFile(file(variable), content);
    }
    let problems = '';
    try {
      readConfiguration(environment);
    } catch (error) {
      problems = String(error);
    }
    for (const variable of Object.keys(refusedWithSecrets)) expect(problems).toContain(`  ${variable}: `);
    expect(problems).not.toContain('hunter2');
  });

  it('are read of secrets only', () => {
    expect(() => readConfiguration({ DATABASE_URL, LOG_LEVEL_FILE: file('gone') })).not.toThrow();
  });
});
