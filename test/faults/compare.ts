/** What a round has left, so that two of them can be compared: tables, gauges, and what people were told. */

import { shortened } from '../../core/alert/message.ts';
import type { ReceivedEmail } from '../../demo/stack/smtp-endpoint.ts';
import { contents } from '../setup/checksums.ts';
import { persist, type World } from './world.ts';

/** Beside what is no content anyway (test/setup/checksums.ts): */
export const leftOut: Readonly<Record<string, string>> = {
  workflow_id: 'which run has written a row: any of those that compute the same may',
  run_id: 'as workflow_id; a run that is started twice has another one',
  configuration_hash: 'a monitor that was changed, and changed back, in the middle',
  compared_from: 'holds that hash',
  code_version: 'a deploy in the middle changes it, also in the lineage of a model version',
  prediction_id: 'from a sequence, in the order of arrival',
  state_since: 'wall clock',
  latest: 'links to the run that saw an alert last; its events are compared',
  html: 'names the code version; the content of the report is compared',
  last_error: 'what the last try of a delivery that failed was told',
  message_id:
    'what goes out together depends on when a channel was up; what has arrived is compared event by event',
};
/** Hashes over `prediction_id`, of what was trained on or estimated from; how many rows these were is compared. */
const hashesOfRows = /"(estimatedFrom|checksum|hash|specification)": "[^"]*"/g;
/** In a report: by which code, and by which configuration. */
const origin = /(?<="Made by": ")[^"]*/;
/** Points of a picture, in the order of hashes of `prediction_id`. */
const scatter = /(?<="predictedAgainstActual": \{"points": )\[\[[^{}]*?\]\]/;
const inOrder = (points: string): string => points.slice(2, -2).split('], [').toSorted().join('], [');
/** Tells what the trainer was last seen to do, also that it did not answer. */
const isSighting = (row: string): boolean => row.includes('"event": "trainer"');

export interface Outcome {
  /** Their rows, without what is left out. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  /** Lines as Prometheus reads them, without when they were pushed. */
  readonly gauges: readonly string[];
  /** One line an event and recipient, as it has arrived. */
  readonly told: readonly string[];
  /** Messages that came more than once, beyond the first. */
  readonly repeated: { readonly slack: number; readonly email: number };
}

/** Of the Pushgateway itself and its process; and how large the database is, which what was rolled back has grown too. */
const leftOutGauges = /^(#|push_|pushgateway_|go_|process_|promhttp_|tidewatch_database_bytes)/;

async function gaugesOf({ pushgateway }: World): Promise<string[]> {
  const text = await (await fetch(`${pushgateway.url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line !== '' && !leftOutGauges.test(line))
    .sort();
}

/** Links name runs. */
const withoutLinks = (text: string): string => text.replaceAll(/https?:\/\/[^\s|>"\\]+/g, '<link>');

interface SlackBody {
  readonly text: string;
  readonly attachments?: readonly {
    readonly blocks: readonly { readonly text?: { readonly text: string } }[];
  }[];
}

/** A message of several events is told as these events. */
function eventsIn({ text, attachments = [] }: SlackBody): string[] {
  const sections = attachments.flatMap(({ blocks }) => blocks.flatMap(({ text }) => text?.text ?? []));
  const events = sections.filter((section) => /^\*(CRITICAL|WARNING|INFO|RESOLVED) /.test(section));
  if (events.length === 0) return [text];
  return events.map((event) => {
    const [title = '', summary = ''] = event.split('\n');
    return `${title.replaceAll('*', '')}: ${summary}`;
  });
}

/** As the subject of an e-mail is cut. */
const subjectLimit = 200;

/** An e-mail of several events reads as the newest, and has each as a fact. */
export function eventsInEmail({ subject, text }: Pick<ReceivedEmail, 'subject' | 'text'>): string[] {
  const [, ...lines] = text.split('\n');
  const events = lines.flatMap((line) => {
    const [, status, event] = /^(CRITICAL|WARNING|INFO|RESOLVED) (.+: .+)$/.exec(line.trimEnd()) ?? [];
    return status === undefined ? [] : [shortened(`[${status.toLowerCase()}] ${event}`, subjectLimit)];
  });
  return events.length === 0 ? [subject] : events;
}

export async function outcomeOf(world: World): Promise<Outcome> {
  const slack = world.slack.messages().map(({ body }) => JSON.stringify(body));
  const emails = world.smtp.messages();
  const slackEvents = [...new Set(slack)].flatMap((body) => eventsIn(JSON.parse(body) as SlackBody));
  const mails = new Map(emails.map((email) => [email.messageId, email]));
  const found = await persist(() => contents(world.database, Object.keys(leftOut)));
  const tables = Object.fromEntries(
    Object.entries(found).map(([name, rows]) => [
      name,
      rows.map((row) =>
        row
          // Another arena has its trainer at another port.
          .replaceAll(world.arena.trainerGate.origin, '<trainer>')
          .replaceAll(hashesOfRows, '"$1": "<rows>"')
          .replace(origin, '<code>')
          .replace(scatter, inOrder),
      ),
    ]),
  );
  const events = (tables['retraining_events'] ?? []).filter((row) => !isSighting(row));
  const versions = (tables['model_versions'] ?? []).map((row) => row.replace(/"codeVersion": "[^"]*"/, ''));
  // What goes out together differs, and so how many messages there are.
  const messages = [...new Set(tables['alert_messages'])];
  return {
    tables: { ...tables, retraining_events: events, model_versions: versions, alert_messages: messages },
    gauges: await gaugesOf(world),
    told: [
      ...slackEvents.map((event) => `slack: ${withoutLinks(event)}`),
      ...[...mails.values()].flatMap(eventsInEmail).map((event) => `email: ${withoutLinks(event)}`),
    ].sort(),
    repeated: { slack: slack.length - new Set(slack).size, email: emails.length - mails.size },
  };
}

export interface Difference {
  readonly what: string;
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
}

/** What of the right list is missing, and what is there beyond it. */
function differ(what: string, right: readonly string[], found: readonly string[]): Difference[] {
  const left = new Map<string, number>();
  for (const line of found) left.set(line, (left.get(line) ?? 0) + 1);
  const lost = right.filter((line) => {
    const count = left.get(line) ?? 0;
    if (count > 0) left.set(line, count - 1);
    return count === 0;
  });
  const duplicated = [...left].flatMap(([line, count]) => Array.from({ length: count }, () => line));
  return lost.length + duplicated.length === 0 ? [] : [{ what, lost, duplicated }];
}

export function compare(right: Outcome, found: Outcome): Difference[] {
  const names = new Set([...Object.keys(right.tables), ...Object.keys(found.tables)]);
  const tables = [...names].flatMap((table) =>
    differ(`table ${table}`, right.tables[table] ?? [], found.tables[table] ?? []),
  );
  return [
    ...tables,
    ...differ('gauges', right.gauges, found.gauges),
    ...differ('messages', right.told, found.told),
  ];
}
