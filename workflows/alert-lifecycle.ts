import { defineSignal, setHandler } from '@temporalio/workflow';

import { decodeInput } from './input.ts';
import { messages } from './steps.ts';

/** Something happened to the alert: there are messages to deliver. */
const alertChanged = defineSignal('alertChanged');

/**
 * One run an alert key: delivers what has not been delivered, for as long as it takes, and ends when all is said.
 *
 * Guaranteed: a channel that is down delays its own messages only, never the process that opened the alert.
 */
export async function alertLifecycle(input: unknown): Promise<{ delivered: number }> {
  const { model, alertKey } = decodeInput('alertLifecycle', input);
  let changes = 0;
  setHandler(alertChanged, () => {
    changes += 1;
  });
  let delivered = 0;
  do {
    changes = 0;
    const outcome = await messages.deliverAlerts({ model, alertKey });
    delivered += outcome.delivered;
    // A signal that comes while the run completes is not lost: the server then asks for this decision again.
  } while (changes > 0);
  return { delivered };
}
