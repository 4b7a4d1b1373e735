import type { ActivityDependencies } from '../dependencies.ts';

/** Wakes the life cycle of alerts that have messages to deliver; waking one twice delivers nothing twice. */
export function createWakeAlerts(
  deps: Pick<ActivityDependencies, 'wakeAlert'>,
): (input: { model: string; alertKeys: readonly string[] }) => Promise<void> {
  return async function wakeAlerts({ model, alertKeys }) {
    for (const alertKey of alertKeys) await deps.wakeAlert({ model, alertKey });
  };
}
