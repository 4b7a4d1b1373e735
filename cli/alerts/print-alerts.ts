import { viewOf } from '../../activities/alerts/alert-rows.ts';
import type { Queryable } from '../../sql/database.ts';
import { checkSchema } from '../../sql/migrator.ts';
import { withDatabase } from '../database.ts';
import { screen } from '../paint.ts';
import { alertTable, alertText } from './alert-text.ts';
import { listAlerts, readEvents, requireAlert } from './store.ts';
import type { ListOptions } from './store.ts';

interface Output {
  readonly json?: true;
}

/** `tidewatch alerts` */
export async function printAlerts({ json, ...options }: ListOptions & Output): Promise<void> {
  const list = await read((connection) => listAlerts(connection, options));
  console.log(json ? JSON.stringify(list.alerts, undefined, 2) : alertTable(list, screen()));
}

/** `tidewatch alerts show` */
export async function printAlert(key: string, { json }: Output): Promise<void> {
  const { alert, events } = await read(async (connection) => {
    const stored = await requireAlert(connection, key);
    return { alert: viewOf(stored), events: await readEvents(connection, stored) };
  });
  console.log(json ? JSON.stringify({ ...alert, events }, undefined, 2) : alertText(alert, events, screen()));
}

function read<T>(work: (connection: Queryable) => Promise<T>): Promise<T> {
  return withDatabase('tidewatch-alerts', async (database) => {
    await checkSchema(database);
    return database.snapshot(work);
  });
}
