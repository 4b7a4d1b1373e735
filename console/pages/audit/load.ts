/** Which audit events are asked for. */

import type { Queryable } from '../../../sql/database.ts';
import { pageOf, type Pages } from '../../layout/links.ts';
import type { Asked, Table } from '../../server/page.ts';
import { formatInstant } from '../../../core/window.ts';

export const auditKinds = ['actions', 'sign-ins', 'refused'] as const;
export type AuditKind = (typeof auditKinds)[number];

/** Absent: all. */
export interface AuditAsked {
  /** A part of the name of a model. */
  readonly model?: string;
  /** A part of the name of a person, or all of what the OpenID provider knows them by. */
  readonly person?: string;
  readonly kind?: AuditKind;
}

export interface AuditEvent {
  /** In epoch milliseconds. */
  readonly at: number;
  readonly actor: string;
  readonly role: string | null;
  readonly identity: string | null;
  readonly address: string | null;
  readonly action: string;
  readonly model: string | null;
  readonly subject: string;
  readonly details: Readonly<Record<string, string>>;
  readonly outcome: 'requested' | 'done' | 'refused' | 'failed';
  readonly said: string | null;
}

export interface LoadedAudit {
  readonly asked: AuditAsked;
  /** The newest first. */
  readonly events: readonly AuditEvent[];
  readonly pages: Pages;
}

const pageSize = 50;
/** Counting 200,000 events takes 150 ms; nobody pages through more than these. */
const mostCounted = 10_000;
/** Of a file: a year of people, but not of a year of scripts. */
const mostRows = 20_000;

export async function loadAudit({ connection, query }: Asked): Promise<LoadedAudit> {
  const asked = auditAsked(query);
  const page = Math.min(pageOf(query), mostCounted / pageSize);
  const [events, count] = await Promise.all([
    listEvents(connection, asked, { most: pageSize, skip: (page - 1) * pageSize }),
    countEvents(connection, asked),
  ]);
  const isMore = count > mostCounted;
  return {
    asked,
    events,
    pages: { page, size: pageSize, count: Math.min(count, mostCounted), ...(isMore && { isMore }) },
  };
}

/** What a query asks for; what it says wrongly is as if it had not been said. */
function auditAsked(query: URLSearchParams): AuditAsked {
  const [model, person] = ['model', 'person'].map((name) => (query.get(name) ?? '').trim());
  const kind = auditKinds.find((known) => known === query.get('kind'));
  return { ...(model && { model }), ...(person && { person }), ...(kind && { kind }) };
}

const head = [
  'recorded_at',
  'actor',
  'role',
  'identity',
  'address',
  'action',
  'model',
  'subject',
  'details',
  'outcome',
  'said',
];

/** The same as a file, as far as it goes. */
export async function auditTable({ connection, query }: Asked): Promise<Table> {
  const events = await listEvents(connection, auditAsked(query), { most: mostRows, skip: 0 });
  return {
    name: 'audit',
    head,
    rows: events.map(({ at, details, ...event }) => [
      formatInstant(at),
      event.actor,
      event.role,
      event.identity,
      event.address,
      event.action,
      event.model,
      event.subject,
      JSON.stringify(details),
      event.outcome,
      event.said,
    ]),
  };
}

const isAskedFor = `($1::text is null or position(lower($1) in lower(model)) > 0)
  and ($2::text is null or position(lower($2) in lower(actor)) > 0 or identity = $2)
  and case $3::text
    when 'actions' then action not in ('sign-in', 'sign-out')
    when 'sign-ins' then action in ('sign-in', 'sign-out')
    when 'refused' then outcome in ('refused', 'failed')
    else true end`;

function filterOf({ model, person, kind }: AuditAsked): (string | null)[] {
  return [model ?? null, person ?? null, kind ?? null];
}

/** One more than `mostCounted` where there are more. */
async function countEvents(connection: Queryable, asked: AuditAsked): Promise<number> {
  const [counted] = await connection.query<{ count: number }>(
    `select count(*) as count from (select from audit_events where ${isAskedFor} limit $4) asked`,
    [...filterOf(asked), mostCounted + 1],
  );
  return counted!.count;
}

function listEvents(
  connection: Queryable,
  asked: AuditAsked,
  { most, skip }: { readonly most: number; readonly skip: number },
): Promise<AuditEvent[]> {
  return connection.query<AuditEvent & Record<string, unknown>>(
    `select recorded_at as at, actor, role, identity, address, action, model, subject, details, outcome, said
     from audit_events
     where ${isAskedFor}
     order by audit_id desc
     limit $4 offset $5`,
    [...filterOf(asked), most, skip],
  );
}
