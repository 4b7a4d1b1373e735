/** Does every process that a monitor schedules still succeed? */

import { alertKey } from '../../core/alert/alert.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { deadProcess, isBack, minuteText, timesText } from '../../core/process/dead-man.ts';
import type { DeadProcess, ProcessLife } from '../../core/process/dead-man.ts';
import { enabledProcesses, scheduleId } from '../../core/process/scheduled.ts';
import type { Queryable } from '../../sql/database.ts';
import { runOf } from '../activity-context.ts';
import { wallClock } from '../alerts/alert-rows.ts';
import { listPendingAlerts, openAlert, resolveAlert, type Trouble } from '../alerts/store.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import { lookAfter } from './watched-processes.ts';

const kind = 'dead-man';

type Run = ReturnType<typeof runOf>;

/**
 * Looks after the processes that a monitor schedules, by the wall clock: an alert of kind `dead-man` opens where one has missed too many of
 * its runs, and ends when it succeeds, or is not scheduled any more. Gives the processes that are dead.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`
 */
export function createWatchProcesses({
  database,
  temporalUi,
  whyFailing,
  wakeAlert,
  context,
}: Pick<ActivityDependencies, 'database' | 'temporalUi' | 'whyFailing' | 'wakeAlert' | 'context'>): (input: {
  model: string;
}) => Promise<{ readonly dead: readonly string[] }> {
  return async function watchProcesses({ model }) {
    const { monitor } = await findMonitor(database, model);
    const run = runOf(context());
    const deaths = await database.transaction(async (connection) => {
      const lives = await lookAfter(connection, model, enabledProcesses(monitor));
      await resolveAlive(connection, monitor, lives, run);
      const now = await wallClock(connection);
      return lives.flatMap((life) => {
        const death = deadProcess(life, monitor.alerts.deadMan, now);
        return death === null ? [] : [{ life, death }];
      });
    });
    const troubles: Trouble[] = [];
    for (const { life, death } of deaths) {
      const schedule = scheduleId(life.process.id, model);
      const why = await whyFailing(schedule);
      troubles.push({
        ...alertOf(monitor, life.process.id, run),
        severity: 'critical',
        asOf: death.since,
        summary: why === undefined ? death.summary : `${death.summary}; ${why}`,
        facts: factsOf(life, death, `${temporalUi}/schedules/${schedule}`),
      });
    }
    const pending = await database.transaction(async (connection) => {
      for (const trouble of troubles) await openAlert(connection, trouble);
      return listPendingAlerts(connection, model);
    });
    for (const key of pending.filter((key) => key.startsWith(alertKey(kind, model, ''))))
      await wakeAlert({ model, alertKey: key });
    return { dead: troubles.map(({ subject }) => subject) };
  };
}

function alertOf({ model, alerts }: Monitor, subject: string, provenance: Run) {
  return { model, kind, subject, alerts, provenance, facts: [] } as const;
}

function factsOf({ process, succeededAt }: ProcessLife, { missed }: DeadProcess, scheduleUrl: string) {
  return [
    { name: 'Last success', value: succeededAt === null ? 'none is known of' : minuteText(succeededAt) },
    { name: 'Runs missed', value: String(missed) },
    { name: 'Due', value: timesText(process) },
    { name: 'Its runs', value: scheduleUrl },
  ];
}

/** Ends the alerts of processes that have succeeded again, and of those that are not scheduled any more. */
async function resolveAlive(
  connection: Queryable,
  monitor: Monitor,
  lives: readonly ProcessLife[],
  run: Run,
): Promise<void> {
  const open = await connection.query<{ subject: string; observed_as_of: number }>(
    `select subject, observed_as_of from alerts where model = $1 and kind = $2 and state <> 'resolved' order by subject`,
    [monitor.model, kind],
  );
  for (const { subject, observed_as_of: since } of open) {
    const life = lives.find(({ process }) => process.id === subject);
    if (life !== undefined && !isBack(life, since)) continue;
    const summary =
      life === undefined
        ? 'it is not scheduled any more'
        : `the last success was ${minuteText(life.succeededAt ?? since)}`;
    const asOf = Math.max(since, life?.succeededAt ?? since);
    await resolveAlert(connection, { ...alertOf(monitor, subject, run), asOf, summary });
  }
}
