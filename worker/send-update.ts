/** Updates of running workflows: what people change there. */

import type { Client } from '@temporalio/client';
import { WorkflowUpdateFailedError } from '@temporalio/client';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import { connectTemporal, withTemporalErrors } from '../schedules/temporal-client.ts';
import type { Configuration } from './configuration.ts';

/** A worker that is there answers sooner. */
const silenceMs = 10_000;

export interface UpdateSettings {
  readonly temporal: Pick<
    Configuration['temporal'],
    'address' | 'security' | 'payloadKeys' | 'namespace' | 'taskQueue' | 'traced'
  >;
  /** Called when no worker seems to be there; what it throws ends the waiting, otherwise it goes on. */
  readonly onSilence: (seconds: number) => void;
}

/**
 * Sends an update and waits for its answer.
 *
 * @throws TidewatchError `UPDATE_REFUSED` with what the workflow says against it, `TEMPORAL_UNREACHABLE`; else what `send` throws
 */
export async function sendUpdate<T>(
  { temporal, onSilence }: UpdateSettings,
  send: (client: Client, taskQueue: string) => Promise<T>,
): Promise<T> {
  const connection = await connectTemporal(temporal);
  const { promise: silence, end } = afterSilence(onSilence);
  try {
    const answer = withTemporalErrors(connection.client, () => send(connection.client, temporal.taskQueue));
    // Where nobody waits for it any longer, closing the connection ends it.
    answer.catch(() => {});
    return await Promise.race([answer, silence]);
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    // What an activity threw is wrapped once.
    const cause = error.cause?.cause ?? error.cause;
    throw new TidewatchError('UPDATE_REFUSED', { reason: reasonOf(cause) }, { cause: error });
  } finally {
    end();
    await connection.close();
  }
}

/** Never resolves: it only fails, where the silence is to end the waiting. */
function afterSilence(onSilence: UpdateSettings['onSilence']): { promise: Promise<never>; end: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      try {
        onSilence(silenceMs / 1_000);
      } catch (error) {
        reject(error);
      }
    }, silenceMs);
  });
  return { promise, end: () => clearTimeout(timer) };
}
