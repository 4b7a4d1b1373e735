/** Whatever is typed as the input of a workflow, an update or a signal: it ends in words, and nothing is half written. */

import { randomBytes } from 'node:crypto';

import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { errorCatalog } from '../../core/errors.ts';
import { problemsOf } from '../../workflows/checked.ts';
import { checkInput, inputExamples, type WorkflowName } from '../../workflows/input-schemas.ts';
import { problemsOfUpdate } from '../../workflows/alert-updates.ts';
import { problemsOfRequest } from '../../workflows/retraining-updates.ts';
import { checksums, type Checksum } from '../setup/checksums.ts';
import { load, watch } from '../setup/synthetic.ts';
import { useWorker } from '../setup/worker-world.ts';
import { useRetrainedModel } from '../workflows/retrained-model.ts';
import { asJson, like, runs, strange } from './broken.ts';

const names = Object.keys(inputExamples) as WorkflowName[];
/** Of runs on the server, a fraction: each is a workflow. */
const onServer = Math.ceil(runs / 12);

/** Of a failure; a type that is none of the catalog is one that nobody has foreseen. */
function codeOf(error: unknown): string {
  if (!(error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError)) throw error;
  const cause = error.cause instanceof ActivityFailure ? error.cause.cause : error.cause;
  if (!(cause instanceof ApplicationFailure)) throw error;
  expect(Object.keys(errorCatalog), `${cause.type}: ${cause.message}`).toContain(cause.type);
  expect(cause.nonRetryable).toBe(true);
  return cause.type!;
}

describe('the schemas of inputs', () => {
  it.each(names)('%s: every value has problems in words, or none', (name) => {
    fc.assert(
      fc.property(like(inputExamples[name]), (input) => {
        for (const { reason } of problemsOf(checkInput(name, input, Date.parse('2026-11-30T00:00:00Z'))))
          expect(reason).not.toBe('');
      }),
      { numRuns: 5 * runs },
    );
  });

  it('of updates alike', () => {
    const request = like({
      by: 'anna',
      note: 'seen',
      for: '4h',
      until: '2026-12-01T00:00:00Z',
      since: '2026-12-01T00:00:00Z',
    });
    fc.assert(
      fc.property(request, (request) => {
        for (const name of ['acknowledge', 'snooze', 'resolve', 'comment'] as const)
          for (const { reason } of problemsOfUpdate(name, request)) expect(reason).not.toBe('');
        for (const name of ['approve', 'reject', 'cancel', 'extend'] as const)
          for (const { reason } of problemsOfRequest(name, request)) expect(reason).not.toBe('');
      }),
      { numRuns: 5 * runs },
    );
  });
});

describe('workflows on a server', () => {
  const world = useWorker('shared by all tests');
  const model = `fuzzed-${randomBytes(4).toString('hex')}`;
  let before: Record<string, Checksum>;
  beforeAll(async () => {
    await watch(world.database, { model });
    await load(world.database, model, { from: 1, to: 2 });
    before = await checksums(world.database);
  });

  // A training that is waited for is no mistake, and partitions may be made by whoever asks well.
  it.each(names.filter((name) => name !== 'simulatedTraining' && name !== 'storageMaintenance'))(
    '%s ends with an error of the catalog, or does what there is to do for a model that nobody watches',
    async (name) => {
      const example = { ...inputExamples[name], model: 'nobody-watches-this' };
      const inputs = fc.sample(fc.oneof(like(example).map(asJson), fc.constantFrom(...strange).map(asJson)), {
        numRuns: onServer,
        seed: 20110520,
      });
      const outcomes = await Promise.all(
        inputs.map((input) =>
          world.worker.client.workflow
            .execute(name, {
              workflowId: `fuzz-${randomBytes(8).toString('hex')}`,
              taskQueue: world.worker.taskQueue,
              args: [input],
              // One that fails its task again and again would never end.
              workflowExecutionTimeout: '60s',
            })
            .then(() => 'completed', codeOf),
        ),
      );
      expect(outcomes).toContain('INVALID_INPUT');
      expect(await checksums(world.database)).toEqual(before);
    },
  );
});

describe('a retraining that waits', () => {
  const saga = useRetrainedModel();

  it('takes no update and no signal that makes no sense, and goes on', async () => {
    await saga.watch({ approval: 'manual', verify: { for: '1d' } });
    const running = saga.run();
    await saga.untilWaiting('awaiting-approval');
    // Whom it asks is told meanwhile.
    const without = async (): Promise<Record<string, Checksum>> => {
      const { alert_deliveries: _1, alert_messages: _2, ...others } = await checksums(saga.database);
      return others;
    };
    const before = await without();
    const broken = (example: object) =>
      fc.sample(like(example).map(asJson), { numRuns: onServer, seed: 20110520 });
    for (const update of ['approve', 'reject', 'cancel', 'extend']) {
      // Of somebody who is not named, nothing is taken.
      for (const request of [...strange.map(asJson), ...broken({ note: 'fine', for: '3d' })])
        expect(
          await saga
            .handle()
            .executeUpdate(update, { args: [request] })
            .then(() => 'taken', codeOf),
        ).toBe('INVALID_INPUT');
    }
    const answer = { state: 'succeeded', version: '3', metrics: { rmse: 1 }, lineage: {} };
    for (const signal of ['trainingFinished', 'trainingProgressed', 'dayChecked', 'nobodyListens'])
      for (const data of [...strange.map(asJson), ...broken(answer)])
        await saga.handle().signal(signal, data);
    await saga.untilWaiting('awaiting-approval');
    expect(await without()).toEqual(before);
    const { history } = await saga.worker.client.workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId: saga.handle().workflowId },
    });
    const failed = (history?.events ?? []).filter(
      ({ workflowTaskFailedEventAttributes: attributes }) => attributes,
    );
    expect(
      failed.map(({ workflowTaskFailedEventAttributes: attributes }) => attributes?.failure?.message),
    ).toEqual([]);
    await saga.change('approve', { by: 'anna' });
    await saga.untilWaiting('verifying');
    await saga.change('cancel', { by: 'anna' });
    expect(await running).toMatchObject({ state: 'rolled-back' });
  });
});
