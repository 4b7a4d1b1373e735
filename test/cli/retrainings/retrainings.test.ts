/** The real command, a real worker and real servers. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { addRetrainings } from '../../../cli/commands/retrainings.ts';
import { until } from '../../../demo/stack/until.ts';
import type { RetrainingProgress } from '../../../workflows/retraining-conversation.ts';
import { emptyTables } from '../../setup/database-snapshot.ts';
import type { FakeTrainer } from '../../setup/fake-trainer.ts';
import { startFakeTrainer } from '../../setup/fake-trainer.ts';
import { daysPass, predictHoldout } from '../../setup/retrained.ts';
import { createTestDatabase, testServers } from '../../setup/servers.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { at, load, watch } from '../../setup/synthetic.ts';
import type { TestWorker } from '../../setup/worker.ts';
import { startTestWorker } from '../../setup/worker.ts';
import { printed } from '../on-database.ts';

const model = 'shown';
const asOf = at(10, 3, 40);

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

let trainer: FakeTrainer;
let workflowId: string;
let count = 0;
beforeEach(async () => {
  await emptyTables(test.database);
  trainer = await startFakeTrainer(async () => {
    await predictHoldout(test.database, model, { from: 3, to: 10, error: 1 });
    return { state: 'succeeded', version: '2', lineage: {} };
  });
  await watch(test.database, {
    model,
    retraining: {
      trainer: { url: trainer.url, poll: '100ms' },
      trainingWindow: '2d',
      holdout: '7d',
      approval: 'manual',
      verify: { for: '1d' },
      value: { perUnitOfError: 2 },
    },
  });
  await load(test.database, model, { from: 1, to: 10, error: 5 });
  workflowId = `retraining:${model}:${(count += 1)}`;
});
afterEach(() => trainer.stop());

const run = (...args: string[]) => {
  vi.stubEnv('TEMPORAL_ADDRESS', testServers().temporalAddress);
  return printed(addRetrainings, ['retrainings', ...args], test);
};
const shown = async () => JSON.parse(await run('show', model, '--json')) as Record<string, unknown>;

/** Starts one and waits until it waits for an approval. */
async function start(): Promise<Promise<unknown>[]> {
  const ended = worker.run('retraining', { model, asOf }, workflowId);
  await untilWaitingFor('a person');
  // Not awaited here.
  return [ended];
}

async function untilWaitingFor(whom: RetrainingProgress['waitsFor']): Promise<void> {
  const isThere = await until(async () => {
    const progress = await worker.client.workflow
      .getHandle(workflowId)
      .query<RetrainingProgress>('progress')
      .catch(() => undefined);
    return progress?.waitsFor === whom;
  }, 20_000);
  expect(isThere).toBe(true);
}

describe('tidewatch retrainings', () => {
  it('says when there are none', async () => {
    expect(await run()).toBe('no model was retrained');
    await expect(run('show', model)).rejects.toMatchObject({ code: 'UNKNOWN_RETRAINING' });
    await expect(run('approve', model)).rejects.toMatchObject({ code: 'UNKNOWN_RETRAINING' });
  });

  it('takes one from its approval to its end, and shows what it has gained and when it has paid', async () => {
    const [ended] = await start();
    expect(await run()).toMatch(/shown │ 2024-01-10 03:40 │ awaiting-approval until [-0-9: ]+ │ 1 -> 2/);
    // Who has to decide reads what the challenger has shown.
    expect(await run('show', model)).toMatch(
      /validation on \d+ held-out rows: passed\n +yes {2}RMSE .*: challenger RMSE 1 against 5/,
    );
    expect(await shown()).toMatchObject({ validation: { verdict: 'pass', gates: [{ holds: 'yes' }] } });
    await expect(run('extend', model, '--for', 'banana')).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('--for: write a number and h, d or w'),
    });
    expect(await run('extend', model, '--for', '1d', '--by', 'anna')).toMatch(
      /^shown as of 2024-01-10T03:40:00Z: awaiting-approval until /,
    );
    expect(await run('approve', model, '--by', 'anna', '--note', 'fine')).toMatch(
      /^shown as of 2024-01-10T03:40:00Z: approved by anna, /,
    );
    await untilWaitingFor('the next day');
    await expect(run('reject', model, '--by', 'bob')).rejects.toMatchObject({
      code: 'UPDATE_REFUSED',
      message: expect.stringContaining('it is verifying; cancel it instead'),
    });
    await test.database.execute('update retraining_runs set cost = 320');
    await daysPass(test.database, model, { from: 10, to: 11, errors: { 1: 5, 2: 1 }, serving: '2' });
    await worker.client.workflow.getHandle(workflowId).signal('dayChecked');
    await ended;
    expect(await run('--model', model)).toMatch(
      /kept +│ 1 -> 2 +│ yes +│ RMSE better by 4 \(4 to 4\), 80% │ 320 +│ 2 /,
    );
    expect(await run('--model', 'another')).toBe('no model was retrained');
    const text = await run('show', model, asOf);
    expect(text).toContain('  helped: yes, RMSE better by 4 (4 to 4), 80%');
    expect(text).toContain('  paid: after 2 days');
    expect(text).toMatch(/approved, as of 2024-01-10 03:40: approved by anna: fine/);
    expect(await shown()).toMatchObject({
      state: 'kept',
      helped: 'yes',
      cost: 320,
      events: expect.arrayContaining([
        expect.objectContaining({ event: 'verifying' }),
        expect.objectContaining({ event: 'kept' }),
      ]),
    });
    await expect(run('cancel', model)).rejects.toMatchObject({
      code: 'RETRAINING_NOT_CHANGED',
      message: expect.stringContaining('it is over: kept; anna has approved it'),
    });
  });

  it('cancels one', async () => {
    const [ended] = await start();
    expect(await run('cancel', model, '--by', 'anna', '--json')).toContain('"decision": "cancelled"');
    await ended;
    expect(await shown()).toMatchObject({ state: 'cancelled', helped: null });
  });

  it('restores a version that has served before, and notes who did it', async () => {
    await test.database.execute(
      `insert into model_versions (model, version, stage, registered_at, promoted_at, archived_at)
       values ($1, '1', 'archived', $2, $2, $3), ($1, '2', 'champion', $3, $3, null)`,
      [model, at(1), at(9)],
    );
    await expect(run('restore', model)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    expect(await run('restore', model, '--yes', '--by', 'anna', '--note', 'worse on holidays')).toBe(
      'shown: version 1 would serve again in place of 2\n' +
        'shown: version 1 serves again, 2 is archived. Tell the serving system, unless it reads the view model_aliases.',
    );
    expect(
      await test.database.query('select action, actor, subject, outcome, details from audit_events'),
    ).toEqual([
      {
        action: 'version.restore',
        actor: 'anna',
        subject: '1',
        outcome: 'done',
        details: { note: 'worse on holidays' },
      },
    ]);
    await expect(run('restore', model, '--to', '9', '--yes')).rejects.toMatchObject({
      code: 'VERSION_NOT_RESTORED',
      message: expect.stringContaining('version 9 has not served before; these have: 2'),
    });
  });

  it('wants a number of them', async () => {
    await expect(run('--limit', 'all')).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});
