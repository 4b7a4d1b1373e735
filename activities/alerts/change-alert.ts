/** What a person does to an alert, recorded with who it was. */

import { changeAlert as change } from '../../core/alert/change.ts';
import type { AlertChange, AlertChangeName } from '../../core/alert/change.ts';
import { TidewatchError } from '../../core/errors.ts';
import { durationMs, formatInstant, parseInstant } from '../../core/window.ts';
import { runOf } from '../activity-context.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { putAlert, takeAlert, viewOf, wallClock } from './alert-rows.ts';
import type { AlertName, AlertView } from './alert-rows.ts';
import { alertSettingsOf, lifeRulesOf } from './alert-settings.ts';
import { isRecorded, recordEvent } from './record-event.ts';

export interface ChangeAlertInput extends AlertName {
  /** The same again: done already. */
  readonly updateId: string;
  readonly change: AlertChangeName;
  readonly by: string;
  readonly note?: string | undefined;
  /** Of a snooze: until an instant, or for a duration. */
  readonly until?: string | undefined;
  readonly for?: string | undefined;
}

/**
 * Changes an alert and gives how it stands then.
 *
 * @throws TidewatchError `UNKNOWN_ALERT`, `ALERT_NOT_CHANGED` with the reason
 */
export function createChangeAlert({
  database,
  context,
}: Pick<ActivityDependencies, 'database' | 'context'>): (input: ChangeAlertInput) => Promise<AlertView> {
  return async function changeAlert(input) {
    const { model, alertKey, updateId, by, note } = input;
    return database.transaction(async (connection) => {
      const stored = await takeAlert(connection, { model, alertKey });
      if (stored === undefined) throw new TidewatchError('UNKNOWN_ALERT', { alertKey, hint: '' });
      if (await isRecorded(connection, { model, alertKey }, updateId)) return viewOf(stored);
      const now = await wallClock(connection);
      const wanted = changeOf(input, now);
      const changed = change(stored.life, wanted, by, now);
      if ('refused' in changed)
        throw new TidewatchError('ALERT_NOT_CHANGED', { alertKey, reason: changed.refused });
      const alert = { ...stored, life: changed.life };
      const settings = await alertSettingsOf(connection, stored);
      await putAlert(connection, alert, await lifeRulesOf(connection, stored, settings));
      const { episode, severity, observedAsOf: asOf } = alert.life;
      for (const { kind } of changed.events) {
        const { kind: alertKind, subject } = stored;
        const event = {
          model,
          alertKey,
          alertKind,
          subject,
          episode,
          kind,
          severity,
          asOf,
          facts: [],
          links: [],
        };
        const summary = summaryOf(input, wanted, stored.summary);
        const person = { actor: by, updateId, ...(note !== undefined && { note }) };
        await recordEvent(connection, { ...event, summary, ...person, ...runOf(context()) }, settings.routes);
      }
      return viewOf(alert);
    });
  };
}

function changeOf({ change, until, for: length }: ChangeAlertInput, now: number): AlertChange {
  if (change !== 'snooze') return { change };
  if (until !== undefined) return { change, until: parseInstant(until) };
  return { change, until: now + durationMs(length ?? '') };
}

const done = { acknowledge: 'acknowledged', resolve: 'resolved', comment: 'commented' } as const;

function summaryOf({ by, note }: ChangeAlertInput, change: AlertChange, trouble: string): string {
  const what =
    change.change === 'snooze' ? `snoozed until ${formatInstant(change.until)}` : done[change.change];
  return `${what} by ${by}${note === undefined ? '' : `: ${note}`} (${trouble})`;
}
