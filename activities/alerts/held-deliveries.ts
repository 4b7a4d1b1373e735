/** Deliveries that people do not get for now: held back, told later if the alert is still open then. */

import { inhibitionRulesOf } from '../../core/alert/default-inhibition.ts';
import { heldBack } from '../../core/alert/inhibition.ts';
import type { Hold, OpenAlert } from '../../core/alert/inhibition.ts';
import type { InstallationSettings } from '../../core/alert/installation-settings.ts';
import { minuteMs } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { AlertName } from '../../core/alert/stored-alert.ts';
import { readInstallationSettings } from './installation-settings.ts';

/** Who is held back by another alert is woken when a run ends that one, and looks itself in case nobody does. */
const lookAgainMs = 15 * minuteMs;

interface Episode extends OpenAlert {
  readonly episode: number;
  readonly isOver: boolean;
}

/**
 * What a person has said of an alert, for a mailbox that has heard of it, and of all that came before: two people who look after the
 * same trouble must not wait for maintenance to end to learn of each other. Who has not heard of it is told with the opening.
 */
const isWordToThoseWhoKnow = `
  exists (
    select from alert_events said
    where (said.model, said.alert_key, said.episode, said.event)
      = (delivery.model, delivery.alert_key, delivery.episode, delivery.event)
      and said.actor is not null)
  and exists (
    select from alert_deliveries heard
    where (heard.model, heard.alert_key, heard.episode, heard.channel, heard.recipient)
      = (delivery.model, delivery.alert_key, delivery.episode, delivery.channel, delivery.recipient)
      and heard.state = 'delivered')
  and not exists (
    select from alert_deliveries earlier
    join alert_events happened using (model, alert_key, episode, event)
    where (earlier.model, earlier.alert_key, earlier.episode, earlier.channel, earlier.recipient)
      = (delivery.model, delivery.alert_key, delivery.episode, delivery.channel, delivery.recipient)
      and earlier.state in ('pending', 'held') and earlier.recorded_at <= delivery.recorded_at and happened.actor is null)`;

/** Holds back what is pending in a group and may not be told now. Was there any? */
export async function holdBack(connection: Queryable, groupId: string, now: number): Promise<boolean> {
  const episodes = await readEpisodes(
    connection,
    `delivery.group_id = $1 and delivery.state = 'pending' and delivery.message_id is null`,
    [groupId],
  );
  const settings = await readInstallationSettings(connection);
  const open = await readSources(connection, episodes, settings);
  let changed = false;
  for (const episode of episodes) {
    const hold = episode.isOver ? null : heldBack(episode, open, settings, now);
    const count = episode.isOver
      ? await settleOver(connection, episode)
      : hold === null
        ? 0
        : await connection.execute(
            `update alert_deliveries delivery set state = 'held', held_by = $5
             where model = $1 and alert_key = $2 and episode = $3 and group_id = $4 and state = 'pending'
               and message_id is null and not (${isWordToThoseWhoKnow})`,
            [episode.model, episode.alertKey, episode.episode, groupId, hold.reason],
          );
    changed ||= count > 0;
  }
  return changed;
}

/**
 * Lets go of what is held of an alert when nothing holds it back any more, and of what else its groups hold, so that what one alert has
 * held back is told in one message. Gives in how many milliseconds to look again; null when nothing of the alert is held.
 */
export async function releaseHeld(
  connection: Queryable,
  { model, alertKey }: AlertName,
  now: number,
): Promise<number | null> {
  const episodes = await readEpisodes(
    connection,
    `delivery.state = 'held' and delivery.group_id in (
       select group_id from alert_deliveries where model = $1 and alert_key = $2 and state = 'held')`,
    [model, alertKey],
  );
  if (episodes.length === 0) return null;
  const settings = await readInstallationSettings(connection);
  const open = await readSources(connection, episodes, settings);
  const holds: Hold[] = [];
  for (const episode of episodes) {
    const hold = episode.isOver ? null : heldBack(episode, open, settings, now);
    if (episode.isOver) await settleOver(connection, episode);
    else if (hold === null) {
      await connection.execute(
        `update alert_deliveries set state = 'pending', held_by = null
         where model = $1 and alert_key = $2 and episode = $3 and state = 'held'`,
        [episode.model, episode.alertKey, episode.episode],
      );
    } else if (episode.model === model && episode.alertKey === alertKey) holds.push(hold);
  }
  if (holds.length === 0) return null;
  return Math.min(...holds.map(({ until = Infinity }) => until - now), lookAgainMs);
}

/** An alert that is over: who never heard of it needs not hear of its end; who did, does. */
async function settleOver(connection: Queryable, { model, alertKey, episode }: Episode): Promise<number> {
  return connection.execute(
    `with mailboxes as (
       select channel, recipient, bool_or(state = 'delivered') as has_heard
       from alert_deliveries
       where model = $1 and alert_key = $2 and episode = $3
       group by channel, recipient
       having bool_or(state = 'held')
     )
     update alert_deliveries delivery set state = case when has_heard then 'pending' else 'dropped' end
     from mailboxes
     where model = $1 and alert_key = $2 and episode = $3 and message_id is null and state in ('held', 'pending')
       and delivery.channel = mailboxes.channel and delivery.recipient = mailboxes.recipient`,
    [model, alertKey, episode],
  );
}

async function readEpisodes(
  connection: Queryable,
  condition: string,
  values: readonly unknown[],
): Promise<Episode[]> {
  return connection.query<Record<string, unknown> & Episode>(
    `select distinct alert.model, alert.alert_key as "alertKey", alert.episode, alert.kind, alert.subject, alert.severity,
       alert.state = 'resolved' as "isOver"
     from alert_deliveries delivery
     join alerts alert using (model, alert_key, episode)
     where ${condition}`,
    values,
  );
}

/** The open alerts that could hold back one of these: by their kind, or as the same subject. */
export async function readSources(
  connection: Queryable,
  episodes: readonly Pick<Episode, 'model' | 'subject'>[],
  settings: InstallationSettings,
): Promise<OpenAlert[]> {
  const inhibition = inhibitionRulesOf(settings);
  const kinds = inhibition.flatMap(({ source, equal }) =>
    equal === 'model' ? [source.kind ?? []].flat() : [],
  );
  const isAnyKind = inhibition.some(({ source, equal }) => equal === 'model' && source.kind === undefined);
  return connection.query<Record<string, unknown> & OpenAlert>(
    `select model, alert_key as "alertKey", kind, subject, severity
     from alerts
     where state <> 'resolved' and model = any($1) and (kind = any($2) or subject = any($3) or $4)`,
    [
      [...new Set(episodes.map(({ model }) => model))],
      kinds,
      [...new Set(episodes.map(({ subject }) => subject))],
      isAnyKind,
    ],
  );
}
