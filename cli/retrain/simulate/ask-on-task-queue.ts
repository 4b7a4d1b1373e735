import { once } from 'node:events';

import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';

import { taskQueuePlan } from '../../../activities/retraining/plan-training.ts';
import type { TrainerOf } from '../../../activities/retraining/training-request.ts';
import { reasonOf } from '../../../core/errors.ts';
import { secondMs } from '../../../core/window.ts';
import { startShown } from '../../../schedules/search-attributes.ts';
import { connectTemporal, withTemporalErrors } from '../../../schedules/temporal-client.ts';
import type { Configuration } from '../../../worker/configuration.ts';
import type { simulatedTraining } from '../../../workflows/simulated-training.ts';
import type { AskTrainer } from './trained-versions.ts';
import { printNote } from '../../print.ts';

/** A worker that is there begins sooner. */
const silenceMs = 10 * secondMs;
/** Of a run that no worker has seen: started, its first task scheduled. */
const untouchedEvents = 2;

/** Has the worker call a trainer on a task queue: only a workflow can call an activity. */
export function askOnTaskQueue(
  trainer: TrainerOf<'temporal'>,
  temporal: Configuration['temporal'],
): AskTrainer {
  return async (request, stopped) => {
    stopped.throwIfAborted();
    const { model, retrainingId } = request;
    const connection = await connectTemporal(temporal);
    const { client } = connection;
    const isOver = new AbortController();
    try {
      const run = await withTemporalErrors(client, () =>
        startShown({ model }, (typedSearchAttributes) =>
          client.workflow.start<typeof simulatedTraining>('simulatedTraining', {
            workflowId: `simulated-training:${model}:${retrainingId}`,
            taskQueue: temporal.taskQueue,
            args: [{ model, plan: taskQueuePlan(trainer, request) }],
            typedSearchAttributes,
          }),
        ),
      );
      const silence = setTimeout(() => void tellOfSilence(run), silenceMs);
      const end = await Promise.race([
        run.result(),
        once(stopped, 'abort', { signal: isOver.signal }).then(() => run.cancel()),
      ]).finally(() => clearTimeout(silence));
      stopped.throwIfAborted();
      if (!('state' in end)) throw new Error('the run was cancelled');
      return end.state === 'succeeded' ? end.answer : end;
    } catch (error) {
      throw error instanceof WorkflowFailedError ? new Error(reasonOf(error.cause), { cause: error }) : error;
    } finally {
      isOver.abort();
      await connection.close();
    }
  };
}

async function tellOfSilence(run: WorkflowHandle): Promise<void> {
  const { historyLength } = await run.describe().catch(() => ({ historyLength: Infinity }));
  if (historyLength <= untouchedEvents)
    printNote('no worker answers yet; is `tidewatch worker` running with this task queue?');
}
