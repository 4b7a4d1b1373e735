/**
 * Workflows under way survive a deploy: the code of today fits the histories of runs that were recorded before.
 *
 * Where a change of the order of steps is wanted, deploy it for new runs only (`patched` of the SDK), or let running ones
 * end first; then record anew: `RECORD_HISTORIES=1 npx vitest run test/workflows/replay.test.ts`.
 */

import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, inject, it } from 'vitest';

import { bundleWorkflows } from '../../worker/workflow-bundle.ts';
import * as workflows from '../../workflows/index.ts';
import { historyFromJson } from './history-json.ts';
import { recordHistories } from './record-histories.ts';

const directory = new URL('./histories/', import.meta.url);
const readHistory = async (file: string): Promise<unknown> =>
  historyFromJson(await readFile(new URL(file, directory), 'utf8'));
/** Where spans would go; nothing that is replayed makes any. */
const sinks = { exporter: { export: { fn: () => undefined } } };
const replay = (workflowBundle: { codePath: string } | { code: string }, history: unknown): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle, sinks }, history, 'recorded');
const current = () => ({ codePath: inject('workflowBundlePath') });

beforeAll(async () => {
  if (process.env['RECORD_HISTORIES'] === '1') await recordHistories(directory);
});

describe('the histories', () => {
  it('are there for every workflow type', async () => {
    const recorded = (await readdir(directory)).map((file) => file.replace(/(-\w+)?\.json$/, ''));
    expect([...new Set(recorded)].sort()).toEqual(
      Object.entries(workflows)
        .flatMap(([name, workflow]) => (typeof workflow === 'function' ? [name] : []))
        .sort(),
    );
  });

  it('fit the workflows of today', async () => {
    for (const file of await readdir(directory)) {
      await expect(replay(current(), await readHistory(file)), file).resolves.toBeUndefined();
    }
  });

  // Tracing may be turned on, and off again, while runs are under way: see test/worker/tracing.test.ts for the way back.
  it('fit the workflows of a worker that traces', async () => {
    const traced = await bundleWorkflows('traced');
    for (const file of await readdir(directory)) {
      await expect(replay(traced, await readHistory(file)), file).resolves.toBeUndefined();
    }
  });
});

describe('a workflow whose steps come in another order', () => {
  it('does not fit what was recorded', async () => {
    const workflowsPath = fileURLToPath(new URL('./fixtures/changed-order.ts', import.meta.url));
    const bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    await expect(replay(bundle, await readHistory('driftDetection.json'))).rejects.toMatchObject({
      name: 'DeterminismViolationError',
      message: expect.stringContaining(
        `scheduled event 'attachActuals' does not match activity type of activity command 'profileHours'`,
      ),
    });
  });
});
