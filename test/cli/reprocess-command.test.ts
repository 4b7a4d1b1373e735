/** The real command, a real worker and real servers. */

import { execFile } from 'node:child_process';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestDatabase, testServers } from '../setup/servers.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import type { TestWorker } from '../setup/worker.ts';
import { startTestWorker } from '../setup/worker.ts';

const model = 'reprocessed-by-command';
const range = ['--model', model, '--from', '2024-01-01', '--to', '2024-01-09'];

let test: TestDatabase;
let worker: TestWorker;
beforeAll(async () => {
  test = await createTestDatabase();
  worker = await startTestWorker(test.database);
  await watch(test.database, { model });
  await load(test.database, model, { from: 1, to: 9 });
  await worker.run('performanceEvaluation', { model, asOf: at(9, 3) });
});
afterAll(async () => {
  await worker.stop();
  await test.drop();
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const tidewatch = (...args: readonly string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'cli/tidewatch.ts', 'reprocess', ...args],
      {
        env: {
          ...process.env,
          DATABASE_URL: test.url,
          TEMPORAL_ADDRESS: testServers().temporalAddress,
          TEMPORAL_TASK_QUEUE: worker.taskQueue,
        },
      },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

describe('tidewatch reprocess', () => {
  it('starts the workflow, waits for it and says what was done', async () => {
    expect(await tidewatch(...range)).toEqual({
      code: 0,
      stdout:
        `${model}, 2024-01-01 to 2024-01-09: 192 hours looked at, 0 changed; 0 outcomes attached, 0 corrected; ` +
        '3 stored windows evaluated again: 0 evaluations restated, 3 unchanged; 0 estimates and 0 comparisons made anew\n',
      stderr: '',
    });
  });

  it('prints the same as JSON', async () => {
    const { code, stdout } = await tidewatch(...range, '--step', '7d', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      model,
      step: '7d',
      window: { start: at(1), end: at(9) },
      hours: 192,
      windows: 3,
      restated: 0,
      unchanged: 3,
    });
  });

  it('does not wait when it is told to detach', async () => {
    const { code, stdout } = await tidewatch(...range, '--detach', '--json');
    expect(code).toBe(0);
    const { workflowId } = JSON.parse(stdout) as { workflowId: string };
    expect(workflowId).toBe(`reprocessing:${model}:${at(1)}:${at(9)}`);
    const handle = worker.client.workflow.getHandle(workflowId);
    expect(await handle.result()).toMatchObject({ hours: 192 });
    const run = await handle.describe();
    expect(await run.staticSummary()).toBe(`${model}: Computes 2024-01-01 to 2024-01-08 again`);
    expect(await run.staticDetails()).toContain('The query progress says how far it is');
  });

  it('says where the predictions are when the range has none', async () => {
    const { code, stdout, stderr } = await tidewatch(
      '--model',
      model,
      '--from',
      '2030-01-01',
      '--to',
      '2030-01-02',
    );
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `${model} has no predictions from 2030-01-01 to 2030-01-02; its first are of 2024-01-01, its last of 2024-01-08\n`,
    });
    expect(stdout).toContain('24 hours looked at, 0 changed');
  });

  it('refuses a model that nobody watches, before it starts anything', async () => {
    const { code, stderr } = await tidewatch('--model', 'nobody', ...range.slice(2));
    expect(code).toBe(2);
    expect(stderr).toContain(`No monitor watches the model "nobody". Known models: ${model}.`);
  });

  it('refuses a range that is none', async () => {
    const { code, stderr } = await tidewatch(...range.slice(0, 4), '--to', '2023-12-31');
    expect(code).toBe(2);
    expect(stderr).toContain(
      '--from and --to: the range would end at 2023-12-31, not after its start 2024-01-01',
    );
  });
});
