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
import { TidewatchError } from '../../core/errors.ts';
import { formatInstant, parseInstant } from '../../core/window.ts';
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
  const taken = fittingRoutes(routes, alert).map(({ id }) => id);
  const hold = heldBack(name, open, settings, at);
  const result = {
    alert: { ...alert, at: formatInstant(at) },
    routes: routes.map(({ id, route }) => {
      const mismatch = mismatchOf(route, alert);
      const why = mismatch === null ? 'an earlier route has taken it' : `not its ${mismatch}`;
      return { route: id, fits: taken.includes(id), ...(!taken.includes(id) && { why }) };
    }),
    recipients: recipientsOf(routes, alert).map(({ channel, recipient, route, group, terms }) => ({
      channel,
      recipient,
      route,
      group,
      due: dueText(terms, at, hold),
      needs: settingOf(channel, recipient),
      why: timingText(terms),
      fallback: terms.fallback.map((next) => `${next.channel} ${next.recipient}`),
    })),
    held: hold?.reason ?? null,
  };
  if (options.json) return console.log(JSON.stringify(result, undefined, 2));
  for (const { route, fits, why } of result.routes)
    console.log(`${fits ? '+' : ' '} ${route}${why ? `  ${why}` : ''}`);
  for (const { channel, recipient, route, due, why, needs } of result.recipients) {
    const when = due ?? 'when it is no longer held back';
    console.log(`-> ${channel} ${recipient}  by ${route}, ${when}: ${why}; needs ${needs}`);
  }
  if (result.recipients.length === 0) console.log('-> nobody');
  if (result.held !== null) console.log(`held: ${result.held}; told only if it is still open then`);
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
