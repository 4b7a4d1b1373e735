/** Serves the console: configuration -> database -> pages -> shutdown. */

import { pngOf } from '../activities/reports/png.ts';
import { deleteAuditEvents } from '../console/server/audit.ts';
import { openConsole, type OpenConsole } from '../console/server/listen.ts';
import { reasonOf } from '../core/errors.ts';
import { dayMs } from '../core/window.ts';
import { openDatabase, type Database } from '../sql/database.ts';
import { findReport, listReportGroups, listReports } from '../activities/reports/store.ts';
import type { Configuration } from './configuration.ts';
import { consoleActions } from './console-actions.ts';
import { consoleAccess } from './console-configuration.ts';
import type { Logger } from './logger.ts';
import { openTemporalNow } from './temporal-now.ts';
import { reportPage } from './report-pages.ts';
import { runbookPage } from './runbook-pages.ts';

/** Pages take milliseconds: so many at once are a crowd. */
const connections = 5;

/**
 * Serves it until it is closed; it needs neither Temporal nor a database to start.
 *
 * @param userName who acts where nobody has to sign in
 * @throws TidewatchError `INVALID_CONFIGURATION` when it cannot listen there
 */
export async function startConsole(
  { console: settings, databaseUrl, temporal }: Configuration,
  userName: string,
  logger: Logger,
): Promise<OpenConsole> {
  const database = openDatabase({
    url: databaseUrl,
    poolSize: connections,
    applicationName: 'tidewatch-console',
    pipelined: true,
  });
  try {
    const open = await openConsole(
      {
        database,
        access: consoleAccess(settings, userName),
        ...(settings.url !== undefined && { publicUrl: settings.url }),
        temporalUiUrl: temporal.uiUrl,
        actions: consoleActions(database, temporal),
        askTemporal: openTemporalNow(temporal, Date.now),
        documents: async (path, connection) =>
          (await runbookPage(path)) ??
          reportPage(path, {
            find: (key) => findReport(connection, key),
            list: (list) => listReports(connection, list),
            groups: () => listReportGroups(connection),
          }),
        pngOf,
        now: Date.now,
        log: (error) => logger.error({ err: error }, 'a page of the console could not be made'),
      },
      settings,
    );
    const forgetting = forgetOldEvents(database, settings.auditRetentionMs, logger);
    return {
      url: open.url,
      close: async () => {
        clearInterval(forgetting);
        await open.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Deletes, now and once a day, what is older than it is to be kept. Several consoles do that one after the other. */
function forgetOldEvents(database: Database, retentionMs: number, logger: Logger): NodeJS.Timeout {
  const forget = (): void => {
    deleteAuditEvents(database, Date.now() - retentionMs).then(
      (events) => events > 0 && logger.info({ events }, 'old audit events are deleted'),
      (error: unknown) =>
        logger.warn(`old audit events are not deleted, tomorrow is tried again: ${reasonOf(error)}`),
    );
  };
  forget();
  return setInterval(forget, dayMs).unref();
}
