/** `tidewatch alerts route --test`: where would an alert go, by the routes that are applied or by those of a file? */

import { readSources } from '../../activities/alerts/held-deliveries.ts';
import { readInstallationSettings } from '../../activities/alerts/installation-settings.ts';
import { findMonitor } from '../../activities/monitors/store.ts';
import { alertKey } from '../../core/alert/alert.ts';
import type { AlertKind, Severity } from '../../core/alert/alert.ts';
import { heldBack } from '../../core/alert/inhibition.ts';
import type { InstallationSettings } from '../../core/alert/installation-settings.ts';
import { routesInOrder } from '../../core/alert/routes.ts';
import { TidewatchError } from '../../core/errors.ts';
import { formatInstant, parseInstant } from '../../core/window.ts';
import { readSettingsFile } from '../alerts-file.ts';
import { withDatabase } from '../database.ts';
import { print, printable, printJson } from '../print.ts';
import { wayLines, wayOf } from './way-of-alert.ts';

export interface RouteTestOptions {
  readonly model: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly subject?: string;
  readonly at?: string;
  readonly label?: readonly string[];
  readonly file?: string;
  readonly json?: true;
}

export async function testRoutes(options: RouteTestOptions): Promise<void> {
  const { model, kind, severity, subject = 'dataset', file } = options;
  const at = options.at === undefined ? Date.now() : parseInstant(options.at);
  const given = labelsOf(options.label ?? []);
  const name = { model, kind, severity, subject, alertKey: alertKey(kind, model, subject) };
  const written = file === undefined ? undefined : await readSettingsFile(file);
  const { monitor, settings, open } = await withDatabase('tidewatch-alerts', async (database) => {
    const settings: InstallationSettings = written ?? (await readInstallationSettings(database));
    const { monitor } = await findMonitor(database, model);
    return { monitor, settings, open: await readSources(database, [name], settings) };
  });
  const alert = { model, kind, severity, subject, at, labels: { ...monitor.labels, ...given } };
  const routes = routesInOrder(model, monitor.alerts.routes, settings.routes);
  const way = wayOf(alert, routes, heldBack(name, open, settings, at));
  if (options.json) printJson({ alert: { ...alert, at: formatInstant(at) }, ...way });
  else for (const line of wayLines(printable(way))) print(line);
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
