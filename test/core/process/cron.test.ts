import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { cronProblem, plainCron } from '../../../core/process/cron.ts';
import { dueRuns } from '../../../core/process/due-runs.ts';
import { dayMs } from '../../../core/window.ts';
import { testServers } from '../../setup/servers.ts';

const valid = [
  '0 3 * * *',
  '*/15 * * * *',
  '5/15 8-17 * * mon-fri',
  '0 0,12 1-10/2 JAN,jul *',
  '0 3 * * 7',
  '0 3 * * 5-7',
  '0 3 * * Sunday',
  '00 03 31 2 *',
  '*/90 * * * *',
];

const invalid: readonly (readonly [cron: string, problem: string])[] = [
  ['60 3 * * *', 'minute "60" is not from 0 to 59'],
  ['0 24 * * *', 'hour "24" is not from 0 to 23'],
  ['0 3 0 * *', 'day of the month "0" is not from 1 to 31'],
  ['0 3 * 13 *', 'month "13" is not from 1 to 12'],
  ['0 3 * * 1-8', 'day of the week "1-8" is not from 0 to 7'],
  ['10-5 * * * *', 'minute "10-5" ends before it starts'],
  ['*/0 * * * *', 'minute "*/0" has no step from 1 up after "/"'],
  ['1,,2 * * * *', 'minute "" is not from 0 to 59'],
  ['0 3 ? * *', 'day of the month "?" is not from 1 to 31'],
  ['0 3 L * *', 'day of the month "L" is not from 1 to 31'],
  ['1.5 * * * *', 'minute "1.5" is not from 0 to 59'],
  ['-1 * * * *', 'minute "-1" is not from 0 to 59'],
  ['a * * * *', 'minute "a" is not from 0 to 59'],
];

describe('cronProblem', () => {
  it.each(valid)('finds nothing wrong with %s', (cron) => {
    expect(cronProblem(cron)).toBeUndefined();
  });

  it.each(invalid)('says of %s: %s', (cron, problem) => {
    expect(cronProblem(cron)).toBe(problem);
  });

  it.each(['0 3 * *', '0 3 * * * *', '@daily', ''])('asks for five fields instead of "%s"', (cron) => {
    expect(cronProblem(cron)).toContain('five fields');
  });
});

describe('plainCron', () => {
  it.each([
    ['0 3 * * *', '0 3 * * *'],
    ['5/15 8-10 * * mon-fri', '5,20,35,50 8,9,10 * * 1,2,3,4,5'],
    ['0 0,12 1-10/2 JAN,jul *', '0 0,12 1,3,5,7,9 1,7 *'],
    ['*/90 3 * * Sunday', '0 3 * * 0'],
    ['0 3 * * 5-7', '0 3 * * 0,5,6'],
    ['0 3 * * 0,7', '0 3 * * 0'],
    ['00 03 31 2 *', '0 3 31 2 *'],
  ])('reads %s as %s', (cron, plain) => {
    expect(plainCron(cron)).toBe(plain);
  });
});

describe('the Temporal server agrees', () => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await Connection.connect({ address: testServers().temporalAddress });
  });
  afterAll(() => connection.close());

  const create = (cron: string) =>
    new Client({ connection }).schedule.create({
      scheduleId: `cron-test:${cron}`,
      spec: { cronExpressions: [cron] },
      action: { type: 'startWorkflow', workflowType: 'none', taskQueue: 'cron-test' },
      state: { paused: true },
    });

  it.each(valid)('on %s', async (cron) => {
    const schedule = await create(cron);
    await schedule.delete();
    expect(schedule.scheduleId).toContain(cron);
  });

  it.each(valid)('on when runs are due by %s', async (cron) => {
    const schedule = await create(cron);
    const { info } = await schedule.describe();
    await schedule.delete();
    const expected = info.nextActionTimes.map((time) => time.getTime());
    const after = Math.min(Date.now(), (expected[0] ?? Infinity) - 1);
    const upTo = after + 2 * 366 * dayMs;
    const most = expected.length;
    expect(expected.length).toBe(cron === '00 03 31 2 *' ? 0 : 10);
    expect(dueRuns({ cron, timeZone: 'UTC' }, { after, upTo, most: Math.max(most, 1) })).toEqual(expected);
  });

  it.each(invalid)('on refusing %s', async (cron) => {
    await expect(create(cron)).rejects.toThrow(TypeError);
  });
});
