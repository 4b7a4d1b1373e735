/** What a person does to an alert, recorded with who it was. */

import { changeAlert as change, overtaken } from '../../core/alert/change.ts';
import type { AlertChange, AlertChangeName } from '../../core/alert/change.ts';
import { TidewatchError } from '../../core/errors.ts';
import { durationMs, formatInstant, formatMinute, parseInstant } from '../../core/window.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { putAlert, takeAlert, wallClock } from './alert-rows.ts';
import { viewOf } from '../../core/alert/stored-alert.ts';
import type { AlertName, AlertView, StoredAlert } from '../../core/alert/stored-alert.ts';
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
  /** Since when the alert had been in its state, as who asks has seen it: whoever was quicker has it. Without it the later word counts. */
  readonly since?: string | undefined;
}

/**
 * Changes an alert and gives how it stands then.
 *
 * @throws TidewatchError `UNKNOWN_ALERT`, `ALERT_NOT_CHANGED` with the reason
 */
export function createChangeAlert({
  database,
}: Pick<ActivityDependencies, 'database'>): (input: ChangeAlertInput) => Promise<AlertView> {
  return async function changeAlert(input) {
    const { model, alertKey, updateId, by, note } = input;
    return database.transaction(async (connection) => {
      const stored = await takeAlert(connection, { model, alertKey });
      if (stored === undefined) throw new TidewatchError('UNKNOWN_ALERT', { alertKey, hint: '' });
      if (await isRecorded(connection, { model, alertKey }, updateId)) return viewOf(stored);
      const now = await wallClock(connection);
      const wanted = changeOf(input, now);
      const refused = input.since && overtaken(stored.life, parseInstant(input.since), by);
      if (refused) throw new TidewatchError('ALERT_NOT_CHANGED', { alertKey, reason: refused });
      const changed = change(stored.life, wanted, by, now);
      if ('refused' in changed)
        throw new TidewatchError('ALERT_NOT_CHANGED', { alertKey, reason: changed.refused });
      const alert = { ...stored, life: changed.life };
      const settings = await alertSettingsOf(connection, stored);
      await putAlert(connection, alert, await lifeRulesOf(connection, stored, settings));
      const { episode, severity, observedAsOf: asOf } = alert.life;
      // What changes nothing still may say something.
      const said: typeof changed.events = note === undefined ? [] : [{ kind: 'commented' }];
      for (const { kind } of changed.events.length > 0 ? changed.events : said) {
        const { kind: alertKind, subject, latest } = stored;
        // Where the trouble is seen is where to look, and not at the run that took the word.
        const where = { links: latest.links, workflowId: latest.workflowId, runId: latest.runId };
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
          ...where,
        };
        const summary = summaryOf(input, wanted, stored);
        const person = { actor: by, updateId, ...(note !== undefined && { note }) };
        await recordEvent(connection, { ...event, summary, ...person }, settings.routes);
      }
      return viewOf(alert);
    });
  };
}

function changeOf({ change, until, for: length }: ChangeAlertInput, now: number): AlertChange {
  if (change !== 'snooze') return { change };
  if (until !== undefined) return { change, until: parseInstant(until) };
  return { change, until: Math.ceil((now + durationMs(length ?? '')) / 1_000) * 1_000 };
}

/** Who it was is beside it: in the title of a message, in the event. */
function summaryOf({ note }: ChangeAlertInput, change: AlertChange, alert: StoredAlert): string {
  const until = change.change === 'snooze' ? [`until ${formatInstant(change.until)}`] : [];
  const said = [...until, ...(note === undefined ? [] : [note])].join(': ');
  const known = knownText(alert);
  return said === '' ? known : `${said} (${known})`;
}

/** What is known by now, and of when: it may have been opened by another number, and a person acts days after the last look. */
function knownText(alert: StoredAlert): string {
  const { now, summary, observedAsOf } = viewOf(alert);
  return now === undefined ? summary : `${now}, as of ${formatMinute(parseInstant(observedAsOf))} UTC`;
}
