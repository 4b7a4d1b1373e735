/** Forms that people send, a real worker and real servers. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { openAlert } from '../../../../activities/alerts/store.ts';
import { alertPath, retrainingPath } from '../../../../console/pages/paths.ts';
import { until } from '../../../../demo/stack/until.ts';
import { findAlert } from '../../../../sql/read-alerts.ts';
import { consoleActions } from '../../../../worker/console-actions.ts';
import { emptyTables } from '../../../setup/database-snapshot.ts';
import { startFakeTrainer, type FakeTrainer } from '../../../setup/fake-trainer.ts';
import { predictHoldout } from '../../../setup/retrained.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../../setup/servers.ts';
import { at, day, load, watch } from '../../../setup/synthetic.ts';
import { startTestWorker, type TestWorker } from '../../../setup/worker.ts';
import { fillRetraining, retrainingId } from '../../acted-on.ts';
import { cookiesOf, everybody, openTestConsole, textOf } from '../../console-world.ts';

const model = 'acted';
const key = `degradation:${model}:performance`;

let test: TestDatabase;
let worker: TestWorker;
beforeAll(async () => {
  test = await createTestDatabase();
  worker = await startTestWorker(test.database);
});
afterAll(async () => {
  await worker.stop();
  await test.drop();
});

beforeEach(async () => {
  await emptyTables(test.database);
  const { alerts } = await watch(test.database, { model });
  await test.database.transaction((connection) =>
    openAlert(connection, {
      model,
      kind: 'degradation',
      subject: 'performance',
      severity: 'critical',
      summary: 'RMSE is high',
      asOf: day(2),
      facts: [],
      alerts,
      provenance: { workflowId: 'w', runId: 'r' },
    }),
  );
});

/** A console that somebody of this name works with, and the form of a page as they see it. */
async function seenBy(name: string, path = alertPath(key)) {
  const temporal = {
    address: testServers().temporalAddress,
    namespace: 'default',
    taskQueue: worker.taskQueue,
  };
  const console = await openTestConsole(test.database, {
    access: { ...everybody, everybody: { name, role: 'operator' } },
    actions: consoleActions(test.database, temporal),
    now: Date.now,
  });
  const shown = await (await console.get(path)).text();
  const hidden = Object.fromEntries(
    [...shown.matchAll(/<input type="hidden" name="(since|seen)" value="([^"]*)"/g)].map(
      ([, field, value]) => [field!, value!],
    ),
  );
  return async (change: string, fields: Readonly<Record<string, string>> = {}): Promise<string> => {
    // Nobody sends what their page has no button for.
    expect(shown).toContain(`="${path}/${change}"`);
    const answer = await console.post(`${path}/${change}`, { ...hidden, ...fields });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, path]);
    return textOf(await (await console.get(path, { cookie: cookiesOf(answer) })).text());
  };
}

const life = async () => (await findAlert(test.database, { model, alertKey: key }))!.life;
const events = () =>
  test.database.query<{ event: string; actor: string | null; note: string | null }>(
    'select event, actor, note from alert_events order by recorded_at, event',
  );
const audited = () =>
  test.database.query<{ actor: string; action: string; subject: string; outcome: string }>(
    'select actor, action, subject, outcome from audit_events order by audit_id',
  );

describe('an alert', () => {
  it('is acknowledged by a form, once however often that is sent', async () => {
    const act = await seenBy('ana');
    const said = await act('acknowledge', { note: 'looking into it' });
    expect(said).toContain(`${key}: acknowledged by ana`);
    await act('acknowledge', { note: 'looking into it' });
    expect(await life()).toMatchObject({ state: 'acknowledged', by: 'ana' });
    expect(await events()).toEqual([
      { event: 'opened', actor: null, note: null },
      { event: 'acknowledged', actor: 'ana', note: 'looking into it' },
    ]);
    const row = { actor: 'ana', action: 'alert.acknowledge', subject: key, outcome: 'done' };
    expect(await audited()).toEqual([row, row]);
  }, 60_000);

  it('is of the quicker one of two people, and the other is told who it was', async () => {
    const [ana, ben] = [await seenBy('ana'), await seenBy('ben')];
    await ana('acknowledge');
    expect(await ben('resolve')).toMatch(
      /Alert \S+ was not changed: ana has acknowledged it already, \S+ \S+ UTC; look again before you change that/,
    );
    expect(await life()).toMatchObject({ state: 'acknowledged', by: 'ana' });
    expect((await audited()).map(({ actor, outcome }) => [actor, outcome])).toEqual([
      ['ana', 'done'],
      ['ben', 'refused'],
    ]);
    const again = await seenBy('ben');
    expect(await again('resolve')).toContain('resolved by ben');
  }, 60_000);

  it('is snoozed for a while or until a time, commented, and says what is wrong with a form', async () => {
    const act = await seenBy('ana');
    expect(await act('comment')).toContain('note: ');
    expect(await act('snooze', { for: '4h', until: '2001-01-01T09:00' })).toContain('is in the past');
    expect(await act('comment', { note: '<b>seen</b>' })).toContain('the comment is stored; open');
    expect(await act('snooze', { for: '4h', until: '' })).toMatch(/snoozed until \S+ \S+ UTC by ana/);
    expect(await life()).toMatchObject({ state: 'snoozed', by: 'ana' });
  }, 60_000);
});

describe('a retraining that waits for a person', () => {
  const retrained = 'decided-on';
  const asOf = at(10, 3, 40);
  const path = retrainingPath(retrained, asOf);

  let trainer: FakeTrainer;
  let ended: Promise<unknown>;
  let workflowId: string;
  let count = 0;
  beforeEach(async () => {
    trainer = await startFakeTrainer(async () => {
      await predictHoldout(test.database, retrained, { from: 3, to: 10, error: 1 });
      return { state: 'succeeded', version: '2', lineage: {} };
    });
    await watch(test.database, {
      model: retrained,
      retraining: {
        trainer: { url: trainer.url, poll: '100ms' },
        trainingWindow: '2d',
        holdout: '7d',
        approval: 'manual',
        verify: { for: '1d' },
      },
    });
    await load(test.database, retrained, { from: 1, to: 10, error: 5 });
    workflowId = `retraining:${retrained}:${(count += 1)}`;
    ended = worker.run('retraining', { model: retrained, asOf }, workflowId);
    await untilItIs('awaiting-approval');
  });
  afterEach(() => trainer.stop());

  async function untilItIs(wanted: string): Promise<void> {
    const isThere = await until(async () => {
      const [run] = await test.database.query<{ state: string }>(
        'select state from retraining_runs where model = $1',
        [retrained],
      );
      return run?.state === wanted;
    }, 30_000);
    expect(isThere).toBe(true);
  }

  const outcomes = async () =>
    (await audited()).map(({ actor, action, subject, outcome }) => [actor, action, subject, outcome]);

  it('is approved by a form; who rejects it afterwards is told what has become of it', async () => {
    const [ana, ben] = [await seenBy('ana', path), await seenBy('ben', path)];
    expect(await ana('approve', { note: 'looks fine' })).toContain(
      `${retrained} as of ${asOf}: approved by ana`,
    );
    await untilItIs('verifying');
    const told = await ben('reject', { note: 'not before the holidays' });
    expect(told).toContain('it is verifying; cancel it instead');
    expect(told).toMatch(/approved .*approved by ana: looks fine/);
    expect(told).not.toContain('not before the holidays');
    expect(await outcomes()).toEqual([
      ['ana', 'retraining.approve', asOf, 'done'],
      ['ben', 'retraining.reject', asOf, 'refused'],
    ]);
    const again = await seenBy('ben', path);
    expect(await again('cancel')).toContain('cancelled by ben');
    expect(await ended).toMatchObject({
      state: 'rolled-back',
      reason: 'cancelled by ben; 1 serves again',
    });
  }, 90_000);

  it('is rejected by a form, once however often that is sent; who approves it afterwards is told who was first', async () => {
    const [ana, ben] = [await seenBy('ana', path), await seenBy('ben', path)];
    expect(await ben('reject', { note: 'not before the holidays' })).toContain('rejected by ben');
    expect(await ended).toMatchObject({
      state: 'rejected',
      reason: 'rejected by ben: not before the holidays',
    });
    expect(await ana('approve')).toContain('was not changed: it is over: rejected; ben has rejected it');
    // The same form once more is no second decision.
    expect(await ben('reject', { note: 'not before the holidays' })).toContain('rejected by ben');
    expect(await outcomes()).toEqual([
      ['ben', 'retraining.reject', asOf, 'done'],
      ['ana', 'retraining.approve', asOf, 'refused'],
      ['ben', 'retraining.reject', asOf, 'done'],
    ]);
    // What is over has no buttons.
    const console = await openTestConsole(test.database);
    expect(await (await console.get(path)).text()).not.toContain(`${path}/approve`);
  }, 90_000);
});

describe('a retraining whose workflow does not run', () => {
  it('is left as it is, which is said on its page', async () => {
    await fillRetraining(test.database, model);
    const temporal = {
      address: testServers().temporalAddress,
      namespace: 'default',
      taskQueue: worker.taskQueue,
    };
    const console = await openTestConsole(test.database, {
      actions: consoleActions(test.database, temporal),
    });
    const path = retrainingPath(model, retrainingId);
    const answer = await console.post(`${path}/approve`, { note: 'fine' });
    const back = await console.get(path, { cookie: cookiesOf(answer) });
    expect(textOf(await back.text())).toMatch(/was not changed: its workflow does not run/);
    expect(await audited()).toEqual([
      { actor: 'ann', action: 'retraining.approve', subject: retrainingId, outcome: 'refused' },
    ]);
    expect(console.logged).toEqual([]);
  }, 60_000);
});
