import { alertLinks, type Addresses } from '../../activities/alerts/alert-links.ts';
import { nextCommand } from '../../core/alert/alert-words.ts';
import { viewOf } from '../../core/alert/stored-alert.ts';
import type { Queryable } from '../../sql/database.ts';
import { listAlerts, readEvents, type AlertFilter } from '../../sql/read-alerts.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import { withDatabase } from '../database.ts';
import { readLimit } from '../limit-option.ts';
import { screen } from '../paint.ts';
import { alertTable, alertText } from './alert-text.ts';
import { requireAlert } from './require-alert.ts';
import { print, printJson, printable } from '../print.ts';

export interface ListOptions extends Pick<AlertFilter, 'model' | 'state' | 'severity'> {
  readonly all?: true;
  readonly limit: string;
}

interface Output {
  readonly json?: true;
}

/** `tidewatch alerts` */
export async function printAlerts({ json, all, limit, ...filter }: ListOptions & Output): Promise<void> {
  const most = readLimit(limit, 'alerts', 100);
  const list = await read((connection) =>
    listAlerts(connection, { ...filter, withResolved: all ?? false }, { most }),
  );
  if (json) printJson(list.alerts);
  else print(list.total === 0 ? noneText(filter, all) : alertTable(printable(list), screen()));
}

/** Where nothing is listed, what that means. */
function noneText({ state, model, severity }: AlertFilter, all: true | undefined): string {
  if (state !== undefined) return `no alert is ${state}`;
  if (all === undefined) return 'no alert is open';
  return model === undefined && severity === undefined
    ? 'there has been no alert yet'
    : 'there has been no such alert yet';
}

/** `tidewatch alerts show` */
export async function printAlert(key: string, { json }: Output): Promise<void> {
  const { stored, events } = await read(async (connection) => {
    const stored = await requireAlert(connection, key);
    return { stored, events: await readEvents(connection, stored) };
  });
  const alert = viewOf(stored);
  const links = alertLinks({ ...stored, ...stored.latest }, addresses());
  const next = nextCommand(alert);
  if (json) printJson({ ...alert, links, next, events });
  else print(alertText(printable(alert), printable({ links, next, events }), screen()));
}

/** As the messages of a worker with this environment have them. */
function addresses(): Addresses {
  const { temporal, http, console, ...configuration } = readConfiguration(process.env);
  const { pagesUrl = `http://${http.host}:${http.port}` } = configuration;
  const { runbooksUrl = `${pagesUrl}/runbooks` } = configuration;
  return { temporalUi: temporal.uiUrl, pagesUrl, runbooksUrl, consoleUrl: console.url };
}

function read<T>(work: (connection: Queryable) => Promise<T>): Promise<T> {
  return withDatabase('tidewatch-alerts', async (database) => {
    return database.snapshot(work);
  });
}
