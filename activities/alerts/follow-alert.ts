/** How an alert stands, after what the wall clock does to it. */

import { nextDue, tick } from '../../core/alert/life.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { putAlert, takeAlert, wallClock } from './alert-rows.ts';
import { viewOf } from '../../core/alert/stored-alert.ts';
import type { AlertName, AlertView } from '../../core/alert/stored-alert.ts';
import { alertSettingsOf, lifeRulesOf } from './alert-settings.ts';
import { recordEvent } from './record-event.ts';

export interface FollowedAlert {
  /** Null: there is no alert of this key. */
  readonly alert: AlertView | null;
  /** In how many milliseconds to look again; null: not before it changes. A length, since clocks differ. */
  readonly dueInMs: number | null;
}

/** Records what has become due: a repetition, the end of a snooze, that nobody has acknowledged. Asking twice records it once. */
export function createFollowAlert({
  database,
}: Pick<ActivityDependencies, 'database'>): (name: AlertName) => Promise<FollowedAlert> {
  return async function followAlert(name) {
    return database.transaction(async (connection) => {
      const stored = await takeAlert(connection, name);
      if (stored === undefined) return { alert: null, dueInMs: null };
      const settings = await alertSettingsOf(connection, stored);
      const rules = await lifeRulesOf(connection, stored, settings);
      const now = await wallClock(connection);
      const { life, events } = tick(stored.life, rules, now);
      const alert = { ...stored, life };
      const due = nextDue(life, rules);
      // Most looks find nothing new; the rules may have changed all the same.
      if (events.length > 0 || due !== stored.dueAt) await putAlert(connection, alert, rules);
      const { episode, severity, observedAsOf: asOf } = life;
      for (const happened of events) {
        const { kind: alertKind, subject, latest } = stored;
        const event = { ...name, alertKind, subject, ...latest, episode, severity, asOf, ...happened };
        await recordEvent(connection, event, settings.routes);
      }
      return { alert: viewOf(alert), dueInMs: due === null ? null : Math.max(0, due - now) };
    });
  };
}
