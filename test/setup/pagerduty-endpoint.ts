/** A server that answers as PagerDuty's Events API v2 does: https://developer.pagerduty.com/docs/events-api-v2-overview. */

import { z } from 'zod';

import { startHttpEndpoint, type HttpEndpoint, type PlannedAnswer } from './http-endpoint.ts';

const routingKey = z.string().length(32, "Length of 'routing_key' is incorrect (should be 32 characters)");
const dedupKey = z.string().min(1).max(255);

const eventSchema = z.discriminatedUnion('event_action', [
  z.strictObject({
    routing_key: routingKey,
    event_action: z.literal('trigger'),
    dedup_key: dedupKey.optional(),
    client: z.string().optional(),
    client_url: z.url().optional(),
    links: z.array(z.strictObject({ href: z.url(), text: z.string() })).optional(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime().optional(),
      component: z.string().optional(),
      group: z.string().optional(),
      class: z.string().optional(),
      custom_details: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
  z.object({
    routing_key: routingKey,
    event_action: z.enum(['acknowledge', 'resolve']),
    dedup_key: dedupKey,
  }),
]);

export interface Incident {
  readonly key: string;
  readonly state: 'triggered' | 'acknowledged' | 'resolved';
  /** What it was triggered with, first to last. */
  readonly summaries: readonly string[];
  readonly severity: string;
}

export interface PagerDutyEndpoint extends HttpEndpoint {
  readonly eventsUrl: string;
  /** The key of the service that it has. */
  readonly routingKey: string;
  /** Oldest first. */
  incidents(): readonly Incident[];
}

/** An event larger than this is refused. */
const longestEvent = 512 * 1024;

export async function startPagerDutyEndpoint(): Promise<PagerDutyEndpoint> {
  const routingKey = '0123456789abcdef0123456789abcdef';
  const incidents: Incident[] = [];

  const endpoint = await startHttpEndpoint(({ method, path, body }): PlannedAnswer => {
    if (method !== 'POST' || path !== '/v2/enqueue') return { status: 404 };
    if (body.length > longestEvent) return { status: 413 };
    const event = eventSchema.safeParse(JSON.parse(body));
    if (!event.success) return invalid(event.error.issues.map(({ message }) => message));
    if (event.data.routing_key !== routingKey) return invalid(['Invalid routing key']);
    const key = event.data.dedup_key ?? `incident-${incidents.length}`;
    const open = incidents.findIndex((incident) => incident.key === key && incident.state !== 'resolved');
    const current = incidents[open];
    if (event.data.event_action === 'trigger') {
      const { summary, severity } = event.data.payload;
      if (current === undefined) incidents.push({ key, state: 'triggered', summaries: [summary], severity });
      else incidents[open] = { ...current, summaries: [...current.summaries, summary] };
    } else if (current !== undefined) {
      const state = event.data.event_action === 'resolve' ? 'resolved' : 'acknowledged';
      incidents[open] = { ...current, state };
    }
    return {
      status: 202,
      body: JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: key }),
    };
  });
  return {
    ...endpoint,
    eventsUrl: `${endpoint.origin}/v2/enqueue`,
    routingKey,
    incidents: () => [...incidents],
  };
}

function invalid(errors: readonly string[]): PlannedAnswer {
  return {
    status: 400,
    body: JSON.stringify({ status: 'invalid event', message: 'Event object is invalid', errors }),
  };
}
