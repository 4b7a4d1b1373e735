/** `tidewatch alerts route --test`: where would an alert go, when and why? */

import { settingOf } from '../../activities/alerts/channel.ts';
import { readSources } from '../../activities/alerts/held-deliveries.ts';
import { readInstallationSettings } from '../../activities/alerts/installation-settings.ts';
import { findMonitor } from '../../activities/monitors/store.ts';
import { alertKey } from '../../core/alert/alert.ts';
import type { AlertKind, Severity } from '../../core/alert/alert.ts';
import { planGroup, timingText } from '../../core/alert/grouping.ts';
import type { DeliveryTerms } from '../../core/alert/grouping.ts';
import { heldBack } from '../../core/alert/inhibition.ts';
import type { Hold } from '../../core/alert/inhibition.ts';
import { fittingRoutes, mismatchOf, recipientsOf, routesInOrder } from '../../core/alert/routes.ts';
import type { AlertToRoute, Recipient, RouteInPlace } from '../../core/alert/routes.ts';
import { durationText } from '../../core/degradation/duration-text.ts';
import { TidewatchError } from '../../core/errors.ts';
import { durationMs, formatInstant, parseInstant } from '../../core/window.ts';
import { withDatabase } from '../database.ts';

export interface RouteTestOptions {
  readonly model: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly subject?: string;
  readonly at?: string;
  readonly label?: readonly string[];
  readonly json?: true;
}

export async function testRoutes(options: RouteTestOptions): Promise<void> {
  const { model, kind, severity, subject = 'dataset' } = options;
  const at = options.at === undefined ? Date.now() : parseInstant(options.at);
  const given = labelsOf(options.label ?? []);
  const name = { model, kind, severity, subject, alertKey: alertKey(kind, model, subject) };
  const { monitor, settings, open } = await withDatabase('tidewatch-alerts', async (database) => {
    const settings = await readInstallationSettings(database);
    const { monitor } = await findMonitor(database, model);
    return { monitor, settings, open: await readSources(database, [name], settings) };
  });
  const alert = { model, kind, severity, subject, at, labels: { ...monitor.labels, ...given } };
  const routes = routesInOrder(model, monitor.alerts.routes, settings.routes);
  const hold = heldBack(name, open, settings, at);
  const result = {
    alert: { ...alert, at: formatInstant(at) },
    routes: routes.map((route) => fitOf(route, routes, alert)),
    recipients: recipientsOf(routes, alert).map((recipient) => ({
      ...toldBy(recipient),
      due: dueText(recipient.terms, at, hold),
    })),
    unacknowledged: waitsOf(routes).flatMap((wait) =>
      recipientsOf(routes, afterWait(alert, wait)).map((recipient) => ({
        ...toldBy(recipient),
        after: wait,
      })),
    ),
    held: hold?.reason ?? null,
  };
  if (options.json) return console.log(JSON.stringify(result, undefined, 2));
  for (const { route, fits, why } of result.routes)
    console.log(`${fits ? '+' : ' '} ${route}${why ? `  ${why}` : ''}`);
  for (const { due, ...told } of result.recipients) {
    console.log(recipientLine(told, due ?? 'when it is no longer held back'));
  }
  if (result.recipients.length === 0)
    console.log(`-> nobody${result.unacknowledged.length > 0 ? ' yet' : ''}`);
  for (const { after, ...told } of result.unacknowledged) console.log(recipientLine(told, waitText(after)));
  if (result.held !== null) console.log(`held: ${result.held}; told only if it is still open then`);
}

type Fit = { readonly route: string; readonly fits: boolean; readonly why?: string };

/** Does a route take the alert at once, and if not, why, or when? */
function fitOf({ id, route }: RouteInPlace, routes: readonly RouteInPlace[], alert: AlertToRoute): Fit {
  const { unacknowledgedFor: wait } = route;
  const asked = wait === undefined ? alert : afterWait(alert, wait);
  const mismatch = mismatchOf(route, asked);
  if (mismatch !== null) return { route: id, fits: false, why: `not its ${mismatch}` };
  if (!fittingRoutes(routes, asked).some((taking) => taking.id === id)) {
    return { route: id, fits: false, why: 'an earlier route has taken it' };
  }
  return wait === undefined ? { route: id, fits: true } : { route: id, fits: false, why: waitText(wait) };
}

/** The same alert when nobody has acknowledged it for so long. */
function afterWait(alert: AlertToRoute, wait: string): AlertToRoute {
  const unacknowledgedMs = durationMs(wait);
  return { ...alert, at: alert.at + unacknowledgedMs, unacknowledgedMs };
}

/** Those of the routes, shortest first; 60m and 1h are one. */
function waitsOf(routes: readonly RouteInPlace[]): readonly string[] {
  const waits = routes.flatMap(({ route }) => route.unacknowledgedFor ?? []);
  return [...new Map(waits.map((wait) => [durationMs(wait), wait]))]
    .sort(([a], [b]) => a - b)
    .map(([, wait]) => wait);
}

function waitText(wait: string): string {
  return `after ${durationText(wait)} without acknowledgement`;
}

interface Told extends Pick<Recipient, 'channel' | 'recipient' | 'route' | 'group'> {
  /** The setting of the worker. */
  readonly needs: string;
  readonly why: string;
  /** Who takes the message when it is refused for good, one after the other. */
  readonly fallback: readonly string[];
}

function toldBy({ channel, recipient, route, group, terms }: Recipient): Told {
  const fallback = terms.fallback.map((next) => `${next.channel} ${next.recipient}`);
  const needs = settingOf(channel, recipient);
  return { channel, recipient, route, group, needs, why: timingText(terms), fallback };
}

function recipientLine({ channel, recipient, route, why, needs, fallback }: Told, when: string): string {
  const next = fallback.length === 0 ? '' : `; if refused, then ${fallback.join(', then ')}`;
  return `-> ${channel} ${recipient}  by ${route}, ${when}: ${why}; needs ${needs}${next}`;
}

/** When it goes out; null: when the alert that holds it back is over. */
function dueText(terms: DeliveryTerms, at: number, hold: Hold | null): string | null {
  const { until = Infinity } = hold ?? { until: at };
  if (until === Infinity) return null;
  const plan = planGroup(terms, { since: at, lastSentAt: null }, 0, until);
  return formatInstant(plan.action === 'wait' ? plan.until : until);
}

function labelsOf(written: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    written.map((text) => {
      const [, name, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
      if (name === undefined || value === undefined) {
        throw new TidewatchError('INVALID_OPTION', {
          option: '--label',
          reason: `"${text}" is no label; write for example team=bikes`,
        });
      }
      return [name, value];
    }),
  );
}
