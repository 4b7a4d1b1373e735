import { viewOf } from '../../core/alert/stored-alert.ts';
import type { Queryable } from '../../sql/database.ts';
import { checkSchema } from '../../sql/migrator.ts';
import { listAlerts, readEvents, type AlertFilter } from '../../sql/read-alerts.ts';
import { withDatabase } from '../database.ts';
import { readLimit } from '../limit-option.ts';
import { screen } from '../paint.ts';
import { alertTable, alertText } from './alert-text.ts';
import { requireAlert } from './require-alert.ts';

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
