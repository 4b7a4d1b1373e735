import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
  addRecipients,
  claimRecipient,
  pendingRecipients,
  recordSent,
  releaseRecipient,
} from '../../../activities/performance-report/deliveries.ts';
import type { Activities } from '../../../activities/index.ts';
import type { ReportKey } from '../../../activities/reports/store.ts';
import { formatWindow } from '../../../core/window.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { startTestChannels, type TestChannels } from '../../setup/channels.ts';
import { emptyTables } from '../../setup/database-snapshot.ts';
import { createTestDatabase } from '../../setup/servers.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { at, day, load, watch } from '../../setup/synthetic.ts';

const model = 'mailed';
const [a, b] = ['a@example.org', 'b@example.org'];
const key: ReportKey = { kind: 'performance', model, window: { start: day(2), end: day(9) } };
const window = formatWindow(key.window);

let test: TestDatabase;
let channels: TestChannels;
let activities: Activities;
beforeAll(async () => {
  test = await createTestDatabase();
  channels = await startTestChannels();
  activities = activitiesOn(test.database, { channels: channels.channels });
});
afterAll(async () => {
  await channels.stop();
  await test.drop();
});
beforeEach(async () => {
  await emptyTables(test.database);
  await watch(test.database, { model, report: { recipients: [a, b] } });
  await load(test.database, model, { from: 1, to: 9 });
  await activities.attachActuals({ model, asOf: at(9, 4) });
  await activities.summarizeOutcomes({ model, asOf: at(9, 4) });
  channels.told();
});

const write = (send: 'yes' | 'no' | 'unless past' = 'yes', asOf = at(9, 4)) =>
  activities.writeReport({ model, asOf, send });
const stored = () =>
  test.database.query(
    'select recipient, state, attempts, last_error from report_deliveries order by window_end, recipient',
  );

describe('sendReport', () => {
  it('sends the stored report to each address, with the page that the worker shows', async () => {
    await write();
    expect(await activities.sendReport({ model, window })).toEqual({ sent: 2 });
    const [first, second] = channels.smtp.messages().slice(-2);
    expect([first!.to, second!.to]).toEqual([[a], [b]]);
    expect(first!.subject).toBe('mailed: not judged, week to 2024-01-09');
    expect(first!.text).toContain(`http://127.0.0.1:9464/reports/performance/mailed/${at(2)}/${at(9)}`);
    expect(first!.attachments.map(({ mimeType }) => mimeType)).toEqual(['image/png', 'text/html']);
    expect(await stored()).toEqual([
      { recipient: a, state: 'delivered', attempts: 1, last_error: null },
      { recipient: b, state: 'delivered', attempts: 1, last_error: null },
    ]);
  });

  it('sends nobody the same report twice, however often it is written', async () => {
    for (let i = 0; i < 2; i += 1) {
      await write();
      await activities.sendReport({ model, window });
    }
    expect(channels.told().emails).toHaveLength(2);
  });

  it('sends it to somebody who is new', async () => {
    await write();
    await activities.sendReport({ model, window });
    await watch(test.database, { model, report: { recipients: [a, b, 'c@example.org'] } });
    channels.told();
    await write();
    expect(await activities.sendReport({ model, window })).toEqual({ sent: 1 });
    expect(channels.smtp.messages().at(-1)!.to).toEqual(['c@example.org']);
  });

  it('sends the others theirs where one is refused, and tries that one again', async () => {
    await write();
    channels.smtp.refuseNext({ code: 451, message: 'Greylisted' });
    await expect(activities.sendReport({ model, window })).rejects.toMatchObject({
      type: 'REPORT_NOT_SENT',
      nonRetryable: false,
      message: expect.stringContaining('451 Greylisted'),
    });
    expect(await stored()).toMatchObject([
      { recipient: a, state: 'pending', last_error: expect.stringContaining('Greylisted') },
      { recipient: b, state: 'delivered' },
    ]);
    expect(await activities.sendReport({ model, window })).toEqual({ sent: 1 });
    expect(channels.told().emails).toHaveLength(2);
  });

  it('says what to set where e-mail is not configured', async () => {
    await write();
    const without = activitiesOn(test.database, { channels: {} });
    await expect(without.sendReport({ model, window })).rejects.toMatchObject({
      type: 'REPORT_CHANNEL_NOT_CONFIGURED',
      message: expect.stringContaining('Set SMTP_URL'),
    });
    expect(await stored()).toMatchObject([
      { state: 'pending', last_error: expect.stringContaining('SMTP_URL') },
      { state: 'pending', last_error: expect.stringContaining('SMTP_URL') },
    ]);
  });

  it('has nothing to do for a report that nobody is to be sent', async () => {
    await write('no');
    expect(await activities.sendReport({ model, window })).toEqual({ sent: 0 });
  });
});

describe('writeReport', () => {
  it('notes who is to be sent it only where it is asked to', async () => {
    expect(await write('no')).toMatchObject({ pending: 0 });
    expect(await write('yes')).toMatchObject({ pending: 2 });
  });

  it('sends what a schedule asks for, unless the run makes up the past', async () => {
    expect(await write('unless past')).toMatchObject({ pending: 2 });
    expect(await write('unless past', at(8, 4))).toMatchObject({ pending: 0 });
    expect(await write('yes', at(7, 4))).toMatchObject({ pending: 2 });
  });
});

describe('a claim', () => {
  beforeEach(() => write('yes'));

  it('is good for one of ten that ask at once', async () => {
    const claims = await Promise.all(Array.from({ length: 10 }, () => claimRecipient(test.database, key, a)));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
  });

  it('runs out after two minutes, and counts from then on as another one', async () => {
    const lost = await claimRecipient(test.database, key, a);
    await test.database.execute(
      `update report_deliveries set claimed_at = claimed_at - interval '3 minutes'`,
    );
    const next = await claimRecipient(test.database, key, a);
    expect(next).toEqual({ ...lost, attempt: 2 });
    await releaseRecipient(test.database, lost!, 'too late');
    expect(await claimRecipient(test.database, key, a)).toBeNull();
    await releaseRecipient(test.database, next!, 'refused');
    expect(await claimRecipient(test.database, key, a)).toMatchObject({ attempt: 3 });
  });

  it('runs out two minutes after the clock was set back, where that made it one of the future', async () => {
    await claimRecipient(test.database, key, a);
    const pass = (length: string) =>
      test.database.execute('update report_deliveries set claimed_at = claimed_at - $1::interval', [length]);
    await pass('-3 hours');
    expect(await claimRecipient(test.database, key, a)).toBeNull();
    await pass('1 minute');
    expect(await claimRecipient(test.database, key, a)).toBeNull();
    await pass('2 minutes');
    expect(await claimRecipient(test.database, key, a)).toMatchObject({ attempt: 2 });
  });

  it('that was recorded is not open any more, and cannot be added again', async () => {
    await recordSent(test.database, (await claimRecipient(test.database, key, a))!);
    await addRecipients(test.database, key, [a, b]);
    expect(await pendingRecipients(test.database, key)).toEqual([b]);
  });
});
