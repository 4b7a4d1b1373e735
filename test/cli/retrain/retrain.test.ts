import { randomBytes } from 'node:crypto';

import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { addRetrain } from '../../../cli/commands/retrain.ts';
import { emptyTables } from '../../setup/database-snapshot.ts';
import { testServers } from '../../setup/servers.ts';
import { at, load, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';
import { printed } from '../on-database.ts';

const model = 'retrained-by-hand';
const asOf = at(10, 3, 40);
const test = useActivities('empty for each test');

let connection: Connection;
let client: Client;
let taskQueue: string;
beforeAll(async () => {
  connection = await Connection.connect({ address: testServers().temporalAddress });
  client = new Client({ connection });
});
afterAll(() => connection.close());
beforeEach(async () => {
  taskQueue = `nobody-polls-${randomBytes(6).toString('hex')}`;
  await watched();
  await load(test.database, model, { from: 1, to: 10, error: 5 });
  await test.activities.attachActuals({ model, asOf });
});

const watched = (policy: object = {}) =>
  watch(test.database, {
    model,
    retraining: {
      trainer: { url: 'http://127.0.0.1:8080', timeout: '2h' },
      trainingWindow: '2d',
      minimumOutcomes: 48,
      ...policy,
    },
  });
const check = async (): Promise<void> => {
  await test.activities.summarizeOutcomes({ model, asOf });
  await test.activities.evaluatePerformance({ model, asOf });
  await test.activities.checkDegradation({ model, asOf, act: false });
};
const retrain = (...args: string[]): Promise<string> => {
  vi.stubEnv('TEMPORAL_ADDRESS', testServers().temporalAddress);
  vi.stubEnv('TEMPORAL_TASK_QUEUE', taskQueue);
  return printed(addRetrain, ['retrain', ...args], test);
};
const explain = (...args: string[]) => retrain('--explain', '--as-of', asOf, ...args);
/** Without the hash, which is another one in every run. */
const plain = (text: string): string[] => text.replaceAll(/hash [0-9a-f]+/g, 'hash').split('\n');

describe('tidewatch retrain --explain', () => {
  it('says each condition in words, and what would be trained on', async () => {
    await check();
    expect(plain(await explain('--model', model))).toEqual([
      `${model} as of 2024-01-10T03:40:00Z: a retraining would start: the verdict is critical; 48 outcomes in the training window`,
      '  yes  enabled        retraining is enabled',
      '  yes  trigger        the verdict is critical',
      '  yes  single-flight  no other retraining of the model is under way',
      '  yes  order          no retraining was started as of a later time',
      '  yes  cooldown       none was started before',
      '  yes  month          there is no limit to a month',
      '  yes  budget         there is no budget',
      '  yes  freeze         no freeze period',
      expect.stringMatching(/^ {2}yes {2}data-quality {3}/),
      '  yes  outcomes       48 outcomes in the training window',
      '  yes  new-outcomes   no new outcomes are asked for',
      '  train on  2024-01-01 to 2024-01-02 (the last 2 days): 48 outcomes, hash',
      '  hold out  2024-01-03 to 2024-01-09',
      '  trainer   http://127.0.0.1:8080, for at most 2 hours',
      '  then      validation by its gates; promotion; verification for 7 days, rolled back when clearly worse',
    ]);
  });

  it('says what would have to change', async () => {
    await watched({
      freezePeriods: [{ from: '2024-01-08', to: '2024-01-15', reason: 'inventory' }],
      exclude: [{ from: '2024-01-01T12:00:00Z', to: '2024-01-02', reason: 'broken sensor' }],
      approval: 'manual',
      rollout: { kind: 'canary', for: '2d' },
      verify: { rollBack: 'never' },
    });
    const lines = plain(await explain('--model', model));
    expect(lines[0]).toContain('a retraining would not start: there is no verdict yet');
    expect(lines[1]).toBe('  No degradation check has run yet.');
    expect(lines.filter((line) => /^ {2}no|to change/.test(line))).toEqual([
      '  no   trigger        there is no verdict yet',
      '                      to change that: wait for a verdict of critical, or start it by hand',
      '  no   freeze         frozen until 2024-01-15T00:00:00Z: inventory',
      '                      to change that: wait until 2024-01-15T00:00:00Z, or end the freeze period',
      '  no   outcomes       36 outcomes in the training window, at least 48 are needed',
      '                      to change that: wait for 12 more outcomes, or lengthen trainingWindow',
    ]);
    expect(lines).toContain('  without   2024-01-01T12:00:00Z to 2024-01-02T00:00:00Z: broken sensor');
    expect(lines.at(-1)).toBe(
      '  then      validation by its gates; approval by a person within 7 days; a canary with 10% of the traffic for 2 days; promotion; verification for 7 days',
    );
  });

  it('says what is stored and not joined yet, where outcomes are missing', async () => {
    await watched({ exclude: [{ from: '2024-01-01T12:00:00Z', to: '2024-01-02', reason: 'broken sensor' }] });
    await test.database.execute(
      `insert into dirty_windows (model, stage, window_start, window_end)
       values ($1, 'outcomes', '2024-01-02T03:00:00Z', '2024-01-02T04:00:00Z')`,
      [model],
    );
    expect(await explain('--model', model)).toContain(
      '1 hour of the training window has rows that are not joined yet; run `tidewatch backfill-actuals` first',
    );
  });

  it('tells of which time there is something to say', async () => {
    await check();
    expect(await retrain('--explain', '--model', model)).toContain(
      `  The newest degradation check is of ${asOf}; for that time, write --as-of ${asOf}`,
    );
  });

  it('prints all models as JSON, also one without a policy', async () => {
    await watch(test.database, { model: 'another' });
    const outlooks = JSON.parse(await explain('--json')) as object[];
    expect(outlooks).toMatchObject([
      { model: 'another', decision: 'wait', reason: 'the monitor has no retraining policy' },
      {
        model,
        asOf,
        champion: '1',
        decision: 'wait',
        checks: expect.arrayContaining([
          expect.objectContaining({ name: 'trigger', holds: false, remedy: expect.any(String) }),
        ]),
        specification: { rows: 48, hash: expect.any(String) },
      },
    ]);
  });

  it('says what to do where nothing is watched', async () => {
    await emptyTables(test.database);
    expect(await explain()).toContain('nothing is watched yet');
  });
});

describe('tidewatch retrain', () => {
  const workflowId = `retraining:${model}:${asOf}`;
  const started = () => client.workflow.getHandle(workflowId);

  it('starts the workflow once, however often it is asked', async () => {
    const args = ['--model', model, '--as-of', asOf, '--reason', 'a new bike lane', '--yes'];
    const text = await retrain(...args);
    try {
      expect(text).toContain(`${model} will be retrained as of ${asOf}, against version 1.`);
      expect(text).not.toContain('The policy would not');
      expect(text).toContain(`started ${workflowId}`);
      const { runId } = await started().describe();
      expect(JSON.parse(await retrain(...args, '--json'))).toMatchObject({ started: true, workflowId });
      expect((await started().describe()).runId).toBe(runId);
      const { events } = await started().fetchHistory();
      const [input] = events![0]!.workflowExecutionStartedEventAttributes!.input!.payloads!;
      expect(JSON.parse(Buffer.from(input!.data!).toString())).toEqual({
        model,
        asOf,
        reason: 'a new bike lane',
      });
    } finally {
      await started().terminate();
    }
  });

  it('shows what the policy has against it before a person confirms', async () => {
    await watched({ enabled: false });
    try {
      const text = await retrain('--as-of', asOf, '--yes');
      expect(text).toContain('The policy would not start it now:\n  no   enabled  retraining is disabled');
      expect(text).toContain(`started ${workflowId}`);
    } finally {
      await started().terminate();
    }
  });

  it('starts nothing where the one as of that instant is over, and says so', async () => {
    await test.activities.beginRetraining({ model, asOf, reason: 'test' });
    await test.database.execute(
      "update retraining_runs set state = 'rejected', finished_at = now(), ended_as_of = as_of",
    );
    expect(await retrain('--model', model, '--as-of', asOf, '--yes')).toContain(
      `nothing was started: the one as of ${asOf} is over: rejected; give another --as-of`,
    );
  });

  it('starts nothing while another one is under way, and says so', async () => {
    await test.activities.beginRetraining({ model, asOf: at(9, 3), reason: 'test' });
    expect(await retrain('--model', model, '--yes')).toBe(
      `nothing was started: a retraining, started as of ${at(9, 3)}, is still training; one at a time`,
    );
    expect(JSON.parse(await retrain('--model', model, '--json'))).toMatchObject({ model, started: false });
  });

  it('starts nothing where there is nothing to train on, whatever was said beforehand', async () => {
    await check();
    const reason = `as of ${at(60)} there are no outcomes to train on; for another time, write --as-of ${asOf}`;
    expect(await retrain('--model', model, '--as-of', at(60), '--yes')).toBe(
      `nothing was started: ${reason}`,
    );
    expect(JSON.parse(await retrain('--model', model, '--as-of', at(60), '--yes', '--json'))).toMatchObject({
      started: false,
      reason,
    });
  });

  it.each([
    [['--model', model, '--as-of', asOf], /--yes: is needed where nobody can be asked/],
    [['--model', model, '--as-of', asOf, '--json'], /--yes: is needed/],
    [['--model', 'unheard', '--yes'], /No monitor watches the model "unheard"/],
    [['--model', model, '--as-of', 'soon', '--yes'], /--as-of: "soon" is not an instant/],
    [['--model', model, '--as-of', '2999-01-01T00:00:00Z', '--yes'], /--as-of: .* is in the future/],
  ])('refuses %j', async (args, problem) => {
    await expect(retrain(...args)).rejects.toThrow(problem);
  });

  it('needs a model where several could be meant, and one with a policy', async () => {
    await watch(test.database, { model: 'another' });
    await expect(retrain('--model', 'another', '--yes')).rejects.toThrow(/has no `retraining` section/);
    await watch(test.database, { model: 'third', retraining: { trainer: { url: 'http://127.0.0.1:1' } } });
    await expect(retrain('--yes')).rejects.toThrow(
      `--model: name one of the models with a retraining policy: ${model}, third.`,
    );
  });
});
