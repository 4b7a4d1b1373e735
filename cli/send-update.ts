/** Updates of a running workflow, for the commands that change something there. */

import type { Client } from '@temporalio/client';
import { WorkflowUpdateFailedError } from '@temporalio/client';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import { connectTemporal, withTemporalErrors } from '../schedules/temporal-client.ts';
import { readConfiguration } from '../worker/configuration.ts';

/** A worker that is there answers sooner. */
const silenceMs = 10_000;

/**
 * Sends an update and waits for its answer; says on standard error when no worker seems to be there.
 *
 * @throws TidewatchError `UPDATE_REFUSED` with what the workflow says against it; else what `send` throws
 */
export async function sendUpdate<T>(send: (client: Client, taskQueue: string) => Promise<T>): Promise<T> {
  const { temporal } = readConfiguration(process.env);
  const connection = await connectTemporal(temporal);
  const silence = setTimeout(() => {
    console.error('no worker answers yet; is `tidewatch worker` running with this task queue?');
  }, silenceMs);
  try {
    return await withTemporalErrors(connection.client, () => send(connection.client, temporal.taskQueue));
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    // What an activity threw is wrapped once.
    const cause = error.cause?.cause ?? error.cause;
    throw new TidewatchError('UPDATE_REFUSED', { reason: reasonOf(cause) }, { cause: error });
  } finally {
    clearTimeout(silence);
    await connection.close();
  }
}
