import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Polls every 50 ms until the condition holds: true as soon as it does, false after `timeoutMs`.
 * An aborted signal ends the wait with the signal's reason.
 *
 * @example await until(() => !isRunning(process), 5_000)
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    if (await condition()) return true;
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
}
