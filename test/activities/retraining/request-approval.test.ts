import { beforeEach, describe, expect, it } from 'vitest';

import { routesSchema } from '../../../core/alert/route-settings.ts';
import { reachDay } from '../../setup/retrained.ts';
import { at } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';
import { asOf, eventsOf, key, runOf, validated } from './validated.ts';

const test = useActivities('empty for each test');
const ask = () => test.activities.requestApproval(key);
const change = (what: 'approve' | 'reject' | 'cancel' | 'extend', by = 'anna', more = {}) =>
  test.activities.changeRetraining({ ...key, change: what, by, updateId: `${what} by ${by}`, ...more });

describe('requestApproval', () => {
  it('asks nobody by default', async () => {
    await validated(test);
    expect(await ask()).toMatchObject({ decision: 'not needed', reason: 'nobody has to be asked' });
    expect(await runOf(test.database)).toMatchObject({ state: 'validating', approval: { needed: false } });
  });

  it('asks nobody where the risk is small', async () => {
    await validated(test, { approval: { kind: 'manual-above-risk', risk: { rowsBelow: 100 } } });
    expect(await ask()).toMatchObject({ decision: 'not needed' });
  });

  it('asks above the risk, once, and tells people why', async () => {
    await validated(test, { approval: { kind: 'manual-above-risk', risk: { rowsBelow: 200 } } });
    expect(await ask()).toMatchObject({
      decision: 'waits',
      reason: 'it was compared on 168 rows, fewer than 200',
    });
    expect(await ask()).toMatchObject({ decision: 'waits' });
    expect(await eventsOf(test.database)).toMatchObject([
      { event: 'started' },
      {
        event: 'awaiting-approval',
        severity: 'warning',
        summary: expect.stringMatching(
          /^2 is better than 1 \(challenger RMSE 1 against 5 .*\), and waits for approval: it was compared on 168 rows, fewer than 200$/,
        ),
      },
    ]);
  });

  describe('of a person', () => {
    beforeEach(async () => {
      await validated(test, { approval: { kind: 'manual', timeout: '7d' } });
      // Reminders are for whom the routes name.
      await test.database.execute(
        `update monitors set configuration = jsonb_set(configuration, '{alerts,routes}', $1)`,
        [JSON.stringify(routesSchema.parse([{ slack: true }]))],
      );
      await ask();
    });

    it('waits for as long as the policy says, by the wall clock', async () => {
      const { waitsMs } = await ask();
      expect(waitsMs / 86_400_000).toBeGreaterThan(6.9);
      expect(waitsMs / 86_400_000).toBeLessThanOrEqual(7);
    });

    it('rejects when nobody has answered in time', async () => {
      await test.database.execute(`update retraining_runs set waits_until = now() - interval '1 second'`);
      expect(await ask()).toMatchObject({
        decision: 'rejected',
        reason: 'nobody has approved it in time (a person decides on every promotion)',
      });
    });

    it('gives what was decided, by whom and why', async () => {
      await change('approve', 'anna', { note: 'fine' });
      expect(await ask()).toMatchObject({ decision: 'approved', reason: 'approved by anna: fine' });
      const [event] = await test.database.query(
        `select event, actor, note, summary from retraining_events where actor is not null`,
      );
      expect(event).toEqual({
        event: 'approved',
        actor: 'anna',
        note: 'fine',
        summary: 'approved by anna: fine',
      });
    });

    it('lets the first of four people decide who ask at once; those who agree find it done', async () => {
      const asked = await Promise.allSettled([
        change('approve', 'anna'),
        change('reject', 'bob'),
        change('approve', 'carol'),
        change('reject', 'dan'),
      ]);
      const first = (await ask()).decision;
      const agreed = first === 'approved' ? [0, 2] : [1, 3];
      expect(asked.map(({ status }, i) => [status, agreed.includes(i)])).toEqual(
        asked.map((_, i) => [agreed.includes(i) ? 'fulfilled' : 'rejected', agreed.includes(i)]),
      );
      const refused = asked.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
      expect(refused.reason).toMatchObject({ code: 'RETRAINING_NOT_CHANGED', retryable: false });
      expect(await test.database.query(`select from retraining_events where actor is not null`)).toHaveLength(
        1,
      );
    });

    it('is told again once a day until somebody has it or has decided', async () => {
      const reminded = async () => {
        await test.database.execute(
          `update alerts set (told_at, due_at) = (told_at - interval '1 day', due_at - interval '1 day')`,
        );
        const { pendingAlerts } = await ask();
        for (const alertKey of pendingAlerts)
          await test.activities.followAlert({ model: key.model, alertKey });
        return (await eventsOf(test.database)).slice(2).map(({ event }) => event);
      };
      expect(await reminded()).toEqual(['repeated']);
      expect(await reminded()).toEqual(['repeated', 'repeated.2']);
      await change('approve');
      expect(await reminded()).toEqual(['repeated', 'repeated.2', 'approved']);
    });

    it('is not told again of what somebody has acknowledged', async () => {
      const [name] = await test.database.query<{ alertKey: string }>(
        'select alert_key as "alertKey" from alerts',
      );
      const { model } = key;
      const acknowledgement = { change: 'acknowledge', by: 'anna', updateId: 'one' } as const;
      await test.activities.changeAlert({ model, alertKey: name!.alertKey, ...acknowledgement });
      expect(await test.database.query('select severity, due_at as due from alerts')).toEqual([
        { severity: 'warning', due: null },
      ]);
    });

    it('has more time when somebody extends it, once for each request', async () => {
      const before = (await runOf(test.database)).waits_until!;
      await change('extend', 'anna', { for: '2d' });
      await change('extend', 'anna', { for: '2d' });
      expect((await runOf(test.database)).waits_until! - before).toBe(2 * 86_400_000);
    });
  });
});

describe('changeRetraining', () => {
  it('refuses to approve what nobody was asked about', async () => {
    await validated(test);
    await expect(change('approve')).rejects.toMatchObject({
      code: 'RETRAINING_NOT_CHANGED',
      message: expect.stringContaining('nobody is asked while it is validating'),
    });
  });

  it('refuses to change what is over', async () => {
    await validated(test);
    await test.activities.concludeRetraining({ ...key, end: 'failed', reason: 'test' });
    await expect(change('cancel')).rejects.toThrow('it is over: failed');
  });

  it('moves the end of the verification in asOf time', async () => {
    await validated(test, { verify: { for: '7d' } });
    await reachDay(test.database, key.model, 12);
    await test.activities.promoteChallenger({ ...key, reason: 'better' });
    expect(await change('extend', 'anna', { for: '3d' })).toMatchObject({
      state: 'verifying',
      waitsUntil: at(22),
    });
    expect((await runOf(test.database)).promoted_as_of).toBe(Date.parse(at(12, 3, 40)));
    expect(asOf).toBe(at(10, 3, 40));
  });
});
